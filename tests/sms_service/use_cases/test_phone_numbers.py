"""Numbers are set up so that Twilio helps, and what would bypass us is seen."""

import json
import secrets
from typing import Any

import grpc
import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from dev.twilio_simulator.client import Number
from keva.credentials.v1 import credentials_service_pb2
from keva.sms.v1 import sms_service_pb2 as pb
from keva.ticket.v1 import actor_pb2
from servicekit.errors import KevaError, Unavailable
from servicekit.masking import mask
from servicekit.rpc.request_context import ACTOR_METADATA
from servicekit.rpc.statuses_to_errors import as_keva_error
from sms_service.twilio.webhook_urls import CONNECTION_OVERRIDES
from tests.sms_service.conftest import ORGANIZATION, PUBLIC_URL, Sms
from tests.sms_service.ticket_peer import TicketPeer

WEBHOOK = f"{PUBLIC_URL}/api/webhooks/twilio"
URL, FALLBACK = f"{WEBHOOK}#{CONNECTION_OVERRIDES}", f"{WEBHOOK}/fallback#{CONNECTION_OVERRIDES}"
APP = "AP" + "1" * 32


@pytest.fixture
def sms_settings(tickets: TicketPeer) -> dict[str, Any]:
    return {"ticket_service": tickets.address}


@pytest_asyncio.fixture(autouse=True)
async def connected(sms: Sms) -> None:
    """The account is connected, without asking Twilio, which may be out of reach."""
    credential = credentials_service_pb2.CreateCredentialRequest(
        organization_id=ORGANIZATION, account_sid=sms.account_sid, display_name="Desk", auth_token=sms.auth_token
    )
    await sms.credentials.CreateCredential(credential)


def new_service() -> str:
    return "MG" + secrets.token_hex(16)


async def configure(sms: Sms, **fields: Any) -> pb.PhoneNumber:
    given = {"account_sid": sms.account_sid, "phone_number": sms.number, **fields}
    request = pb.ConfigurePhoneNumberRequest(organization_id=ORGANIZATION, **given)
    return (await sms.stub.ConfigurePhoneNumber(request, timeout=90)).phone_number


async def refusal(sms: Sms, **fields: Any) -> KevaError:
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await configure(sms, **fields)
    return as_keva_error(failed.value)


async def listed(sms: Sms) -> pb.PhoneNumber:
    request = pb.ListPhoneNumbersRequest(organization_id=ORGANIZATION, account_sid=sms.account_sid)
    return (await sms.stub.ListPhoneNumbers(request, timeout=90)).phone_numbers[0]


async def at_twilio(sms: Sms, **fields: Any) -> Number:
    """The number as Twilio has it; `fields` change it first."""
    return await sms.simulator.put_number(sms.account_sid, sms.number, **fields)


def route(number: pb.PhoneNumber) -> str:
    return pb.InboundRoute.Name(number.inbound_route).removeprefix("INBOUND_ROUTE_")


async def test_a_new_number_is_set_up_with_a_fallback_and_repeats(sms: Sms) -> None:
    assert route(await listed(sms)) == "NONE"

    number = await configure(sms)

    assert (route(number), number.sms_url, number.sms_fallback_url) == ("KEVA", URL, FALLBACK)
    twilios = await at_twilio(sms)
    assert (twilios.sms_url, twilios.sms_method) == (URL, "POST")
    assert (twilios.sms_fallback_url, twilios.sms_fallback_method) == (FALLBACK, "POST")
    assert route(await listed(sms)) == "KEVA"


async def test_a_number_that_is_set_up_is_left_alone(sms: Sms) -> None:
    await configure(sms)
    await sms.simulator.fault("update_number", "500_before")

    assert route(await configure(sms)) == "KEVA"


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"sms_url": WEBHOOK}, id="no repeats, no fallback"),
        pytest.param({"sms_url": URL}, id="no fallback"),
        pytest.param({"sms_url": f"{WEBHOOK}#rc=1", "sms_fallback_url": FALLBACK}, id="other repeats"),
    ],
)
async def test_what_is_half_set_up_is_completed_without_being_asked_twice(sms: Sms, fields: dict[str, str]) -> None:
    await at_twilio(sms, **fields)
    found = await listed(sms)
    assert (route(found), found.inbound_trouble) == ("KEVA_INCOMPLETE", "")

    assert route(await configure(sms)) == "KEVA"
    assert (await at_twilio(sms)).sms_method == "POST"


@pytest.mark.parametrize(
    ("fields", "trouble"),
    [
        pytest.param(
            {"sms_url": URL, "sms_method": "GET", "sms_fallback_url": FALLBACK},
            "its method is GET, and Keva takes POST alone",
            id="GET",
        ),
        pytest.param(
            {"sms_url": URL.replace("https", "http")},
            "it begins with http://sms.keva.example, and KEVA_PUBLIC_URL with https://sms.keva.example",
            id="not encrypted",
        ),
        pytest.param(
            {"sms_url": "https://SMS.keva.example/api/webhooks/twilio"},
            "it begins with https://SMS.keva.example, and KEVA_PUBLIC_URL with https://sms.keva.example",
            id="written otherwise",
        ),
    ],
)
async def test_what_the_gateway_would_refuse_is_said_and_set_right(
    sms: Sms, fields: dict[str, str], trouble: str
) -> None:
    await at_twilio(sms, **fields)
    found = await listed(sms)
    assert (route(found), found.inbound_trouble) == ("KEVA_REFUSED", trouble)

    set_up = await configure(sms)
    assert (route(set_up), set_up.inbound_trouble) == ("KEVA", "")
    assert (await at_twilio(sms)).sms_method == "POST"


@pytest.mark.parametrize(
    ("fields", "was", "host"),
    [
        pytest.param({"sms_url": "https://bot.example/in?a"}, "OTHER_WEBHOOK", "bot.example", id="another webhook"),
        pytest.param({"sms_url": f"{PUBLIC_URL}/other"}, "OTHER_WEBHOOK", "sms.keva.example", id="our host"),
        pytest.param({"sms_url": URL, "sms_application_sid": APP}, "TWIML_APP", "", id="TwiML app"),
        pytest.param(
            {"sms_url": URL, "sms_fallback_url": "https://bot.example/"},
            "KEVA_INCOMPLETE",
            "bot.example",
            id="another fallback",
        ),
    ],
)
async def test_texts_that_go_elsewhere_are_taken_over_only_when_asked(
    sms: Sms, fields: dict[str, str], was: str, host: str
) -> None:
    before = await at_twilio(sms, **fields)

    error = await refusal(sms)

    assert (error.reason, error.metadata) == ("PHONE_NUMBER_ROUTED_ELSEWHERE", {"route": was, "host": host})
    assert await at_twilio(sms) == before
    assert route(await listed(sms)) == was
    assert route(await configure(sms, replace=True)) == "KEVA"
    assert (await at_twilio(sms)).sms_application_sid == ""


async def test_what_twilio_puts_on_a_new_number_is_nobodys(sms: Sms) -> None:
    await at_twilio(sms, sms_url="https://demo.twilio.com/welcome/sms/reply")
    assert route(await listed(sms)) == "OTHER_WEBHOOK"

    assert route(await configure(sms)) == "KEVA"


@pytest.mark.parametrize("inbound_url", [None, "https://bot.example/service"])
async def test_a_messaging_service_that_takes_texts_is_told_of(sms: Sms, inbound_url: str | None) -> None:
    service = new_service()
    await sms.simulator.put_service(sms.account_sid, new_service(), [])
    await sms.simulator.put_service(sms.account_sid, service, [sms.number], inbound_request_url=inbound_url)

    number = await configure(sms)

    assert (route(number), number.messaging_service_sid) == ("MESSAGING_SERVICE", service)
    assert (await listed(sms)) == number
    # For the day when the service leaves its numbers' webhooks alone.
    assert (await at_twilio(sms)).sms_url == URL


async def test_a_messaging_service_that_uses_the_numbers_webhook_changes_nothing(sms: Sms) -> None:
    fields = {"inbound_request_url": "https://bot.example/", "use_inbound_webhook_on_number": True}
    await sms.simulator.put_service(sms.account_sid, new_service(), [sms.number], **fields)

    number = await configure(sms)

    assert (route(number), number.messaging_service_sid) == ("KEVA", "")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({"inbound_request_url": WEBHOOK}, "KEVA_INCOMPLETE", id="without repeats"),
        pytest.param({"inbound_request_url": URL, "fallback_url": FALLBACK}, "KEVA", id="as we do it"),
    ],
)
async def test_a_messaging_service_may_send_its_texts_here(sms: Sms, fields: dict[str, str], expected: str) -> None:
    service = new_service()
    await sms.simulator.put_service(sms.account_sid, service, [sms.number], **fields)

    number = await listed(sms)

    assert (route(number), number.messaging_service_sid) == (expected, service)


@pytest.mark.parametrize(
    ("operation", "fault"),
    [("list_services", "500_before"), ("list_services", "html_502"), ("list_service_numbers", "429")],
)
async def test_numbers_are_seen_and_set_up_when_twilio_does_not_tell_of_services(
    sms: Sms, operation: str, fault: str
) -> None:
    await sms.simulator.put_service(sms.account_sid, new_service(), [sms.number])
    await sms.simulator.fault(operation, fault)

    with capture_logs() as lines:
        assert route(await configure(sms)) == "KEVA"
        assert route(await listed(sms)) == "KEVA"

    said = [line for line in lines if "messaging services cannot be looked at" in line["event"]]
    assert [line["account_sid"] for line in said] == [sms.account_sid] * 2
    assert sms.number not in json.dumps(lines)


async def test_too_many_services_are_not_all_looked_at(sms: Sms) -> None:
    for _ in range(21):
        await sms.simulator.put_service(sms.account_sid, new_service(), [])

    with capture_logs() as lines:
        await listed(sms)

    assert "not every messaging service was looked at" in [line["event"] for line in lines]


async def test_a_number_that_twilio_does_not_have_is_not_found(sms: Sms) -> None:
    assert (await refusal(sms, phone_number="+12065550199")).reason == "PHONE_NUMBER_NOT_FOUND"
    assert (await refusal(sms, phone_number="banana")).reason == "PHONE_NUMBER_INVALID"
    assert (await refusal(sms, phone_number="")).metadata["field"] == "phone_number"


async def test_a_number_is_named_as_people_type_it(sms: Sms) -> None:
    typed = f"({sms.number[2:5]}) {sms.number[5:8]}-{sms.number[8:]}"

    assert (await configure(sms, phone_number=typed)).phone_number == sms.number


async def test_a_number_that_cannot_text_is_refused(sms: Sms) -> None:
    await at_twilio(sms, capabilities=["voice"])

    assert (await refusal(sms)).reason == "PHONE_NUMBER_NOT_SMS_CAPABLE"


async def test_another_organizations_number_is_not_touched(sms: Sms) -> None:
    request = pb.ConfigurePhoneNumberRequest(
        organization_id="other", account_sid=sms.account_sid, phone_number=sms.number
    )
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await sms.stub.ConfigurePhoneNumber(request, timeout=90)

    assert as_keva_error(failed.value).reason == "TWILIO_ACCOUNT_NOT_FOUND"
    assert (await at_twilio(sms)).sms_url == ""


@pytest.mark.parametrize(
    ("operation", "fault", "reason"),
    [
        ("list_numbers", "429", "TWILIO_RATE_LIMITED"),
        ("list_numbers", "drop_before", "TWILIO_UNAVAILABLE"),
        ("update_number", "429", "TWILIO_RATE_LIMITED"),
        ("update_number", "drop_before", "TWILIO_UNAVAILABLE"),
        ("update_number", "html_502", "TWILIO_UNAVAILABLE"),
    ],
)
async def test_when_twilio_fails_asking_again_is_safe(sms: Sms, operation: str, fault: str, reason: str) -> None:
    await sms.simulator.fault(operation, fault)

    assert (await refusal(sms)).reason == reason
    await sms.simulator.clear_faults()
    assert route(await configure(sms)) == "KEVA"


async def test_a_change_whose_answer_was_lost_is_found_done(sms: Sms) -> None:
    await sms.simulator.fault("update_number", "drop_after")

    # The channel asks again by itself: a second change would fail as the first one did.
    assert route(await configure(sms)) == "KEVA"


@pytest.mark.parametrize("sms", [{"public_url": "https://sms_keva.example"}], indirect=True)
async def test_an_address_that_twilio_does_not_take_is_explained(sms: Sms) -> None:
    error = await refusal(sms)

    assert (error.reason, error.metadata) == ("PUBLIC_URL_REFUSED", {"twilio_code": "21402"})
    assert "underscore" in error.message
    assert route(await listed(sms)) == "NONE"


@pytest.mark.parametrize("sms", [{"public_url": "http://127.0.0.1:8080"}], indirect=True)
async def test_an_address_of_this_machine_does_for_a_twilio_that_is_there_too(sms: Sms) -> None:
    assert route(await configure(sms)) == "KEVA"


@pytest.mark.parametrize(
    "sms", [{"public_url": "http://127.0.0.1:8080", "twilio_api_url": "https://api.twilio.example"}], indirect=True
)
async def test_an_address_of_this_machine_is_not_given_to_a_twilio_elsewhere(sms: Sms) -> None:
    error = await refusal(sms)

    assert (error.reason, error.metadata) == ("PUBLIC_URL_REFUSED", {"twilio_code": "0"})
    assert "KEVA_PUBLIC_URL" in error.message


def recorded(tickets: TicketPeer) -> list[tuple[str, dict[str, str]]]:
    return [(record.action, dict(record.details)) for record in tickets.audit_records]


async def test_change_is_in_the_audit_trail_with_who_made_it_and_what_was_before(sms: Sms, tickets: TicketPeer) -> None:
    await at_twilio(sms, sms_url="https://user:secret@bot.example/in?token=secret")

    request = pb.ConfigurePhoneNumberRequest(
        organization_id=ORGANIZATION, account_sid=sms.account_sid, phone_number=sms.number, replace=True
    )
    changed = await sms.stub.ConfigurePhoneNumber(request, metadata=((ACTOR_METADATA, "operator:kim"),), timeout=90)
    await configure(sms)

    (record,) = tickets.audit_records
    assert (record.action, record.subject_id) == ("phone_number.configured", changed.phone_number.phone_number_sid)
    assert record.audit_record_id.startswith("aud_")
    assert (record.organization_id, record.actor.kind, record.actor.id) == (
        ORGANIZATION,
        actor_pb2.ACTOR_KIND_OPERATOR,
        "kim",
    )
    assert dict(record.details) == {
        "account_sid": sms.account_sid,
        "phone_number": mask(sms.number),
        "before": "OTHER_WEBHOOK",
        "host": "bot.example",
    }
    assert sms.number not in str(record)


async def test_what_is_not_asked_for_at_twilio_is_not_recorded(sms: Sms, tickets: TicketPeer) -> None:
    await at_twilio(sms, sms_url="https://bot.example/in")
    assert (await refusal(sms)).reason == "PHONE_NUMBER_ROUTED_ELSEWHERE"
    assert (await refusal(sms, phone_number="+12065550199")).reason == "PHONE_NUMBER_NOT_FOUND"

    assert recorded(tickets) == []


async def test_nothing_is_changed_that_cannot_be_recorded(sms: Sms, tickets: TicketPeer) -> None:
    tickets.failures = [Unavailable("STORE_UNAVAILABLE", "down")] * 20

    assert (await refusal(sms)).reason == "TICKET_STORE_UNAVAILABLE"
    assert route(await listed(sms)) == "NONE"

    tickets.failures = []
    assert route(await configure(sms)) == "KEVA"
    assert [action for action, _ in recorded(tickets)] == ["phone_number.configured"]


@pytest.mark.parametrize("sms", [{"public_url": "https://sms_keva.example"}], indirect=True)
async def test_refusal_of_twilios_is_recorded_too(sms: Sms, tickets: TicketPeer) -> None:
    assert (await refusal(sms)).reason == "PUBLIC_URL_REFUSED"

    named = {"account_sid": sms.account_sid, "phone_number": mask(sms.number)}
    assert recorded(tickets) == [
        ("phone_number.configured", {**named, "before": "NONE"}),
        ("phone_number.not_configured", {**named, "twilio_code": "21402"}),
    ]


async def test_change_whose_answer_was_lost_stays_recorded(sms: Sms, tickets: TicketPeer) -> None:
    await sms.simulator.fault("update_number", "drop_after")

    assert route(await configure(sms)) == "KEVA"

    assert [action for action, _ in recorded(tickets)] == ["phone_number.configured"]
