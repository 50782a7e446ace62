"""Twilio is set up to send a number's texts to Keva."""

from client.session import TWILIO_SECONDS, Session
from keva.sms.v1 import sms_service_pb2 as pb


async def wire(session: Session, account_sid: str, phone_number: str, take_over: bool) -> pb.PhoneNumber:
    """The number as it is then. `take_over`: even if its texts go somewhere else now. Raises Failure."""
    request = pb.ConfigurePhoneNumberRequest(
        organization_id=session.organization_id,
        account_sid=account_sid,
        phone_number=phone_number,
        replace=take_over,
    )
    return (await session.ask(session.services.sms.ConfigurePhoneNumber, request, TWILIO_SECONDS)).phone_number
