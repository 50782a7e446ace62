"""From what the services say to what Twilio is told."""

from urllib.parse import urlencode

import pytest

from keva.sms.v1 import sms_service_pb2 as sms_pb
from keva.ticket.v1 import error_reason_pb2 as ticket_reason
from keva.ticket.v1 import ticket_service_pb2 as ticket_pb
from servicekit import errors
from tests.gateway.gateway_process import PUBLIC_URL, Gateway
from tests.gateway.scripted_servicer import Peers, sms_refusal
from tests.gateway.webhook_requests import FALLBACK, STATUS, TEXT, is_empty_twiml, request
from tests.servicekit.http.raw_http import Answer

SID = "SM" + "0a" * 16
ACCOUNT = "AC" + "0b" * 16


def signed(body: bytes = b"", *, target: str = TEXT, **parameters: str) -> bytes:
    """A webhook with a signature, which the scripted sms_service does not look at."""
    usual = {"MessageSid": SID, "AccountSid": ACCOUNT, "Body": "hello"}
    body = body or urlencode({**usual, **parameters}).encode()
    return request(body, target=target, headers={"X-Twilio-Signature": "c2lnbmF0dXJl"})


def ticket_refusal(reason: str) -> ticket_pb.IngestOutcome:
    number = ticket_reason.ErrorReason.Value(f"ERROR_REASON_{reason}")
    return ticket_pb.IngestOutcome(refused=ticket_pb.RefusedMessage(reason=number, detail="a detail"))


def fails_with(error: Exception) -> object:
    def fail(*_: object) -> object:
        raise error

    return fail


def assert_says(answer: Answer, status: int, text: str = "") -> None:
    assert answer.status == status, answer
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert text in answer.body
    assert (answer.headers.get("retry-after") is not None) == (status == 503)


@pytest.mark.parametrize("target", [TEXT, FALLBACK, STATUS])
async def test_200_is_exactly_the_empty_twiml(gateway: Gateway, peers: Peers, target: str) -> None:
    answer = await gateway.send(signed(target=target))

    assert is_empty_twiml(answer)
    assert answer.headers["cache-control"] == "no-store"


async def test_200_for_a_text_that_was_stored_before(gateway: Gateway, peers: Peers) -> None:
    peers.tickets.outcome = lambda _: ticket_pb.IngestOutcome(stored=ticket_pb.StoredMessage(duplicate=True))

    assert is_empty_twiml(await gateway.send(signed()))
    assert (await gateway.outcome(duplicate=True))["message_sid"] == SID


@pytest.mark.parametrize(
    ("refusal", "status", "text"),
    [
        pytest.param(sms_refusal("FIELD_REQUIRED", "MessageSid"), 400, "MessageSid is missing", id="missing"),
        pytest.param(sms_refusal("FIELD_INVALID", "From"), 400, "From cannot be used", id="invalid"),
        pytest.param(sms_refusal("FIELD_INVALID", "x\r\ny"), 400, "(unnamed)", id="odd name"),
        pytest.param(sms_refusal("SIGNATURE_INVALID"), 403, "signature", id="signature"),
        pytest.param(sms_refusal("MESSAGE_NOT_FOUND"), 404, "no such message", id="unknown message"),
        pytest.param(sms_refusal("UNSPECIFIED"), 503, "", id="no reason"),
        pytest.param(sms_pb.Refusal(reason=12345), 503, "", id="reason of a newer service"),  # type: ignore[arg-type]
    ],
)
@pytest.mark.parametrize("target", [TEXT, FALLBACK, STATUS])
async def test_refusals_by_sms_service(
    gateway: Gateway, peers: Peers, target: str, refusal: sms_pb.Refusal, status: int, text: str
) -> None:
    peers.sms.verdict = lambda _: sms_pb.InboundVerdict(refusal=refusal)
    peers.sms.delivery_verdict = lambda _: sms_pb.DeliveryVerdict(refusal=refusal)

    assert_says(await gateway.send(signed(target=target)), status, text)
    assert not peers.tickets.calls
    assert not peers.tickets.deliveries


async def test_the_fallback_is_the_same_door_under_its_own_signed_url(gateway: Gateway, peers: Peers) -> None:
    sid = "SM" + "0d" * 16
    answer = await gateway.send(signed(target=FALLBACK, MessageSid=sid, ErrorCode="11200"))

    assert is_empty_twiml(answer)
    ((webhook,),) = peers.sms.calls
    assert webhook.url == PUBLIC_URL + FALLBACK
    assert ("ErrorCode", "11200") in [(parameter.name, parameter.value) for parameter in webhook.parameters]
    assert [message.twilio_message_sid for call in peers.tickets.calls for message in call.messages] == [sid]
    assert (await gateway.outcome(message_sid=sid))["kind"] == "fallback"


async def test_403_is_the_same_with_and_without_a_signature(gateway: Gateway, peers: Peers) -> None:
    peers.sms.verdict = lambda _: sms_pb.InboundVerdict(refusal=sms_refusal("SIGNATURE_INVALID"))

    wrong, missing = await gateway.send(signed()), await gateway.send(request(b"AccountSid=AC1"))

    unlike = {"date"}
    assert (wrong.status, wrong.body) == (missing.status, missing.body) == (403, wrong.body)
    assert {k: v for k, v in wrong.headers.items() if k not in unlike} == {
        k: v for k, v in missing.headers.items() if k not in unlike
    }


@pytest.mark.parametrize(
    ("reason", "status", "text"),
    [
        ("CHANNEL_NOT_FOUND", 404, "not subscribed"),
        ("MESSAGE_REJECTED", 400, "cannot be stored as it is"),
        ("FIELD_REQUIRED", 400, "cannot be stored as it is"),
        ("FIELD_INVALID", 400, "cannot be stored as it is"),
        ("STORE_UNAVAILABLE", 503, ""),
        ("UNSPECIFIED", 503, ""),
    ],
)
async def test_refusals_by_ticket_service(gateway: Gateway, peers: Peers, reason: str, status: int, text: str) -> None:
    peers.tickets.outcome = lambda _: ticket_refusal(reason)

    assert_says(await gateway.send(signed()), status, text)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        pytest.param(errors.NotFound("MESSAGE_NOT_FOUND", "no"), 404, id="unknown message"),
        pytest.param(errors.InvalidArgument("FIELD_INVALID", "no", field="update.state"), 400, id="invalid"),
        pytest.param(errors.FailedPrecondition("ANY", "no"), 503, id="unforeseen"),
        pytest.param(errors.Unavailable("STORE_UNAVAILABLE", "no"), 503, id="database down"),
        pytest.param(RuntimeError("secret"), 503, id="bug"),
    ],
)
async def test_deliveries_that_are_not_recorded(gateway: Gateway, peers: Peers, error: Exception, status: int) -> None:
    peers.tickets.recorded = fails_with(error)  # type: ignore[assignment]

    answer = await gateway.send(signed(target=STATUS))

    assert_says(answer, status)
    assert "secret" not in answer.body


async def test_delivery_goes_to_its_workspace(gateway: Gateway, peers: Peers) -> None:
    await gateway.send(signed(target=STATUS + "?message_id=msg_1"))

    (recorded,) = peers.tickets.deliveries
    assert (recorded.workspace_id, recorded.update.message_id) == ("wsp_1", "msg_1")


@pytest.mark.parametrize(
    "target",
    [TEXT, TEXT + "?", TEXT + "?a=b&c=%2f%2F", TEXT + "?a=%20+x", TEXT + "?a=b?c", "/api/webhooks/%74wilio?a"],
)
async def test_signed_url_is_the_public_one_and_the_target_as_sent(gateway: Gateway, peers: Peers, target: str) -> None:
    body, headers = b"a=b", {"X-Twilio-Signature": "s", "Host": "evil.example", "X-Forwarded-Host": "evil.example"}

    await gateway.send(request(body, target=target, headers=headers))
    await gateway.send(request(body, target="http://evil.example:81" + target, headers=headers))

    assert {webhook.url for call in peers.sms.calls for webhook in call} == {PUBLIC_URL + target}


async def test_parameters_arrive_in_order_with_repeated_and_empty_ones(gateway: Gateway, peers: Peers) -> None:
    await gateway.send(signed(b"b=1+1%2B1&a=&b=%20x%20&=nameless&c&d;e=%F0%9F%91%8B&A=%00&b=1+1%2B1&%zz=%"))

    ((webhook,),) = peers.sms.calls
    assert webhook.signature == "c2lnbmF0dXJl"
    assert [(parameter.name, parameter.value) for parameter in webhook.parameters] == [
        ("b", "1 1+1"),
        ("a", ""),
        ("b", " x "),
        ("", "nameless"),
        ("c", ""),
        ("d;e", "👋"),
        ("A", "\0"),
        ("b", "1 1+1"),
        ("%zz", "%"),
    ]


async def test_one_log_line_per_webhook_without_what_it_says(gateway: Gateway, peers: Peers) -> None:
    sid = "SM" + "0c" * 16

    await gateway.send(
        signed(target=TEXT + "?token=query-secret", MessageSid=sid, Body="my secret", From="+15551234567")
    )
    await gateway.send(signed(MessageSid="my secret", AccountSid="+15551234567", target=STATUS))

    line = await gateway.outcome(message_sid=sid)
    await gateway.outcome(kind="status", account_sid="")
    assert (line["status"], line["reason"], line["account_sid"]) == (200, "OK", ACCOUNT)
    assert line["milliseconds"] >= 0
    for hidden in ("secret", "5551234567", "c2lnbmF0dXJl"):
        assert not [line for line in gateway.lines if hidden in line]
