"""What to do about findings, as the program says it that shows them: in commands, or in pages."""

from collections.abc import Sequence
from typing import Protocol

from client.failure import Failure
from keva.sms.v1 import sms_service_pb2


class Advisor(Protocol):
    """Each gives a sentence or two; empty when there is nothing to say."""

    def say(self, failure: Failure) -> str:
        """What is wrong, as a sentence."""
        ...

    def failure(self, failure: Failure) -> str:
        """What to do about it."""
        ...

    def account(self, account_sid: str, failure: Failure) -> str:
        """The same of a Twilio account that cannot be asked."""
        ...

    def route(self, number: sms_service_pb2.PhoneNumber) -> str:
        """How Twilio is made to send the number's texts to Keva."""
        ...

    def connect_an_account(self) -> str:
        """None is connected."""
        ...

    def resume_sending(self) -> str:
        """Twilio refuses to send from a number or an account."""
        ...

    def end_rotation(self) -> str:
        """An Auth Token is being changed."""
        ...

    def add_a_number(self) -> str:
        """Keva answers none."""
        ...

    def reconnect(self, account_sids: Sequence[str]) -> str:
        """There are numbers whose accounts are not connected."""
        ...

    def numbers_gone(self) -> str:
        """Twilio no longer lists numbers that Keva answers."""
        ...

    def choose_an_assignee(self, phone_number: str) -> str:
        """New tickets of that number go to somebody who cannot take them."""
        ...

    def raise_reply_limit(self, workspace_id: str) -> str:
        """The AI has sent as many replies from a number of that workspace as it may on a day."""
        ...

    def not_compared(self) -> str:
        """Numbers are not compared with Twilio's log."""
        ...

    def set_clock(self) -> str:
        """A machine that runs sms_service has the wrong time."""
        ...

    def not_taken_in(self) -> str:
        """Texts in Twilio's log cannot be stored."""
        ...
