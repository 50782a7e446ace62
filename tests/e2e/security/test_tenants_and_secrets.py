"""Accounts do not reach each other's numbers, and Auth Tokens are nowhere but encrypted."""

from pathlib import Path

from google.protobuf.descriptor import Descriptor

from dev.leaks import Private, dump, in_databases, in_writings, log_files
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

    dumped = dump(desk.stack.mongodb_uri)

    assert {"keva_tickets.messages", "keva_sms.deliveries", "keva_credentials.credentials"} <= set(dumped)
    assert any(desk.account.account_sid.encode() in raw for raw in dumped.values())
    assert in_databases(dumped, Private(tokens=[desk.account.auth_token])) == []


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

    written = log_files(logs)
    private = Private([desk.account.auth_token], ["very private"], [desk.customer, desk.account.phone_number])

    assert any(desk.account.account_sid.encode() in raw for raw in written.values())
    assert in_writings(written, private) == []
