"""azure-keyvault-keys creates, imports, lists, rotates, deletes and uses keys."""

from __future__ import annotations

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.keyvault.keys import JsonWebKey, KeyRotationPolicy, KeyType
from azure.keyvault.keys.crypto import CryptographyClient, SignatureAlgorithm

from mitui.simulator.vault.server import SimulatedVault
from tests.simulator.vault.clients import Clients
from tests.simulator.vault.wire import ABSENT, CALLER, VERSION, Wire

OFFICER = "Key Vault Crypto Officer"


def test_keys_are_created_read_and_listed(clients: Clients) -> None:
    clients.vault.grant(CALLER, OFFICER)
    client = clients.keys()
    created = client.create_rsa_key("signing", size=3072, key_operations=["sign", "verify"])
    assert created.key_type == KeyType.rsa
    assert len(vars(created.key)["n"]) == 384
    assert vars(client.create_ec_key("curve").key)["crv"] == "P-256"
    read = client.get_key("signing")
    assert (read.id, read.key_operations) == (created.id, ["sign", "verify"])
    assert [each.name for each in client.list_properties_of_keys()] == ["curve", "signing"]
    with pytest.raises(ResourceNotFoundError, match="KeyNotFound"):
        client.get_key("absent")


def test_rotation_makes_a_version_and_has_a_policy(clients: Clients) -> None:
    clients.vault.grant(CALLER, OFFICER)
    clients.vault.add_key("a")
    client = clients.keys()
    first = client.get_key("a")
    assert client.rotate_key("a").properties.version != first.properties.version
    assert len(list(client.list_properties_of_key_versions("a"))) == 2
    assert client.get_key_rotation_policy("a").lifetime_actions[0].action == "Notify"
    policy = client.update_key_rotation_policy("a", KeyRotationPolicy(expires_in="P90D"))
    assert policy.expires_in == client.get_key_rotation_policy("a").expires_in == "P90D"


def test_import_update_and_disable(clients: Clients) -> None:
    clients.vault.grant(CALLER, OFFICER)
    client = clients.keys()
    given = JsonWebKey(kty="RSA", key_ops=["sign"], n=b"\xc1" * 256, e=b"\1\0\1", d=b"\2" * 256)
    imported = client.import_key("a", given)
    assert vars(imported.key)["n"] == b"\xc1" * 256
    assert vars(imported.key)["d"] is None
    assert client.update_key_properties("a", enabled=False).properties.enabled is False


def test_delete_recover_purge_backup_and_restore(clients: Clients) -> None:
    clients.vault.grant(CALLER, OFFICER)
    clients.vault.add_key("a")
    client = clients.keys()
    blob = client.backup_key("a")
    poller = client.begin_delete_key("a")
    poller.wait()
    assert client.get_deleted_key("a").recovery_id == f"{clients.vault.url}/deletedkeys/a"
    client.begin_recover_deleted_key("a").wait()
    client.begin_delete_key("a").wait()
    assert [each.name for each in client.list_deleted_keys()] == ["a"]
    client.purge_deleted_key("a")
    assert client.restore_key_backup(blob).name == "a"


def test_the_service_signs_and_verifies(clients: Clients) -> None:
    clients.vault.grant(CALLER, OFFICER)
    clients.vault.add_key("a")
    key = clients.keys().get_key("a")
    clients.vault.revoke(CALLER)
    clients.vault.grant(CALLER, "Key Vault Crypto User")
    crypto = clients.keys().get_cryptography_client("a", key_version=key.properties.version)
    assert isinstance(crypto, CryptographyClient)
    signature = crypto.sign(SignatureAlgorithm.rs256, b"\7" * 32)
    assert (len(signature.signature), signature.key_id) == (256, key.id)


def test_what_was_encrypted_is_decrypted_and_nothing_else(vault: SimulatedVault, wire: Wire) -> None:
    vault.grant(CALLER, "Key Vault Crypto User")
    vault.add_key("a")
    for there, back in (("encrypt", "decrypt"), ("wrapkey", "unwrapkey")):
        sealed = wire.send("POST", f"/keys/a/{there}", {"alg": "RSA-OAEP", "value": "aGVsbG8"}).json
        assert len(sealed["value"]) == 342
        opened = wire.send("POST", f"/keys/a/{back}", {"alg": "RSA-OAEP", "value": sealed["value"]})
        assert opened.json["value"] == "aGVsbG8"
        assert wire.send("POST", f"/keys/a/{back}", {"alg": "RSA-OAEP", "value": "A" * 342}).status == 400


def test_a_signature_holds_for_its_digest_only(vault: SimulatedVault, wire: Wire) -> None:
    vault.grant(CALLER, "Key Vault Crypto User")
    vault.add_key("a")
    made = wire.send("POST", "/keys/a/sign", {"alg": "RS256", "value": "AAAA"}).json["value"]
    for digest, holds in (("AAAA", True), ("AAAB", False)):
        body = {"alg": "RS256", "digest": digest, "value": made}
        assert wire.send("POST", "/keys/a/verify", body).json == {"value": holds}


@pytest.mark.parametrize("verb", ["encrypt", "decrypt", "sign", "verify", "wrapkey", "unwrapkey", "release"])
def test_cryptography_with_no_key_is_a_404_for_whoever_may(vault: SimulatedVault, wire: Wire, verb: str) -> None:
    vault.grant(CALLER, OFFICER)
    algorithm = "RS256" if verb in ("sign", "verify") else "RSA-OAEP"
    body = {"alg": algorithm, "value": "A" * 43, "digest": "A" * 43, "target": "x.y.z"}
    assert wire.send("POST", f"/keys/{ABSENT}/{VERSION}/{verb}", body).code == "KeyNotFound"
    assert wire.send("POST", f"/keys/{ABSENT}/{VERSION}/{verb}", {}).status == 400


def test_a_key_permits_its_own_operations_only(vault: SimulatedVault, wire: Wire) -> None:
    vault.grant(CALLER, OFFICER)
    vault.add_key("a", "EC")
    answer = wire.send("POST", "/keys/a/encrypt", {"alg": "RSA-OAEP", "value": "AAAA"})
    assert (answer.status, answer.message) == (403, "Operation encrypt is not permitted on this key.")


def test_the_refusal_names_the_action(clients: Clients) -> None:
    with pytest.raises(HttpResponseError, match=r"Action: 'Microsoft.KeyVault/vaults/keys/read'"):
        clients.keys().get_key("a")
