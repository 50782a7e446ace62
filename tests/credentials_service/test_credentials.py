"""Every RPC and every reason of CredentialsService, over gRPC."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import grpc
import pytest

from credentials_service.audit_seals import AuditSeals
from credentials_service.cipher import Cipher
from credentials_service.credentials import Credentials
from credentials_service.keyring import FileKeyRing, KeyRing, WrappedKey
from credentials_service.mongo.store import MongoStore
from dev.local_stack.mongod import Mongod
from keva.credentials.v1 import credentials_service_pb2 as pb
from servicekit.clock import utc_now
from servicekit.errors import Aborted
from servicekit.rpc.request_context import Actor
from servicekit.rpc.statuses_to_errors import as_keva_error
from servicekit.secret import Secret
from tests.credentials_service.conftest import RawDatabase, StartVault
from tests.credentials_service.vault import ACCOUNT, NEXT_TOKEN, OTHER_ACCOUNT, TOKEN, Vault, error_of

ENABLED, DISABLED = pb.CREDENTIAL_VERSION_STATE_ENABLED, pb.CREDENTIAL_VERSION_STATE_DISABLED


async def test_created_credential_is_described_without_its_token(vault: Vault) -> None:
    created = await vault.create(name="  Main account ")

    assert created.credential_id.startswith("crd_")
    assert (created.organization_id, created.account_sid, created.display_name) == ("default", ACCOUNT, "Main account")
    assert [(v.version, v.state, v.last_four, v.key_id) for v in created.versions] == [
        (1, ENABLED, TOKEN[-4:], "key-1")
    ]
    assert created.create_time == created.update_time == created.versions[0].create_time
    assert await vault.get() == created
    assert list((await vault.page()).credentials) == [created]
    assert TOKEN not in str(created)


async def test_account_without_a_name_is_called_by_its_sid(vault: Vault) -> None:
    assert (await vault.create(name=" ")).display_name == ACCOUNT


async def test_access_gives_the_organization_and_the_enabled_tokens_newest_first(vault: Vault) -> None:
    await vault.create()
    added = await vault.add()

    accessed = await vault.access()

    assert accessed.credential == added
    assert [(token.version, token.auth_token) for token in accessed.auth_tokens] == [(2, NEXT_TOKEN), (1, TOKEN)]


async def test_account_sid_has_one_spelling(vault: Vault) -> None:
    shouted = f" AC{ACCOUNT[2:].upper()} "

    created = await vault.create(shouted)

    assert created.account_sid == ACCOUNT
    assert await vault.tokens(shouted) == [TOKEN]
    assert (await error_of(vault.create(ACCOUNT, organization="another"))).reason == "CREDENTIAL_ALREADY_EXISTS"


async def test_existing_account_is_refused_in_its_own_and_in_another_organization(vault: Vault) -> None:
    await vault.create()

    for organization in ("default", "another"):
        error = await error_of(vault.create(token=NEXT_TOKEN, organization=organization))
        assert error.reason == "CREDENTIAL_ALREADY_EXISTS"
        assert "default" not in error.message + str(error.metadata)
    assert await vault.tokens() == [TOKEN]


async def test_account_created_at_once_on_two_replicas_belongs_to_one_organization(
    start_vault: StartVault, raw: RawDatabase
) -> None:
    vaults = [await start_vault(), await start_vault()]

    calls = [vaults[i % 2].create(organization=f"org-{i}") for i in range(6)]
    results = await asyncio.gather(*calls, return_exceptions=True)

    refused = [as_keva_error(r).reason for r in results if isinstance(r, grpc.aio.AioRpcError)]
    assert refused == ["CREDENTIAL_ALREADY_EXISTS"] * 5
    (winner,) = [r for r in results if isinstance(r, pb.Credential)]
    assert (await vaults[0].access()).credential == winner
    assert await raw.credentials.count_documents({}) == 1


async def test_token_that_is_enabled_is_not_added_again(vault: Vault) -> None:
    created = await vault.create()

    assert await vault.add(TOKEN) == created


async def test_token_that_was_disabled_is_added_as_a_new_version(vault: Vault) -> None:
    await vault.create()
    await vault.add()
    await vault.disable(1)

    again = await vault.add(TOKEN)

    assert [(v.version, v.state) for v in again.versions] == [(1, DISABLED), (2, ENABLED), (3, ENABLED)]
    assert await vault.tokens() == [TOKEN, NEXT_TOKEN]


async def test_disabling_erases_the_secret_and_can_be_repeated(vault: Vault, raw: RawDatabase) -> None:
    await vault.create()
    await vault.add()

    disabled = await vault.disable(1)

    assert disabled.versions[0].last_four == TOKEN[-4:]
    assert await vault.disable(1) == disabled
    assert await vault.tokens() == [NEXT_TOKEN]
    first, second = (await raw.credentials.find_one())["versions"]
    assert {"ciphertext", "wrapped_data_key"} & first.keys() == set()
    assert {"ciphertext", "wrapped_data_key"} <= second.keys()


async def test_last_enabled_version_stays(vault: Vault) -> None:
    await vault.create()
    await vault.add()
    await vault.disable(2)

    assert (await error_of(vault.disable(1))).reason == "LAST_ENABLED_VERSION"
    assert await vault.tokens() == [TOKEN]


async def test_replacing_leaves_the_token_alone_and_erases_the_others(vault: Vault, raw: RawDatabase) -> None:
    await vault.create()
    await vault.add("between" * 4)

    replaced = await vault.replace()

    assert [(v.version, v.state, v.primary) for v in replaced.versions] == [
        (1, DISABLED, False),
        (2, DISABLED, False),
        (3, ENABLED, True),
    ]
    assert await vault.tokens() == [NEXT_TOKEN]
    stored = (await raw.credentials.find_one())["versions"]
    assert [{"ciphertext", "wrapped_data_key"} <= version.keys() for version in stored] == [False, False, True]


async def test_replacing_by_a_token_that_is_there_adds_none(vault: Vault) -> None:
    await vault.create()
    await vault.add()

    replaced = await vault.replace(TOKEN)

    assert [(v.version, v.state) for v in replaced.versions] == [(1, ENABLED), (2, DISABLED)]
    assert await vault.replace(TOKEN) == replaced


async def test_tokens_that_cannot_be_decrypted_are_replaced_all_the_same(vault: Vault, raw: RawDatabase) -> None:
    await vault.create()
    await raw.credentials.update_one({}, {"$set": {"versions.0.ciphertext": b"\0" * 60}})
    assert (await error_of(vault.access())).reason == "CREDENTIAL_UNREADABLE"

    await vault.replace()

    assert await vault.tokens() == [NEXT_TOKEN]


async def test_replacements_at_once_leave_one_token(start_vault: StartVault) -> None:
    vaults = [await start_vault(), await start_vault()]
    await vaults[0].create()
    tokens = [f"{NEXT_TOKEN}{i}" for i in range(4)]

    await asyncio.gather(*(vaults[i % 2].replace(token) for i, token in enumerate(tokens)))

    (left,) = await vaults[0].tokens()
    assert left in tokens


async def test_unknown_version_is_named(vault: Vault) -> None:
    await vault.create()

    error = await error_of(vault.disable(9))

    assert (error.reason, error.metadata["version"]) == ("CREDENTIAL_VERSION_NOT_FOUND", "9")


async def test_deleted_credential_is_gone_and_the_account_free(vault: Vault) -> None:
    await vault.create()

    await vault.delete()

    for call in (vault.get(), vault.access(), vault.add(), vault.replace(), vault.disable(1), vault.delete()):
        error = await error_of(call)
        assert (error.reason, error.metadata["account_sid"]) == ("CREDENTIAL_NOT_FOUND", ACCOUNT)
    assert (await vault.create(organization="another")).organization_id == "another"


async def test_another_organization_finds_and_changes_nothing(vault: Vault) -> None:
    created = await vault.create()

    calls = (
        vault.get(organization="another"),
        vault.add(organization="another"),
        vault.replace(organization="another"),
        vault.disable(1, organization="another"),
        vault.delete(organization="another"),
    )
    for call in calls:
        assert (await error_of(call)).reason == "CREDENTIAL_NOT_FOUND"
    assert list((await vault.page(organization="another")).credentials) == []
    assert (await vault.access()).credential == created


async def test_pages_are_whole_oldest_first_and_of_one_organization(vault: Vault) -> None:
    accounts = [f"AC{i:032x}" for i in range(5)]
    for i, account in enumerate(accounts):
        await vault.create(account, organization="another" if i == 2 else "default")

    first = await vault.page(size=2)
    second = await vault.page(size=2, token=first.next_page_token)

    listed = [credential.account_sid for page in (first, second) for credential in page.credentials]
    assert listed == [accounts[0], accounts[1], accounts[3], accounts[4]]
    assert second.next_page_token == ""


async def test_page_token_of_another_organization_is_refused(vault: Vault) -> None:
    await vault.create(ACCOUNT)
    await vault.create(OTHER_ACCOUNT)
    token = (await vault.page(size=1)).next_page_token

    assert (await error_of(vault.page(token=token, organization="another"))).reason == "PAGE_TOKEN_INVALID"
    assert (await error_of(vault.page(token="banana"))).reason == "PAGE_TOKEN_INVALID"


async def test_versions_added_at_once_are_all_kept(start_vault: StartVault) -> None:
    vaults = [await start_vault(), await start_vault()]
    await vaults[0].create()
    tokens = [f"{NEXT_TOKEN}{i}" for i in range(4)]

    await asyncio.gather(*(vaults[i % 2].add(token) for i, token in enumerate(tokens)))

    assert sorted(await vaults[0].tokens()) == sorted([TOKEN, *tokens])
    assert [v.version for v in (await vaults[0].get()).versions] == [1, 2, 3, 4, 5]


class _OvertakenKeyRing(FileKeyRing):
    """A key ring whose answers take so long that somebody else changes the credential meanwhile."""

    def meanwhile(self, change: Callable[[], Coroutine[Any, Any, Any]]) -> KeyRing:
        self._change = change
        return self

    async def wrap(self, data_key: bytes, context: bytes) -> WrappedKey:
        await self._change()
        return await super().wrap(data_key, context)


async def test_change_that_is_always_overtaken_is_given_up(
    vault: Vault, raw: RawDatabase, mongod: Mongod, database: str, key_ring: Path
) -> None:
    await vault.create()
    overtaken = _OvertakenKeyRing.load(key_ring, "")
    assert isinstance(overtaken, _OvertakenKeyRing)
    ring = overtaken.meanwhile(lambda: raw.credentials.update_one({}, {"$inc": {"revision": 1}}))
    store = MongoStore(mongod.uri, database, AuditSeals(overtaken))
    credentials = Credentials(store, Cipher(ring), utc_now, lambda: None)

    with pytest.raises(Aborted) as failed:
        await credentials.add_version("default", ACCOUNT, Secret(NEXT_TOKEN), Actor("operator", "kim"))

    assert failed.value.reason == "CONCURRENT_UPDATE"
    assert await vault.tokens() == [TOKEN]
    store.close()


NO_SID = {"account_sid": "banana"}
NAMED = {"organization_id": "default", "account_sid": ACCOUNT}
CREATE, ADD = pb.CreateCredentialRequest, pb.AddCredentialVersionRequest
REPLACE = pb.ReplaceAuthTokenRequest
GET, DISABLE, DELETE = pb.GetCredentialRequest, pb.DisableCredentialVersionRequest, pb.DeleteCredentialRequest
LIST, ACCESS = pb.ListCredentialsRequest, pb.AccessCredentialRequest


@pytest.mark.parametrize(
    ("request_type", "fields", "reason", "field"),
    [
        pytest.param(CREATE, {"organization_id": ""}, "FIELD_REQUIRED", "organization_id", id="create, organization"),
        pytest.param(CREATE, {"account_sid": " "}, "FIELD_REQUIRED", "account_sid", id="create, blank account"),
        pytest.param(CREATE, NO_SID, "FIELD_INVALID", "account_sid", id="create, no Account SID"),
        pytest.param(CREATE, {"account_sid": ACCOUNT + "0"}, "FIELD_INVALID", "account_sid", id="create, long SID"),
        pytest.param(CREATE, {"account_sid": "SK" + "0" * 32}, "FIELD_INVALID", "account_sid", id="create, API key"),
        pytest.param(CREATE, {"auth_token": ""}, "FIELD_REQUIRED", "auth_token", id="create, no token"),
        pytest.param(CREATE, {"auth_token": "x" * 257}, "FIELD_INVALID", "auth_token", id="create, endless token"),
        pytest.param(CREATE, {"auth_token": "to ken"}, "FIELD_INVALID", "auth_token", id="create, token with a space"),
        pytest.param(CREATE, {"auth_token": "token\n"}, "FIELD_INVALID", "auth_token", id="create, token with newline"),
        pytest.param(CREATE, {"auth_token": "tökén"}, "FIELD_INVALID", "auth_token", id="create, token not ASCII"),
        pytest.param(CREATE, {"display_name": "n" * 101}, "FIELD_INVALID", "display_name", id="create, endless name"),
        pytest.param(ADD, {"organization_id": ""}, "FIELD_REQUIRED", "organization_id", id="add, organization"),
        pytest.param(ADD, NO_SID, "FIELD_INVALID", "account_sid", id="add, no Account SID"),
        pytest.param(ADD, {"auth_token": ""}, "FIELD_REQUIRED", "auth_token", id="add, no token"),
        pytest.param(ADD, {"auth_token": "x" * 257}, "FIELD_INVALID", "auth_token", id="add, endless token"),
        pytest.param(REPLACE, {"organization_id": ""}, "FIELD_REQUIRED", "organization_id", id="replace, organization"),
        pytest.param(REPLACE, NO_SID, "FIELD_INVALID", "account_sid", id="replace, no Account SID"),
        pytest.param(REPLACE, {"auth_token": ""}, "FIELD_REQUIRED", "auth_token", id="replace, no token"),
        pytest.param(
            REPLACE, {"auth_token": "to ken"}, "FIELD_INVALID", "auth_token", id="replace, token with a space"
        ),
        pytest.param(GET, {"organization_id": ""}, "FIELD_REQUIRED", "organization_id", id="get, organization"),
        pytest.param(GET, {"account_sid": ""}, "FIELD_REQUIRED", "account_sid", id="get, account"),
        pytest.param(GET, {"account_sid": TOKEN}, "FIELD_INVALID", "account_sid", id="get, a token as account"),
        pytest.param(ACCESS, {"account_sid": ""}, "FIELD_REQUIRED", "account_sid", id="access, account"),
        pytest.param(ACCESS, {"account_sid": TOKEN}, "FIELD_INVALID", "account_sid", id="access, a token as account"),
        pytest.param(DISABLE, {"organization_id": ""}, "FIELD_REQUIRED", "organization_id", id="disable, organization"),
        pytest.param(DISABLE, NO_SID, "FIELD_INVALID", "account_sid", id="disable, no Account SID"),
        pytest.param(DISABLE, {"version": 0}, "FIELD_REQUIRED", "version", id="disable, version"),
        pytest.param(DELETE, {"organization_id": ""}, "FIELD_REQUIRED", "organization_id", id="delete, organization"),
        pytest.param(DELETE, NO_SID, "FIELD_INVALID", "account_sid", id="delete, no Account SID"),
        pytest.param(LIST, {"organization_id": ""}, "FIELD_REQUIRED", "organization_id", id="list, organization"),
        pytest.param(LIST, {"page_size": -1}, "FIELD_INVALID", "page_size", id="list, negative page"),
    ],
)
async def test_refuses_what_cannot_be(
    vault: Vault, request_type: Any, fields: dict[str, Any], reason: str, field: str
) -> None:
    valid: dict[str, Any] = {**NAMED, "auth_token": TOKEN, "version": 1}
    known = {f.name for f in request_type.DESCRIPTOR.fields}
    request = request_type(**{name: value for name, value in (valid | fields).items() if name in known})
    rpc = getattr(vault.stub, request_type.DESCRIPTOR.name.removesuffix("Request"))

    error = await error_of(rpc(request))

    assert (error.reason, error.metadata["field"]) == (reason, field)
    assert TOKEN not in error.message + str(error.metadata)
    assert not fields.get("auth_token") or fields["auth_token"] not in error.message


@pytest.mark.parametrize("token", ["x", "~" * 256], ids=["shortest", "longest"])
async def test_tokens_of_any_allowed_length_are_kept_and_short_ones_show_nothing(vault: Vault, token: str) -> None:
    created = await vault.create(token=token, name="é" * 100)

    assert await vault.tokens() == [token]
    assert created.versions[0].last_four == (token[-4:] if len(token) > 1 else "")
