"""azure-keyvault-certificates lists, gets, creates, imports and removes certificates."""

from __future__ import annotations

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.keyvault.certificates import CertificateContact, CertificatePolicy, KeyVaultCertificate

from tests.simulator.vault.clients import Clients
from tests.simulator.vault.wire import CALLER

OFFICER = "Key Vault Certificates Officer"


def test_certificates_are_listed_and_read(clients: Clients) -> None:
    clients.vault.grant(CALLER, "Key Vault Certificate User")
    clients.vault.add_certificate("site")
    client = clients.certificates()
    assert [each.name for each in client.list_properties_of_certificates()] == ["site"]
    read = client.get_certificate("site")
    assert read.cer
    assert read.policy is not None
    assert (read.name, read.policy.issuer_name) == ("site", "Self")
    assert (read.secret_id or "").startswith(f"{clients.vault.url}/secrets/site/")
    with pytest.raises(ResourceNotFoundError, match="CertificateNotFound"):
        client.get_certificate("absent")


def test_behind_a_certificate_are_a_key_and_a_secret(clients: Clients) -> None:
    clients.vault.grant(CALLER, "Key Vault Certificate User")
    clients.vault.add_certificate("site")
    secret = clients.secrets().get_secret("site")
    assert (secret.properties.content_type, secret.properties.key_id is None) == ("application/x-pkcs12", True)
    assert secret.value
    assert clients.keys().get_key("site").properties.managed is True


def test_the_vault_signs_a_certificate_itself(clients: Clients) -> None:
    clients.vault.grant(CALLER, OFFICER)
    client = clients.certificates()
    poller = client.begin_create_certificate("site", CertificatePolicy.get_default())
    created = poller.result()
    assert isinstance(created, KeyVaultCertificate)
    assert created.name == "site"
    assert client.get_certificate_operation("site").status == "completed"
    assert client.get_certificate_policy("site").subject == "CN=DefaultPolicy"


def test_a_waiting_request_is_merged(clients: Clients) -> None:
    clients.vault.grant(CALLER, OFFICER)
    client = clients.certificates()
    policy = CertificatePolicy("Unknown", subject="CN=site.example")
    client.begin_create_certificate("site", policy).result()
    assert client.get_certificate_operation("site").status == "inProgress"
    assert list(client.list_properties_of_certificates()) == []
    merged = client.merge_certificate("site", [b"\x30\x03\x02\x01\x05"])
    assert bytes(merged.cer or b"") == b"\x30\x03\x02\x01\x05"
    assert client.get_certificate_operation("site").status == "completed"


def test_a_request_is_cancelled_and_forgotten(clients: Clients) -> None:
    clients.vault.grant(CALLER, OFFICER)
    client = clients.certificates()
    client.begin_create_certificate("site", CertificatePolicy("Unknown", subject="CN=a")).result()
    assert client.cancel_certificate_operation("site").status == "cancelled"
    client.delete_certificate_operation("site")
    with pytest.raises(ResourceNotFoundError):
        client.get_certificate_operation("site")


def test_import_update_delete_recover_purge_and_restore(clients: Clients) -> None:
    clients.vault.grant(CALLER, OFFICER)
    client = clients.certificates()
    client.import_certificate("site", b"a pfx", policy=CertificatePolicy.get_default())
    tagged = client.update_certificate_properties("site", tags={"k": "v"}).properties
    assert tagged is not None
    assert tagged.tags == {"k": "v"}
    changed = CertificatePolicy("Self", subject="CN=changed")
    assert client.update_certificate_policy("site", changed).subject == "CN=changed"
    blob = client.backup_certificate("site")
    assert blob is not None
    client.begin_delete_certificate("site").wait()
    assert "site" not in clients.vault.secrets
    client.begin_recover_deleted_certificate("site").wait()
    assert "site" in clients.vault.secrets
    client.begin_delete_certificate("site").wait()
    assert [each.name for each in client.list_deleted_certificates()] == ["site"]
    client.purge_deleted_certificate("site")
    assert client.restore_certificate_backup(blob).name == "site"


def test_issuers_and_contacts(clients: Clients) -> None:
    clients.vault.grant(CALLER, OFFICER)
    client = clients.certificates()
    client.create_issuer("ours", "DigiCert", account_id="1")
    assert client.get_issuer("ours").provider == "DigiCert"
    assert client.update_issuer("ours", account_id="2").account_id == "2"
    assert [each.name for each in client.list_properties_of_issuers()] == ["ours"]
    client.delete_issuer("ours")
    with pytest.raises(ResourceNotFoundError):
        client.get_issuer("ours")
    with pytest.raises(ResourceNotFoundError):
        client.get_contacts()
    client.set_contacts([CertificateContact(email="a@contoso.example")])
    assert [each.email for each in client.get_contacts()] == ["a@contoso.example"]
    client.delete_contacts()


def test_the_refusal_names_the_action(clients: Clients) -> None:
    with pytest.raises(HttpResponseError, match=r"Action: 'Microsoft.KeyVault/vaults/certificates/read'"):
        clients.certificates().get_certificate("site")
