"""A number that was set up by ConfigurePhoneNumber: what fails at its webhook comes again, or by another way."""

import asyncio

from dev.local_stack.accounts import OPERATOR, ORGANIZATION, WEBHOOK_PATH
from dev.local_stack.desk import Desk
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import audit_service_pb2

FALLBACK_PATH = f"{WEBHOOK_PATH}/fallback"
# Nobody listens there.
NOWHERE = "http://127.0.0.1:1"


async def _lead(desk: Desk, public_url_map: dict[str, str]) -> None:
    """Where Twilio ends up for each URL."""
    account = desk.account
    await desk.simulator.put_account(account.account_sid, account.auth_token, public_url_map=public_url_map)


async def _received(desk: Desk) -> list[dict[str, str]]:
    """The details of the audit records of the desk's texts, oldest first."""
    request = audit_service_pb2.ListAuditRecordsRequest(
        organization_id=ORGANIZATION, ticket_id=(await desk.ticket()).ticket_id, page_size=200
    )
    records = (await desk.clients.audit.ListAuditRecords(request, metadata=OPERATOR)).audit_records
    return [dict(record.details) for record in reversed(records) if record.action == "message.received"]


async def test_an_operator_sees_a_number_that_is_set_up(desk: Desk) -> None:
    request = sms_service_pb2.ListPhoneNumbersRequest(
        organization_id=ORGANIZATION, account_sid=desk.account.account_sid
    )
    (number,) = (await desk.clients.sms.ListPhoneNumbers(request, metadata=OPERATOR, timeout=90)).phone_numbers

    assert number.inbound_route == sms_service_pb2.INBOUND_ROUTE_KEVA
    assert number.sms_fallback_url.startswith(desk.stack.public_url + FALLBACK_PATH)


async def test_a_text_whose_webhook_fails_arrives_by_the_fallback_once(desk: Desk) -> None:
    gateway, public = desk.stack.gateway_url, desk.stack.public_url
    await _lead(desk, {public + FALLBACK_PATH: gateway + FALLBACK_PATH, public: NOWHERE})

    result = await desk.text("by the second way")

    assert result.acknowledged
    *failed, taken = result.attempts
    assert (taken.status, [attempt.status for attempt in failed]) == (200, [None] * 6)
    assert [m.text for m in await desk.messages(await desk.ticket())] == ["by the second way"]
    (details,) = await _received(desk)
    assert details["fallback_error_code"] == str(failed[-1].error_code)

    # Twilio, or somebody at its console, sends it once more.
    await _lead(desk, desk.stack.public_url_map)
    assert (await desk.text("by the second way", message_sid=result.message_sid)).acknowledged
    assert (await desk.ticket()).message_count == 1
    assert len(await _received(desk)) == 1


async def test_a_text_that_is_taken_at_once_says_nothing_of_a_fallback(desk: Desk) -> None:
    await desk.text("hello")

    assert [details.get("fallback_error_code") for details in await _received(desk)] == [None]


async def test_a_text_during_a_restart_comes_again_until_it_is_stored(desk: Desk) -> None:
    await desk.stack.kill("ticket_service")
    texting = asyncio.create_task(desk.text("are you there?"))
    await desk.stack.restart("ticket_service")

    assert (await texting).acknowledged
    assert (await desk.ticket()).message_count == 1
