"""What news makes of a delivery, in whatever order it comes."""

import pytest

from servicekit.clock import utc_now
from sms_service.domain.delivery import Delivery, DeliveryNews, advance, refuse
from sms_service.twilio.errors import explain

STATUSES = ["accepted", "queued", "sending", "sent", "delivered"]


@pytest.fixture
def delivery() -> Delivery:
    """A message that Twilio has not got yet."""
    now = utc_now()
    return Delivery("msg_1", "default", "default", "AC1", "+1", "+2", now, now)


@pytest.mark.parametrize("last", STATUSES)
def test_every_order_of_statuses_ends_at_the_furthest(delivery: Delivery, last: str) -> None:
    for status in [*STATUSES, last]:
        delivery = advance(delivery, DeliveryNews("SM1", status))

    assert delivery.status == "delivered"


def test_failed_is_final_and_read_follows_delivered(delivery: Delivery) -> None:
    failed = advance(delivery, DeliveryNews("SM1", "failed", explain(30005)))
    read = advance(advance(delivery, DeliveryNews("SM1", "delivered")), DeliveryNews("SM1", "read"))

    assert advance(failed, DeliveryNews("SM1", "delivered")) == failed
    assert advance(failed, DeliveryNews("SM1", "read")) == failed
    assert (failed.state, read.state) == ("FAILED", "READ")


@pytest.mark.parametrize(
    ("status", "state", "final"),
    [
        ("accepted", "ACCEPTED", False),
        ("sent", "SENT", False),
        ("delivered", "DELIVERED", True),
        ("partially_delivered", "DELIVERED", True),
        ("undelivered", "FAILED", True),
        ("canceled", "FAILED", True),
        ("read", "READ", True),
        ("brand-new-status", "ACCEPTED", False),
    ],
)
def test_what_a_status_means(delivery: Delivery, status: str, state: str, final: bool) -> None:
    known = advance(delivery, DeliveryNews("SM1", status))

    assert (known.state, known.final, known.settled) == (state, final, True)


def test_only_a_failure_carries_an_error(delivery: Delivery) -> None:
    failed = advance(delivery, DeliveryNews("SM1", "undelivered", explain(30003)))
    sent = advance(delivery, DeliveryNews("SM1", "sent", explain(30003)))

    assert (failed.error_code, failed.error_text) == (30003, explain(30003).sentence)
    assert (sent.error_code, sent.error_text) == (0, "")


def test_a_refused_message_is_settled_without_a_sid(delivery: Delivery) -> None:
    refused = refuse(delivery, explain(21614))

    assert (refused.state, refused.final, refused.settled) == ("FAILED", True, True)
    assert (refused.message_sid, refused.error_code) == ("", 21614)


@pytest.mark.parametrize("late", ["failed", "undelivered"])
def test_a_failure_without_a_reason_gets_the_one_that_comes_late(delivery: Delivery, late: str) -> None:
    failed = advance(delivery, DeliveryNews("SM1", "failed", explain(0)))

    explained = advance(failed, DeliveryNews("SM1", late, explain(21610)))

    assert (failed.unexplained, failed.error_text) == (True, explain(0).sentence)
    assert (explained.status, explained.error_code, explained.error_text) == ("failed", 21610, explain(21610).sentence)
    assert (explained.opted_out, explained.unexplained) == (True, False)
    assert advance(explained, DeliveryNews("SM1", "undelivered", explain(30003))) == explained
    assert advance(explained, DeliveryNews("SM1", "failed", explain(0))) == explained


def test_what_arrived_or_was_refused_or_canceled_waits_for_no_reason(delivery: Delivery) -> None:
    delivered = advance(delivery, DeliveryNews("SM1", "delivered"))
    canceled = advance(delivery, DeliveryNews("SM1", "canceled", explain(0)))

    assert not any(known.unexplained for known in (delivery, delivered, canceled, refuse(delivery, explain(0))))
    assert advance(delivered, DeliveryNews("SM1", "failed", explain(30003))) == delivered
