"""What to do about findings, in commands."""

from collections.abc import Sequence

from cli.hints.failures import account_hint, hint, sentence
from cli.hints.numbers import route_hint
from client.failure import Failure
from keva.sms.v1 import sms_service_pb2


class Commands:
    """Implements client.doctor.advisor.Advisor."""

    def say(self, failure: Failure) -> str:
        return sentence(failure)

    def failure(self, failure: Failure) -> str:
        return hint(failure)

    def account(self, account_sid: str, failure: Failure) -> str:
        return account_hint(account_sid, failure)

    def route(self, number: sms_service_pb2.PhoneNumber) -> str:
        return route_hint(number)

    def connect_an_account(self) -> str:
        return "Connect one with: keva twilio connect --account-sid AC…"

    def resume_sending(self) -> str:
        return "Fix it at Twilio: sending resumes by itself within minutes, or at once with keva twilio connect."

    def end_rotation(self) -> str:
        return (
            "Promote the new one at Twilio, then run keva twilio rotate --promote; or run keva twilio rotate --cancel."
        )

    def add_a_number(self) -> str:
        return "keva numbers list shows yours; keva channels add NUMBER adds one."

    def reconnect(self, account_sids: Sequence[str]) -> str:
        sids = ", ".join(account_sids)
        return f"Connect {sids} with keva twilio connect, or remove the numbers with keva channels remove."

    def numbers_gone(self) -> str:
        return "See in Twilio's console what became of them, or remove them: keva channels remove."

    def choose_an_assignee(self, phone_number: str) -> str:
        return (
            f"Choose somebody else: keva channels update {phone_number} --auto-assign WHOM. Or make that agent one who "
            "can: keva agents update, keva agents reactivate."
        )

    def raise_reply_limit(self, workspace_id: str) -> str:
        return (
            "Look whether somebody floods it. If it is as it should be: keva workspaces update "
            f"{workspace_id} --max-ai-replies-per-day N"
        )

    def not_compared(self) -> str:
        return "See the log of sms_service; keva numbers backfill NUMBER says what stops it."

    def set_clock(self) -> str:
        return "Have every machine set its clock by NTP, those of MongoDB first."

    def not_taken_in(self) -> str:
        return "Read them in Twilio's console; keva audit list --action text.not_taken_in says why."
