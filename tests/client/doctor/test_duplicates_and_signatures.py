"""What may be wrong with rules and signatures, told from what the services say."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration

from client.doctor.duplicates import duplicates
from client.doctor.finding import Condition
from client.doctor.signatures import signatures
from keva.sms.v1 import sms_service_pb2 as sms
from keva.ticket.v1 import channel_service_pb2 as channels
from keva.ticket.v1 import workspace_service_pb2 as workspaces

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def _channel(number: str = "+15550001111", **fields: Any) -> channels.Channel:
    return channels.Channel(phone_number=number, **fields)


def _workspace(seconds: int) -> workspaces.Workspace:
    return workspaces.Workspace(display_name="Support", auto_close_after=Duration(seconds=seconds))


@pytest.mark.parametrize(
    ("known", "closed_after", "subjects"),
    [
        pytest.param([_channel()], 7 * 86_400, ["rules"], id="usual rules"),
        pytest.param([_channel()], 0, ["rules"], id="never closed by itself"),
        pytest.param([_channel()], 3600, ["Support"], id="closed within the hour"),
        pytest.param(
            [_channel(create_ticket_on=channels.CREATE_TICKET_ON_ANY_MESSAGE)], 0, ["+15550001111"], id="any message"
        ),
        pytest.param(
            [_channel(account_sid="AC1"), _channel(account_sid="AC2")], 0, ["+15550001111"], id="in two accounts"
        ),
    ],
)
def test_rules_that_make_more_tickets_are_named(
    known: list[channels.Channel], closed_after: int, subjects: list[str]
) -> None:
    found = duplicates(known, [_workspace(closed_after)])

    assert [finding.subject for finding in found] == subjects
    assert all((finding.condition is Condition.OK) == (finding.subject == "rules") for finding in found)


def _account(refused: timedelta | None, text: timedelta | None = None, trouble: int = 4) -> sms.TwilioAccount:
    account = sms.TwilioAccount(account_sid="AC1")
    health = account.webhook_health
    if refused is not None:
        health.refuse_time.FromDatetime(NOW - refused)
        health.signature_trouble = trouble  # type: ignore[assignment]
    if text is not None:
        health.text_time.FromDatetime(NOW - text)
    return account


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("account", "named"),
    [
        pytest.param(_account(None), False, id="nothing came"),
        pytest.param(_account(HOUR), True, id="only a refused one"),
        pytest.param(_account(HOUR, 2 * HOUR), True, id="refused after the last good one"),
        pytest.param(_account(2 * HOUR, HOUR), False, id="a good one came since"),
        pytest.param(_account(timedelta(days=8)), False, id="long ago"),
    ],
)
def test_a_refusal_is_named_while_it_is_the_newest(account: sms.TwilioAccount, named: bool) -> None:
    assert bool(signatures([account], NOW)) is named


@pytest.mark.parametrize("trouble", [value for value in sms.SignatureTrouble.values() if value])
def test_every_trouble_has_words_and_advice(trouble: int) -> None:
    (finding,) = signatures([_account(HOUR, trouble=trouble)], NOW)

    assert finding.condition is Condition.NOTE
    assert finding.advice
    assert "as it should be" not in finding.words
