"""Texts and their attachments as protobuf messages, as ticket_service takes them."""

from keva.ticket.v1 import message_pb2
from servicekit.rpc.proto_values import enum_to_proto, timestamp
from sms_service.domain.backfill_number import MissingText, SubscribedNumber
from sms_service.domain.media import Media, MediaState
from sms_service.domain.message import InboundMessage

_OPT_OUT_TYPES = {"STOP", "START", "HELP"}


def inbound_message_to_proto(message: InboundMessage) -> message_pb2.InboundMessage:
    """A verified text. An opt-out type that Twilio added since is left out."""
    opt_out_type = message.opt_out_type if message.opt_out_type in _OPT_OUT_TYPES else ""
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
        opt_out_type=enum_to_proto(message_pb2.OptOutType, opt_out_type),
        fallback_error_code=message.fallback_error_code,
    )


def missing_text_to_proto(text: MissingText, number: SubscribedNumber) -> message_pb2.InboundMessage:
    """A text of Twilio's log."""
    return message_pb2.InboundMessage(
        account_sid=number.account_sid,
        twilio_message_sid=text.message.sid,
        customer_address=text.message.from_address,
        channel_address=number.phone_number,
        text=text.message.text,
        media=[message_pb2.MediaItem(url=url, content_type=media_type) for url, media_type in text.media],
        sent_time=timestamp(text.message_time),
        recovered=True,
    )


def media_to_proto(media: Media) -> message_pb2.MediaItem:
    """What became of an attachment."""
    return message_pb2.MediaItem(
        url=media.url,
        content_type=media.content_type,
        media_id=media.media_id if media.state is MediaState.STORED else "",
        state=enum_to_proto(message_pb2.MediaState, media.state.value),
        size_bytes=media.size_bytes,
        error_text=media.error_text,
    )
