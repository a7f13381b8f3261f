"""azure-keyvault-secrets sets, gets, lists, deletes, recovers, purges, backs up and restores."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError

from tests.simulator.vault.clients import Clients
from tests.simulator.vault.wire import CALLER

OFFICER = "Key Vault Secrets Officer"


def test_a_secret_is_set_and_read(clients: Clients) -> None:
    clients.vault.grant(CALLER, OFFICER)
    client = clients.secrets()
    stored = client.set_secret("db-password", "first", content_type="text/plain", tags={"team": "data"})
    client.set_secret("db-password", "second")
    assert client.get_secret("db-password").value == "second"
    assert stored.properties.version
    read = client.get_secret("db-password", stored.properties.version)
    assert (read.value, read.properties.content_type, read.properties.tags) == ("first", "text/plain", {"team": "data"})
    assert (read.properties.vault_url, read.properties.recoverable_days) == (clients.vault.url, 90)
    assert clients.credential.scopes == ["https://vault.azure.net/.default"]
    assert clients.vault.authorizations_before_challenge() == []


def test_the_first_request_holds_neither_token_nor_body(clients: Clients) -> None:
    clients.vault.grant(CALLER, OFFICER)
    clients.secrets().set_secret("db-password", "first")
    first, second = clients.vault.requests
    assert (first.method, first.body, first.status, first.could_succeed) == ("PUT", b"", 401, False)
    assert (second.status, second.could_succeed) == (200, True)


def test_lists_come_in_pages(clients: Clients) -> None:
    clients.vault.grant(CALLER, OFFICER)
    expected = [f"secret-{number:03}" for number in range(60)]
    for name in expected:
        clients.vault.secrets[name] = "x"
    client = clients.secrets()
    assert [each.name for each in client.list_properties_of_secrets()] == expected
    lists = [each for each in clients.vault.requests if each.operation == "secrets/list" and each.status == 200]
    assert len(lists) == 3
    pages = client.list_properties_of_secrets(max_page_size=7).by_page()
    assert [each.name for each in next(pages)] == expected[:7]


def test_versions_of_what_never_was_are_an_empty_list(clients: Clients) -> None:
    clients.vault.grant(CALLER, "Key Vault Reader")
    assert list(clients.secrets().list_properties_of_secret_versions("never-was")) == []


def test_versions_are_listed(clients: Clients) -> None:
    clients.vault.grant(CALLER, OFFICER)
    client = clients.secrets()
    versions = {client.set_secret("a", value).properties.version for value in "xyz"}
    assert {each.version for each in client.list_properties_of_secret_versions("a")} == versions


def test_delete_recover_and_purge(clients: Clients) -> None:
    clients.vault.grant(CALLER, OFFICER)
    clients.vault.secrets["a"] = "x"
    client = clients.secrets()
    poller = client.begin_delete_secret("a")
    poller.wait()
    deleted = poller.result()
    assert (deleted.name, deleted.recovery_id) == ("a", f"{clients.vault.url}/deletedsecrets/a")
    assert deleted.scheduled_purge_date is not None
    assert deleted.deleted_date is not None
    assert (deleted.scheduled_purge_date - deleted.deleted_date).days == 90
    with pytest.raises(ResourceNotFoundError):
        client.get_secret("a")
    with pytest.raises(ResourceExistsError) as taken:
        client.set_secret("a", "y")
    assert taken.value.status_code == 409
    assert "ObjectIsDeletedButRecoverable" in str(taken.value)
    assert [each.name for each in client.list_deleted_secrets()] == ["a"]
    client.begin_recover_deleted_secret("a").wait()
    assert client.get_secret("a").value == "x"
    client.begin_delete_secret("a").wait()
    client.purge_deleted_secret("a")
    with pytest.raises(ResourceNotFoundError):
        client.get_deleted_secret("a")
    client.set_secret("a", "new")
    assert clients.vault.secrets["A"] == "new"


def test_backup_and_restore(clients: Clients) -> None:
    clients.vault.grant(CALLER, OFFICER)
    clients.vault.secrets["a"] = "x"
    client = clients.secrets()
    blob = client.backup_secret("a")
    with pytest.raises(ResourceExistsError):
        client.restore_secret_backup(blob)
    client.begin_delete_secret("a").wait()
    client.purge_deleted_secret("a")
    assert client.restore_secret_backup(blob).name == "a"
    assert client.get_secret("a").value == "x"
    with pytest.raises(HttpResponseError, match="Malformed backup blob"):
        client.restore_secret_backup(b"\0" * 64)


def test_attributes_are_updated_and_a_disabled_secret_is_not_read(clients: Clients) -> None:
    clients.vault.grant(CALLER, OFFICER)
    clients.vault.secrets["a"] = "x"
    client = clients.secrets()
    changed = client.update_secret_properties("a", enabled=False, tags={"k": "v"}, content_type="text/plain")
    assert (changed.enabled, changed.tags, changed.content_type) == (False, {"k": "v"}, "text/plain")
    with pytest.raises(HttpResponseError, match="disabled secret") as refused:
        client.get_secret("a")
    assert refused.value.status_code == 403
    assert refused.value.error is not None
    assert refused.value.error.innererror is not None
    assert refused.value.error.innererror["code"] == "SecretDisabled"


def test_an_expired_secret_is_still_read(clients: Clients) -> None:
    clients.vault.grant(CALLER, OFFICER)
    client = clients.secrets()
    client.set_secret("a", "x", expires_on=datetime(2020, 1, 1, tzinfo=UTC))
    assert client.get_secret("a").value == "x"


def test_the_refusal_reaches_the_client_whole(clients: Clients) -> None:
    with pytest.raises(
        HttpResponseError, match=r"Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'"
    ) as rbac:
        clients.secrets().get_secret("a")
    assert rbac.value.status_code == 403
    clients.vault.model = "access_policy"
    with pytest.raises(HttpResponseError, match="does not have secrets get permission on key vault"):
        clients.secrets().get_secret("a")


def test_a_token_of_another_tenant_is_refused(clients: Clients) -> None:
    clients.credential.claims["iss"] = "https://sts.windows.net/another/"
    with pytest.raises(HttpResponseError, match="AKV10032") as refused:
        clients.secrets().get_secret("a")
    assert refused.value.status_code == 401
