"""A ticket's conversation, readable from top to bottom. Texts are indented and headings are not, so that no text can
pass for a heading."""

from collections.abc import Mapping, Sequence
from itertools import count
from types import MappingProxyType

from cli.terminal import output
from client.words.actors import actor_text
from client.words.attachments import attachment_text, is_received
from client.words.deliveries import delivery_state, delivery_trouble
from keva.ticket.v1 import message_pb2


def show_conversation(
    customer_name: str, messages: Sequence[message_pb2.Message], names: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Who, when, what, and for replies how far they got. `names`: of agents, by id."""
    numbers = count(1)
    for message in messages:
        output.say()
        output.say(heading(message, customer_name, names), style="cyan" if _is_inbound(message) else "bold")
        if message.text:
            output.say_indented(message.text)
        if message.HasField("erase_time"):
            output.say("    (erased)", style="dim")
        for media in message.media:
            if is_received(media):
                output.say(f"  * {attachment_text(next(numbers), media)}", style="dim")
                if media.state == message_pb2.MEDIA_STATE_REFUSED and media.url:
                    output.say_indented(media.url, style="dim")
            else:
                output.say_indented(f"[{media.content_type or 'media'}] {media.url}", style="dim")
        if message.mentions:
            output.say(f"  @ {', '.join(names.get(agent, agent) for agent in message.mentions)}", style="dim")
        trouble = delivery_trouble(message.delivery)
        if trouble:
            output.say(f"  ! {trouble}", style="bold red")
    if not messages:
        output.remark("No messages yet.")


def _is_inbound(message: message_pb2.Message) -> bool:
    return message.direction == message_pb2.MESSAGE_DIRECTION_INBOUND


def heading(
    message: message_pb2.Message, customer_name: str = "", names: Mapping[str, str] = MappingProxyType({})
) -> str:
    """When it was, by whom, and what it is."""
    time = output.when(message, "message_time")
    if _is_inbound(message):
        lost = "  (its webhook never came: recovered from Twilio's log)" if message.recovered else ""
        return f"{time}  {customer_name or 'the customer'}{lost}"
    author = actor_text(message.author, names)
    if message.direction == message_pb2.MESSAGE_DIRECTION_NOTE:
        return f"{time}  {author}  (internal note, never sent)"
    return f"{time}  {author}  reply, {delivery_state(message.delivery)}"
