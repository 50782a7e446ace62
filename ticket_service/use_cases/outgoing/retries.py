"""Use case: send a FAILED reply again, as a new one. Each of both knows the other, so that it is repeated once."""

from collections.abc import Callable
from dataclasses import replace

from servicekit.clock import Clock
from ticket_service import errors, outgoing_errors
from ticket_service.domain.audit import Actor
from ticket_service.domain.message import DeliveryState, Direction, Message
from ticket_service.domain.ticket_changes import require_not_closed
from ticket_service.domain.ticket_decision import TicketContext, TicketWrite
from ticket_service.ports.tickets import TicketStore
from ticket_service.use_cases.outgoing.reply_contents import ReplyContent
from ticket_service.use_cases.outgoing.unseen import NOT_COMPARED, Seen, require_nothing_newer
from ticket_service.use_cases.replies import NEEDS_OF_REPLY, Replied, queued


class Retries:
    """Retries of all workspaces. `wake_outbox` is called after each, so that it leaves at once."""

    def __init__(self, store: TicketStore, clock: Clock, wake_outbox: Callable[[], None]) -> None:
        self._store = store
        self._clock = clock
        self._wake_outbox = wake_outbox

    async def retry(self, workspace_id: str, message_id: str, actor: Actor, seen: Seen = NOT_COMPARED) -> Replied:
        """The new reply, or the one that a request before this one made, and the ticket after it.
        ticket_service.proto, RetryReply, names what is raised."""

        def decide(context: TicketContext) -> TicketWrite:
            failed = _failed(context, message_id)
            if failed.retried_by:
                return TicketWrite(context.ticket, (), failed, more_messages=context.more_messages)
            require_nothing_newer(context, seen)
            return self._repeated(context, failed, actor)

        write = await self._store.change_message(workspace_id, message_id, decide, NEEDS_OF_REPLY, seen.message_id)
        self._wake_outbox()
        return Replied(write.more_messages, write.ticket)

    def _repeated(self, context: TicketContext, failed: Message, actor: Actor) -> TicketWrite:
        # First: of a customer who is forgotten there is no text to say anything of.
        require_not_closed(context.ticket)
        content = ReplyContent(failed.text, tuple(item.url for item in failed.media), split=True)
        write = queued(context, content.prepared(), "", actor, self._clock())
        assert write.message is not None
        new = replace(write.message, retry_of=failed.message_id)
        entry, *others = write.entries
        entry = replace(entry, details={**entry.details, "retry_of": failed.message_id})
        return replace(
            write,
            entries=(entry, *others),
            message=replace(failed, retried_by=new.message_id),
            more_messages=(new, *write.more_messages),
        )


def _failed(context: TicketContext, message_id: str) -> Message:
    """Raises MESSAGE_NOT_FOUND or MESSAGE_NOT_FAILED."""
    message = context.message
    if message is None or message.direction is not Direction.OUTBOUND or message.delivery is None:
        raise errors.message_not_found(message_id)
    if message.delivery.state is not DeliveryState.FAILED:
        raise outgoing_errors.message_not_failed(message_id, message.delivery.state.value)
    return message
