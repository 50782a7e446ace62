"""sms_service as the use cases see it: which numbers there are, sending, and erasing what it keeps."""

import asyncio
from collections.abc import Sequence

import grpc

from keva.sms.v1 import sms_service_pb2 as pb
from keva.sms.v1 import sms_service_pb2_grpc
from servicekit.errors import KevaError, Unavailable
from servicekit.rpc.statuses_to_errors import as_keva_error
from ticket_service import errors
from ticket_service.domain.channel import OwnedNumber
from ticket_service.domain.message import DeliveryUpdate, Direction, Message
from ticket_service.domain.ticket import Ticket
from ticket_service.rpc.convert_messages import delivery_update_from_proto

# Twilio's own answers may take ten seconds; an operator waits for them, but not for an sms_service that is not there.
_LOOKUP_SECONDS = 15
_SEND_SECONDS = 25
_REACH_SECONDS = 3
_ERASE_SECONDS = 20


class SmsClient:
    """Implements PhoneNumbers, Sender and SmsRecords of ports/sms.py."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._channel = channel
        self._stub = sms_service_pb2_grpc.SmsServiceStub(channel)

    async def connected_accounts(self, organization_id: str) -> list[str]:
        request = pb.ListTwilioAccountsRequest(organization_id=organization_id)
        accounts: list[str] = []
        await self._reach()
        while True:
            try:
                page = await self._stub.ListTwilioAccounts(request, timeout=_LOOKUP_SECONDS)
            except grpc.aio.AioRpcError as error:
                raise _lookup_error(error) from None
            accounts += [account.account_sid for account in page.accounts]
            request.page_token = page.next_page_token
            if not request.page_token:
                return accounts

    async def owned_number(self, organization_id: str, account_sid: str, phone_number: str) -> OwnedNumber | None:
        request = pb.ListPhoneNumbersRequest(
            organization_id=organization_id,
            account_sid=account_sid,
            phone_number=phone_number,
            include_not_sms_capable=True,
        )
        await self._reach()
        try:
            response = await self._stub.ListPhoneNumbers(request, timeout=_LOOKUP_SECONDS)
        except grpc.aio.AioRpcError as error:
            raise _lookup_error(error, account_sid) from None
        for number in response.phone_numbers:
            if number.phone_number == phone_number:
                return OwnedNumber(number.phone_number, number.display_name, number.sms_capable)
        return None

    async def send(self, message: Message, ticket: Ticket, segments_per_second: float) -> DeliveryUpdate:
        request = pb.SendMessageRequest(
            organization_id=message.organization_id,
            workspace_id=message.workspace_id,
            message_id=message.message_id,
            account_sid=message.account_sid or ticket.account_sid,
            from_address=ticket.channel_address,
            to_address=ticket.customer_address,
            text=message.text,
            segments_per_second=segments_per_second,
            media_urls=[item.url for item in message.media],
        )
        await self._reach()
        try:
            response = await self._stub.SendMessage(request, timeout=_SEND_SECONDS)
        except grpc.aio.AioRpcError as error:
            known = as_keva_error(error)
            raise (errors.sms_service_unavailable(known.reason) if isinstance(known, Unavailable) else known) from None
        return delivery_update_from_proto(response.update)

    async def _reach(self) -> None:
        """A restart is waited for; whoever asks why a reply or an answer takes longer than that is to find it."""
        try:
            async with asyncio.timeout(_REACH_SECONDS):
                await self._channel.channel_ready()
        except TimeoutError:
            raise errors.sms_service_unavailable() from None

    async def erase(self, messages: Sequence[Message]) -> list[DeliveryUpdate]:
        updates: list[DeliveryUpdate] = []
        sent = [message for message in messages if message.direction is not Direction.NOTE]
        for account_sid in sorted({message.account_sid for message in sent}):
            updates += await self._erase(account_sid, [m for m in sent if m.account_sid == account_sid])
        return updates

    async def _erase(self, account_sid: str, messages: Sequence[Message]) -> list[DeliveryUpdate]:
        request = pb.EraseMessagesRequest(
            organization_id=messages[0].organization_id,
            workspace_id=messages[0].workspace_id,
            account_sid=account_sid,
            twilio_message_sids=[m.twilio_message_sid for m in messages if m.direction is Direction.INBOUND],
            message_ids=[m.message_id for m in messages if m.direction is Direction.OUTBOUND],
        )
        try:
            response = await self._stub.EraseMessages(request, timeout=_ERASE_SECONDS)
        except grpc.aio.AioRpcError as error:
            raise as_keva_error(error) from None
        return [delivery_update_from_proto(update) for update in response.updates]


def _lookup_error(error: grpc.aio.AioRpcError, account_sid: str = "") -> KevaError:
    known = as_keva_error(error)
    if known.reason == "TWILIO_ACCOUNT_NOT_FOUND":
        return errors.twilio_account_not_found(account_sid)
    return errors.sms_service_unavailable(known.reason) if isinstance(known, Unavailable) else known
