"""Senders that Twilio refuses: our numbers, or whole accounts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sms_service.domain.number_key import key_of

FIRST_PROBE = timedelta(seconds=30)
# A stop by a delivery report is undone by a delivery; where carriers send no receipts, by time.
REPORTED_STOP_LASTS = timedelta(hours=1)


@dataclass(frozen=True)
class SenderKey:
    """A number of an account; the whole account without one."""

    account_sid: str
    phone_number: str = ""

    @property
    def name(self) -> str:
        """What it is named by, among all accounts and numbers."""
        return key_of(self.account_sid, self.phone_number) if self.phone_number else self.account_sid


@dataclass(frozen=True)
class StoppedSender:
    """A sender that Twilio refuses. One message is tried at `probe_due`. `reported`: Twilio took messages, and reported
    only later that none would leave."""

    key: SenderKey
    error_code: int
    error_text: str
    stop_time: datetime
    probe_due: datetime
    probe_wait: timedelta = FIRST_PROBE
    reported: bool = False

    def holds(self, now: datetime) -> bool:
        """Whether it still counts."""
        return not self.reported or now < self.stop_time + REPORTED_STOP_LASTS
