"""Whether webhooks come that do not count as signed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from google.protobuf.timestamp_pb2 import Timestamp

from client.doctor.finding import Condition, Finding
from client.words.language import say
from client.words.signatures import trouble_advice, trouble_text
from client.words.times import time_text
from keva.sms.v1 import sms_service_pb2

# How long a refusal is worth a line, if none was accepted since: whoever knows an Account SID can cause one.
_WORTH_KNOWING = timedelta(days=7)


def signatures(accounts: Sequence[sms_service_pb2.TwilioAccount], now: datetime) -> list[Finding]:
    """A note on each account whose newest webhook was refused. It may have been somebody else's: nothing need be
    broken."""
    return [_refused(account) for account in accounts if _is_newest(account.webhook_health, now)]


def _is_newest(health: sms_service_pb2.WebhookHealth, now: datetime) -> bool:
    if not health.HasField("refuse_time"):
        return False
    refused = _time(health.refuse_time)
    came = [health.text_time] * health.HasField("text_time")
    came += [health.status_callback_time] * health.HasField("status_callback_time")
    return refused > now - _WORTH_KNOWING and all(_time(time) < refused for time in came)


def _refused(account: sms_service_pb2.TwilioAccount) -> Finding:
    health = account.webhook_health
    when, why = time_text(_time(health.refuse_time)), trouble_text(health.signature_trouble)
    return Finding(
        say("webhooks of %(account)s", account=account.account_sid),
        Condition.NOTE,
        say("the newest one was refused on %(when)s: %(why)s", when=when, why=why),
        trouble_advice(health.signature_trouble),
        {"account_sids": [account.account_sid]},
    )


def _time(time: Timestamp) -> datetime:
    return time.ToDatetime(UTC)
