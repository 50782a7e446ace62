"""Webhooks, verdicts, deliveries and numbers as protobuf messages, and back."""

from collections.abc import Iterable
from datetime import UTC, datetime

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from keva.sms.v1 import error_reason_pb2
from keva.sms.v1 import sms_service_pb2 as pb
from keva.ticket.v1 import channel_service_pb2, message_pb2
from servicekit import phone_numbers
from servicekit.secret import Secret
from sms_service import errors
from sms_service.domain.backfill_number import Comparison, MissingText, SubscribedNumber
from sms_service.domain.delivery import Delivery
from sms_service.domain.media import Media, MediaState
from sms_service.domain.stopped_sender import StoppedSender
from sms_service.ports.credential import ConnectedAccount, SharedKey, StoredSharedKey
from sms_service.twilio.inbound import InboundMessage, Refused, Webhook
from sms_service.twilio.inbound_route import RoutedNumber
from sms_service.use_cases.erasure import ErasedMessages
from sms_service.use_cases.sender import Reply
from sms_service.use_cases.webhooks import VerifiedMessage

_OPT_OUT_TYPES = {"STOP", "START", "HELP"}


def require(request: Message, *fields: str) -> None:
    """Raises FIELD_REQUIRED for the first of `fields` that is empty."""
    for field in fields:
        if not getattr(request, field):
            raise errors.required(field)


def to_webhook(webhook: pb.Webhook) -> Webhook:
    """A request of Twilio's."""
    parameters = tuple((parameter.name, parameter.value) for parameter in webhook.parameters)
    return Webhook(webhook.url, webhook.signature, parameters, webhook.signature_settings)


def from_inbound_verdict(verdict: VerifiedMessage | Refused) -> pb.InboundVerdict:
    """What a webhook turned out to be."""
    if isinstance(verdict, Refused):
        return pb.InboundVerdict(refusal=_refusal(verdict))
    verified = pb.VerifiedInboundMessage(
        organization_id=verdict.organization_id, message=_from_message(verdict.message)
    )
    return pb.InboundVerdict(verified=verified)


def from_delivery_verdict(verdict: Delivery | Refused) -> pb.DeliveryVerdict:
    """What a status callback turned out to be."""
    if isinstance(verdict, Refused):
        return pb.DeliveryVerdict(refusal=_refusal(verdict))
    verified = pb.VerifiedDelivery(
        organization_id=verdict.organization_id,
        workspace_id=verdict.workspace_id,
        update=from_delivery(verdict),
    )
    return pb.DeliveryVerdict(verified=verified)


def _refusal(refused: Refused) -> pb.Refusal:
    reason = error_reason_pb2.ErrorReason.Value(f"ERROR_REASON_{refused.reason}")
    return pb.Refusal(reason=reason, field=refused.field)


def _from_message(message: InboundMessage) -> message_pb2.InboundMessage:
    opt_out = message.opt_out_type if message.opt_out_type in _OPT_OUT_TYPES else "UNSPECIFIED"
    return message_pb2.InboundMessage(
        account_sid=message.account_sid,
        twilio_message_sid=message.message_sid,
        customer_address=message.customer_address,
        channel_address=message.channel_address,
        text=message.text,
        city=message.city,
        state=message.state,
        country=message.country,
        zip=message.zip,
        media=[message_pb2.MediaItem(url=url, content_type=media_type) for url, media_type in message.media],
        opt_out_type=message_pb2.OptOutType.Value(f"OPT_OUT_TYPE_{opt_out}"),
        fallback_error_code=message.fallback_error_code,
    )


def from_media(media: Media) -> message_pb2.MediaItem:
    """What became of an attachment, as ticket_service takes it."""
    return message_pb2.MediaItem(
        url=media.url,
        content_type=media.content_type,
        media_id=media.media_id if media.state is MediaState.STORED else "",
        state=message_pb2.MediaState.Value(f"MEDIA_STATE_{media.state.value}"),
        size_bytes=media.size_bytes,
        error_text=media.error_text,
    )


def to_subscribed_number(number: channel_service_pb2.SubscribedNumber) -> SubscribedNumber:
    """A number whose texts become tickets."""
    since = number.subscribe_time.ToDatetime(UTC)
    return SubscribedNumber(number.organization_id, number.account_sid, number.phone_number, since)


def from_missing_text(text: MissingText, number: SubscribedNumber) -> message_pb2.InboundMessage | None:
    """A text of Twilio's log as ticket_service takes it; None when its sender is no address."""
    # Twilio writes E.164 already, so the region does not matter.
    sender = phone_numbers.normalize(text.message.from_address, "ZZ")
    if sender is None:
        return None
    return message_pb2.InboundMessage(
        account_sid=number.account_sid,
        twilio_message_sid=text.message.sid,
        customer_address=sender.value,
        channel_address=number.phone_number,
        text=text.message.text,
        media=[message_pb2.MediaItem(url=url, content_type=media_type) for url, media_type in text.media],
        sent_time=timestamp(text.message_time),
        recovered=True,
    )


def from_comparison(comparison: Comparison) -> pb.BackfillMessagesResponse:
    """What came of comparing a number with Twilio's log."""
    return pb.BackfillMessagesResponse(
        compared=comparison.compared,
        recovered=comparison.recovered,
        refused=comparison.refused,
        continue_time=timestamp(comparison.continue_time) if comparison.continue_time else None,
    )


def from_delivery(delivery: Delivery) -> message_pb2.DeliveryUpdate:
    """What became of a reply, as ticket_service takes it."""
    return message_pb2.DeliveryUpdate(
        message_id=delivery.message_id,
        state=message_pb2.DeliveryState.Value(f"DELIVERY_STATE_{delivery.state}"),
        twilio_message_sid=delivery.message_sid,
        error_code=delivery.error_code,
        error_text=delivery.error_text,
        segments=delivery.segments,
    )


def to_erased_messages(request: pb.EraseMessagesRequest) -> ErasedMessages:
    """Which messages to erase."""
    return ErasedMessages(
        request.organization_id,
        request.workspace_id,
        request.account_sid,
        tuple(request.twilio_message_sids),
        tuple(request.message_ids),
    )


def to_reply(request: pb.SendMessageRequest) -> Reply:
    """A reply to send."""
    return Reply(
        organization_id=request.organization_id,
        workspace_id=request.workspace_id,
        message_id=request.message_id,
        account_sid=request.account_sid,
        from_address=request.from_address,
        to_address=request.to_address,
        text=request.text,
        segments_per_second=request.segments_per_second,
        media_urls=tuple(request.media_urls),
    )


def from_account(account: ConnectedAccount, stopped: Iterable[StoppedSender] = ()) -> pb.TwilioAccount:
    """An account, without its secrets."""
    return pb.TwilioAccount(
        account_sid=account.account_sid,
        organization_id=account.organization_id,
        display_name=account.display_name,
        auth_token_last_four=account.last_four,
        connect_time=timestamp(account.connect_time),
        stopped_senders=map(_stopped_sender, stopped),
        rotation_start_time=timestamp(account.rotation_time) if account.rotation_time else None,
        next_auth_token_last_four=account.next_last_four,
        shared_keys=map(_shared_key, account.shared_keys),
    )


def _shared_key(key: StoredSharedKey) -> pb.SharedKey:
    known = dict(pb.SigningAlgorithm.items())
    algorithm = known.get(f"SIGNING_ALGORITHM_{key.algorithm}", pb.SIGNING_ALGORITHM_UNSPECIFIED)
    return pb.SharedKey(
        shared_key_id=key.shared_key_id,
        algorithm=algorithm,
        create_time=timestamp(key.create_time),
    )


def to_shared_key(request: pb.AddSharedKeyRequest) -> SharedKey:
    """A SharedKey as it was given; HMAC_SHA256 unless it says so. Raises FIELD_INVALID."""
    algorithm = request.algorithm or pb.SIGNING_ALGORITHM_HMAC_SHA256
    if algorithm not in pb.SigningAlgorithm.values():
        raise errors.invalid("algorithm", "is none that Twilio has")
    name = pb.SigningAlgorithm.Name(algorithm).removeprefix("SIGNING_ALGORITHM_")
    return SharedKey(request.shared_key_id, name, Secret(request.secret))


def _stopped_sender(stopped: StoppedSender) -> pb.StoppedSender:
    return pb.StoppedSender(
        phone_number=stopped.key.phone_number,
        error_code=stopped.error_code,
        error_text=stopped.error_text,
        stop_time=timestamp(stopped.stop_time),
    )


def timestamp(time: datetime) -> Timestamp:
    """A time as protobuf has it."""
    value = Timestamp()
    value.FromDatetime(time)
    return value


def to_time(field: str, time: Timestamp) -> datetime:
    """A time. Raises FIELD_INVALID."""
    try:
        return time.ToDatetime(UTC)
    except (OverflowError, ValueError):
        raise errors.invalid(field, "is out of range") from None


def from_number(routed: RoutedNumber) -> pb.PhoneNumber:
    """A number that an account owns, and where its texts go."""
    number = routed.number
    return pb.PhoneNumber(
        phone_number=number.phone_number,
        phone_number_sid=number.phone_number_sid,
        account_sid=number.account_sid,
        display_name=number.display_name,
        sms_capable=number.sms_capable,
        mms_capable=number.mms_capable,
        sms_url=number.urls.url,
        sms_fallback_url=number.urls.fallback_url,
        inbound_route=pb.InboundRoute.Value(f"INBOUND_ROUTE_{routed.route.name}"),
        messaging_service_sid=routed.messaging_service_sid,
    )
