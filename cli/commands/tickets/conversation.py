"""A ticket's conversation, readable from top to bottom. Texts are indented and headings are not, so that no text can
pass for a heading."""

from collections.abc import Sequence
from itertools import count

from cli.commands.tickets.media_items import attachment_text, is_received
from cli.terminal import output
from cli.terminal.choices import short_name
from keva.ticket.v1 import actor_pb2, message_pb2


def show_conversation(customer_name: str, messages: Sequence[message_pb2.Message]) -> None:
    """Who, when, what, and for replies how far they got."""
    numbers = count(1)
    for message in messages:
        output.say()
        output.say(_heading(message, customer_name), style="cyan" if _is_inbound(message) else "bold")
        if message.text:
            output.say_indented(message.text)
        if message.HasField("erase_time"):
            output.say("    (erased)", style="dim")
        for media in message.media:
            if is_received(media):
                output.say(f"  * {attachment_text(next(numbers), media)}", style="dim")
            else:
                output.say_indented(f"[{media.content_type or 'media'}] {media.url}", style="dim")
        trouble = delivery_trouble(message.delivery)
        if trouble:
            output.say(f"  ! {trouble}", style="bold red")
    if not messages:
        output.remark("No messages yet.")


def actor_text(actor: actor_pb2.Actor) -> str:
    """`agent:anna`, `customer:cus_…`: as people write actors."""
    kind = short_name(actor_pb2.ActorKind.DESCRIPTOR, actor.kind).lower()
    return f"{kind}:{actor.id}" if actor.id else kind


def delivery_state(delivery: message_pb2.Delivery) -> str:
    """QUEUED, SENT, DELIVERED, …"""
    return short_name(message_pb2.DeliveryState.DESCRIPTOR, delivery.state)


def delivery_trouble(delivery: message_pb2.Delivery) -> str:
    """Twilio's code and its sentence; empty when nothing went wrong. A reply that waits may have one too."""
    failed = delivery.state == message_pb2.DELIVERY_STATE_FAILED
    if not failed and not delivery.error_code:
        return ""
    what = "Not delivered" if failed else "The last attempt failed, the next one follows"
    code = f"Twilio's error {delivery.error_code}" if delivery.error_code else ""
    return ": ".join(part for part in (what, code, delivery.error_text) if part)


def _is_inbound(message: message_pb2.Message) -> bool:
    return message.direction == message_pb2.MESSAGE_DIRECTION_INBOUND


def _heading(message: message_pb2.Message, customer_name: str) -> str:
    time = output.when(message, "message_time")
    if _is_inbound(message):
        lost = "  (its webhook never came: recovered from Twilio's log)" if message.recovered else ""
        return f"{time}  {customer_name or 'the customer'}{lost}"
    author = actor_text(message.author)
    if message.direction == message_pb2.MESSAGE_DIRECTION_NOTE:
        return f"{time}  {author}  (internal note, never sent)"
    return f"{time}  {author}  reply, {delivery_state(message.delivery)}"
