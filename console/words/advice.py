"""What to do about what was found, for people at the console: which page to open, and what to press there."""

from collections.abc import Sequence

from client.failure import Failure
from client.words.inbound_routes import is_free
from client.words.language import say
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
        return say(
            "Open %(account_sid)s under Integrations > Twilio: give it the Auth Token of now, or disconnect it. Of one "
            "that Twilio has suspended its console says why; once that is settled, Keva goes on by itself.",
            account_sid=account_sid,
        )

    def route(self, number: pb.PhoneNumber) -> str:
        if number.messaging_service_sid and number.inbound_route != pb.INBOUND_ROUTE_KEVA:
            return say(
                "In Twilio's console, open the messaging service %(messaging_service_sid)s, Integration, "
                'and choose "Defer to sender\'s webhook". Then open %(phone_number)s under Channels.',
                messaging_service_sid=number.messaging_service_sid,
                phone_number=number.phone_number,
            )
        if number.inbound_route in (pb.INBOUND_ROUTE_KEVA, pb.INBOUND_ROUTE_UNSPECIFIED):
            return ""
        if number.inbound_route == pb.INBOUND_ROUTE_KEVA_INCOMPLETE:
            return say(
                "Open %(phone_number)s under Channels, and have Twilio repeat texts that fail.",
                phone_number=number.phone_number,
            )
        if is_free(number):
            return say(
                "Open %(phone_number)s under Channels, and have Twilio send its texts here.",
                phone_number=number.phone_number,
            )
        return say(
            "Open %(phone_number)s under Channels, and take its texts over, if nobody there needs them.",
            phone_number=number.phone_number,
        )

    def connect_an_account(self) -> str:
        return say("Connect one under Integrations > Twilio.")

    def resume_sending(self) -> str:
        return say("Fix it at Twilio: sending resumes within minutes, or at once when you connect the account again.")

    def end_rotation(self) -> str:
        return say(
            "Promote the new one in Twilio's console, then here, under Integrations > Twilio; or cancel the change."
        )

    def add_a_number(self) -> str:
        return say("Add one under Channels.")

    def reconnect(self, account_sids: Sequence[str]) -> str:
        return say(
            "Connect %(account_sids)s under Integrations > Twilio, or remove the numbers under Channels.",
            account_sids=", ".join(account_sids),
        )

    def numbers_gone(self) -> str:
        return say("See in Twilio's console what became of them, or remove them under Channels.")

    def choose_an_assignee(self, phone_number: str) -> str:
        return say(
            "Open %(phone_number)s under Channels, and choose who gets its new tickets.", phone_number=phone_number
        )

    def raise_reply_limit(self, workspace_id: str) -> str:
        return say(
            "Look whether somebody floods it. If it is as it should be, ask the operator of Keva to "
            "raise the limit of the workspace %(workspace_id)s.",
            workspace_id=workspace_id,
        )

    def not_compared(self) -> str:
        return say("Ask the people who run Keva to look at the log of sms_service.")

    def set_clock(self) -> str:
        return say("Ask the people who run Keva to set the clocks of its machines.")

    def not_taken_in(self) -> str:
        return say("Read them in Twilio's console. The audit trail says why: action text.not_taken_in.")
