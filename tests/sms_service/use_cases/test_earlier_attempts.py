"""A reply in doubt is recognised in Twilio's log by what it says and when it can have been taken."""

import uuid
from datetime import timedelta
from typing import Any

import grpc
import pytest

from dev.twilio_simulator.log import TRIAL_MARK
from keva.ticket.v1 import message_pb2
from servicekit.clock import utc_now
from servicekit.rpc.statuses_to_errors import as_keva_error
from tests.sms_service.conftest import Sms, until_sent


@pytest.fixture
def message_id() -> str:
    """A fresh one."""
    return f"msg_{uuid.uuid4().hex}"


async def _lose(sms: Sms, message_id: str, fault: str, **fields: Any) -> None:
    """The first attempt, which has that fault: its outcome is not known."""
    await sms.simulator.fault("create_message", fault, times=1)
    with pytest.raises(grpc.aio.AioRpcError) as lost:
        await sms.send(message_id, **fields)
    assert as_keva_error(lost.value).reason == "SEND_OUTCOME_UNKNOWN"


@pytest.mark.parametrize("seconds", [6, 20, 60, 240])
async def test_same_words_of_another_program_sent_before_are_not_ours(sms: Sms, message_id: str, seconds: int) -> None:
    await sms.connect()
    before = (utc_now() - timedelta(seconds=seconds)).isoformat()
    foreign = await sms.simulator.sent(sms.account_sid, sms.number, sms.customer, "hi", before)
    await _lose(sms, message_id, "500_before")

    update = await until_sent(sms, message_id)

    assert update.twilio_message_sid != foreign
    assert update.state == message_pb2.DELIVERY_STATE_ACCEPTED
    assert await sms.sent(2) == ["hi", "hi"]


async def test_ours_is_found_among_the_same_words_of_another_program(sms: Sms, message_id: str) -> None:
    await sms.connect()
    before = (utc_now() - timedelta(minutes=1)).isoformat()
    foreign = await sms.simulator.sent(sms.account_sid, sms.number, sms.customer, "hi", before)
    await sms.simulator.fault("callback", "lost")
    await _lose(sms, message_id, "drop_after")

    update = await until_sent(sms, message_id)

    assert update.twilio_message_sid not in ("", foreign)
    assert len(await sms.sent(2)) == 2


@pytest.mark.parametrize("text", ["hi", "", f"{TRIAL_MARK}hi", "  two\n\nlines "])
async def test_reply_of_a_trial_account_is_found_behind_twilios_own_words(sms: Sms, message_id: str, text: str) -> None:
    await sms.simulator.put_account(sms.account_sid, sms.auth_token, trial=True)
    await sms.connect()
    media = () if text else ("https://keva.example/a.jpg",)
    await sms.simulator.fault("callback", "lost")
    await _lose(sms, message_id, "drop_after", text=text, media_urls=media)

    update = await until_sent(sms, message_id, text=text, media_urls=media)

    assert update.twilio_message_sid
    assert await sms.sent(1) == [f"{TRIAL_MARK}{text}"]


async def test_text_that_begins_like_a_trial_accounts_is_found_where_nothing_was_put_before_it(
    sms: Sms, message_id: str
) -> None:
    await sms.connect()
    await sms.simulator.fault("callback", "lost")
    text = f"{TRIAL_MARK}hi"
    await _lose(sms, message_id, "drop_after", text=text)

    await until_sent(sms, message_id, text=text)

    assert await sms.sent(1) == [text]
