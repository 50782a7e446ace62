"""Limits that depend on each other do, and they are those that people are told."""

import re
from pathlib import Path

import pytest
from annotated_types import Le

from responder_service.settings import ResponderServiceSettings
from servicekit import limits
from servicekit.rpc import server
from servicekit.settings import ServiceSettings
from sms_service.settings import SmsServiceSettings
from tests.identities import channel_to
from tests.servicekit.one_method import echo, method, serving
from ticket_service.domain import message
from ticket_service.settings import TicketServiceSettings

OPERATIONS = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()


async def test_as_many_of_the_largest_webhooks_as_a_call_may_carry_pass() -> None:
    # A byte string that is as large as all of them, and a tenth more for what stands around them.
    webhooks = bytes(limits.ITEMS_PER_CALL * limits.WEBHOOK_BODY_BYTES * 11 // 10)

    async with serving(echo) as port, channel_to("tester", port) as channel:
        assert await method(channel)(webhooks) == webhooks


async def test_the_largest_attachment_passes() -> None:
    async def attachment(_: bytes, __: object) -> bytes:
        return bytes(limits.ATTACHMENT_BYTES)

    async with serving(attachment) as port, channel_to("tester", port) as channel:
        assert len(await method(channel)(b"")) == limits.ATTACHMENT_BYTES


def test_webhooks_are_answered_within_the_promise() -> None:
    assert limits.WEBHOOK_SECONDS < 3
    assert limits.CALL_SECONDS <= limits.WEBHOOK_SECONDS


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        pytest.param(TicketServiceSettings, "ai_draft_timeout_seconds", id="a draft"),
        pytest.param(ResponderServiceSettings, "ai_timeout_seconds", id="a model"),
        pytest.param(SmsServiceSettings, "twilio_timeout_seconds", id="Twilio"),
    ],
)
def test_no_connection_ends_under_a_call_that_settings_allow(settings: type[ServiceSettings], name: str) -> None:
    [longest] = [rule.le for rule in settings.model_fields[name].metadata if isinstance(rule, Le)]
    assert isinstance(longest, int)

    assert longest < limits.CONNECTION_GRACE_SECONDS
    assert dict(server._OPTIONS)["grpc.max_connection_age_grace_ms"] == limits.CONNECTION_GRACE_SECONDS * 1000


def test_the_largest_webhook_is_the_one_that_is_documented() -> None:
    [documented] = re.findall(r"^\| body, compressed[^|]*\| (\d+) KiB each \| 413 \|$", OPERATIONS, re.MULTILINE)

    assert int(documented) * limits.KIB == limits.WEBHOOK_BODY_BYTES


def test_the_longest_reply_is_the_same_where_nothing_but_the_standard_library_is_known() -> None:
    assert message.MAX_REPLY_CHARACTERS == limits.MESSAGE_CHARACTERS
