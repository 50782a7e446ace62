"""What `keva tickets reply --dry-run` shows: each message as it would leave, and why it takes so many segments."""

import unicodedata
from collections.abc import Sequence

from cli.terminal import output
from keva.ticket.v1 import message_pb2, ticket_service_pb2
from servicekit.segments import UCS_2, beyond_gsm_7, encoding, segment_count_in_gsm_7

_SHOWN_CHARACTERS = 10


def show_preview(ticket: ticket_service_pb2.Ticket, messages: Sequence[message_pb2.Message]) -> None:
    """All messages of a reply to `ticket`, none of which is sent."""
    segments = sum(message.delivery.segments for message in messages)
    what = _counted(len(messages), "message")
    output.say(
        f"Nothing is sent. The reply to ticket #{ticket.number} would be {what}, {_counted(segments, 'segment')}."
    )
    if messages and messages[0].HasField("send_time"):
        output.say(f"It would leave {output.when(messages[0], 'send_time')}.")
    for number, message in enumerate(messages, 1):
        output.say()
        name = f"Message {number} of {len(messages)}: " if len(messages) > 1 else ""
        output.say(f"{name}{_measures(message)}", style="bold")
        if message.text:
            output.say_indented(message.text)
        for media in message.media:
            output.say_indented(media.url, style="dim")
        for remark in _remarks(message):
            output.say(f"  {remark}")


def _measures(message: message_pb2.Message) -> str:
    # As the limits count them (ticket_service/domain/reply_parts.py): most emoji are two.
    characters = len(message.text.encode("utf-16-le")) // 2
    parts = [_counted(characters, "character")]
    if message.text:
        parts += [encoding(message.text), _counted(message.delivery.segments, "segment")]
    if message.media:
        parts.append(f"MMS with {_counted(len(message.media), 'file')}")
    return ", ".join(parts)


def _remarks(message: message_pb2.Message) -> list[str]:
    remarks = []
    if encoding(message.text) == UCS_2:
        segments, fewer = message.delivery.segments, segment_count_in_gsm_7(message.text)
        instead = f", in {_counted(segments, 'segment')} instead of {fewer}" if fewer < segments else ""
        remarks.append(f"Sent as UCS-2{instead}, because GSM-7 does not have: {_named(beyond_gsm_7(message.text))}")
    if message.media:
        remarks.append("An MMS is billed as one message.")
    return remarks


def _named(characters: Sequence[str]) -> str:
    named = [_name(character) for character in characters[:_SHOWN_CHARACTERS]]
    more = len(characters) - len(named)
    return " ".join(named) + (f" and {more} more" if more else "")


def _name(character: str) -> str:
    """Itself where it can be seen by itself, else its code point."""
    alone = unicodedata.category(character)[0] not in "CMZ"
    return character if alone else f"U+{ord(character):04X}"


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
