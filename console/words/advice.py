"""What to do about what was found, for people at the console: which page to open, and what to press there."""

from collections.abc import Sequence

from client.failure import Failure
from client.words.inbound_routes import is_free
from keva.sms.v1 import sms_service_pb2 as pb


class Pages:
    """Implements client.doctor.advisor.Advisor."""

    def say(self, failure: Failure) -> str:
        return failure.message

    def failure(self, failure: Failure) -> str:
        return failure.advice

    def account(self, account_sid: str, failure: Failure) -> str:
        if failure.reason != "TWILIO_CREDENTIALS_REFUSED":
            return failure.advice
        return f"Open {account_sid} under Integrations > Twilio: give it the Auth Token of now, or disconnect it."

    def route(self, number: pb.PhoneNumber) -> str:
        if number.messaging_service_sid and number.inbound_route != pb.INBOUND_ROUTE_KEVA:
            return (
                f"In Twilio's console, open the messaging service {number.messaging_service_sid}, Integration, and "
                f'choose "Defer to sender\'s webhook". Then open {number.phone_number} under Channels.'
            )
        if number.inbound_route in (pb.INBOUND_ROUTE_KEVA, pb.INBOUND_ROUTE_UNSPECIFIED):
            return ""
        if number.inbound_route == pb.INBOUND_ROUTE_KEVA_INCOMPLETE:
            return f"Open {number.phone_number} under Channels, and have Twilio repeat texts that fail."
        if is_free(number):
            return f"Open {number.phone_number} under Channels, and have Twilio send its texts here."
        return f"Open {number.phone_number} under Channels, and take its texts over, if nobody there needs them."

    def connect_an_account(self) -> str:
        return "Connect one under Integrations > Twilio."

    def resume_sending(self) -> str:
        return "Fix it at Twilio: sending resumes within minutes, or at once when you connect the account again."

    def end_rotation(self) -> str:
        return "Promote the new one in Twilio's console, then here, under Integrations > Twilio; or cancel the change."

    def add_a_number(self) -> str:
        return "Add one under Channels."

    def reconnect(self, account_sids: Sequence[str]) -> str:
        return f"Connect {', '.join(account_sids)} under Integrations > Twilio, or remove the numbers under Channels."

    def numbers_gone(self) -> str:
        return "See in Twilio's console what became of them, or remove them under Channels."

    def choose_an_assignee(self, phone_number: str) -> str:
        return f"Open {phone_number} under Channels, and choose who gets its new tickets."

    def raise_reply_limit(self, workspace_id: str) -> str:
        return (
            "Look whether somebody floods it. If it is as it should be, ask whoever runs Keva to raise the limit of "
            f"the workspace {workspace_id}."
        )

    def not_compared(self) -> str:
        return "Ask whoever runs Keva to look at the log of sms_service."

    def not_taken_in(self) -> str:
        return "Read them in Twilio's console. The audit trail says why: action text.not_taken_in."
