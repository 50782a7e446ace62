"""Accounts do not reach each other's numbers, and Auth Tokens are nowhere but encrypted."""

import base64
from pathlib import Path

import bson
import pymongo
from google.protobuf.descriptor import Descriptor

from dev.local_stack.accounts import ORGANIZATION
from dev.local_stack.desk import Desk, RunningStack
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import ticket_service_pb2
from tests.e2e.wire import post_signed, text_parameters


async def test_valid_signature_of_one_account_for_the_number_of_another_is_refused(running: RunningStack) -> None:
    victim, attacker = await running.open_desk(), await running.open_desk()
    forged = text_parameters(victim, AccountSid=attacker.account.account_sid)
    stolen = text_parameters(victim)

    own_account = await post_signed(victim, forged, auth_token=attacker.account.auth_token)
    their_account = await post_signed(victim, stolen, auth_token=attacker.account.auth_token)

    assert (own_account.status, their_account.status) == (404, 403)
    assert not await victim.tickets()
    assert not await attacker.tickets()


async def test_no_document_in_any_database_holds_an_auth_token(desk: Desk) -> None:
    await desk.text("hello")
    await desk.until_delivery(await desk.reply(await desk.ticket(), "hi"))

    scanned = _raw_documents(desk.stack.mongodb_uri)

    assert len(scanned) > 10
    assert any(desk.account.account_sid.encode() in raw for raw in scanned)
    token = desk.account.auth_token.encode()
    for form in (token, base64.b64encode(token), token.hex().encode(), token.upper(), bytes.fromhex(token.decode())):
        assert not any(form in raw for raw in scanned)


def _raw_documents(uri: str) -> list[bytes]:
    found: list[bytes] = []
    client: pymongo.MongoClient[dict[str, object]]
    with pymongo.MongoClient(uri) as client:
        for name in client.list_database_names():
            if name in ("admin", "config"):
                continue
            for collection in client[name].list_collection_names():
                documents: list[dict[str, object]] = list(client[name][collection].find())
                found += [bson.encode(document) for document in documents]
    return found


async def test_listing_shows_the_last_four_characters_only(desk: Desk) -> None:
    request = sms_service_pb2.ListTwilioAccountsRequest(organization_id=ORGANIZATION, page_size=200)

    accounts = (await desk.clients.sms.ListTwilioAccounts(request)).accounts

    (mine,) = [account for account in accounts if account.account_sid == desk.account.account_sid]
    assert mine.auth_token_last_four == desk.account.auth_token[-4:]
    assert desk.account.auth_token not in str(accounts)


async def test_gateway_is_never_given_a_token(desk: Desk) -> None:
    await desk.text("hello")
    pid = desk.stack.supervisor.process("gateway").pid

    environment = Path(f"/proc/{pid}/environ").read_bytes()

    assert desk.account.auth_token.encode() not in environment
    assert b"KEY_RING" not in environment
    assert b"MONGODB" not in environment


def test_no_rpc_that_the_gateway_can_call_returns_a_token() -> None:
    """Field names of everything that sms_service and ticket_service answer: the gateway speaks to no other service."""
    answers = [
        method.output_type
        for file in (sms_service_pb2, ticket_service_pb2)
        for service in file.DESCRIPTOR.services_by_name.values()
        for method in service.methods
    ]

    names = {name for answer in answers for name in _field_names(answer, set())}

    assert "auth_token_last_four" in names
    assert "auth_token" not in names


def _field_names(message: Descriptor, seen: set[str]) -> set[str]:
    names: set[str] = set()
    for field in message.fields:
        names.add(field.name)
        if field.message_type is not None and field.message_type.full_name not in seen:
            seen.add(field.message_type.full_name)
            names |= _field_names(field.message_type, seen)
    return names


async def test_logs_hold_no_text_no_token_and_no_whole_number(running: RunningStack, logs: Path) -> None:
    desk = await running.open_desk()
    await desk.text("a very private matter")
    await desk.until_delivery(await desk.reply(await desk.ticket(), "a very private answer"))

    written = "\n".join(file.read_text() for file in logs.glob("*.log"))

    assert desk.account.account_sid in written
    for secret in ("very private", desk.account.auth_token, desk.customer, desk.account.phone_number):
        assert secret not in written
        assert secret.removeprefix("+") not in written
