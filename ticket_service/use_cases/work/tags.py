"""Use cases: add, remove and list tags."""

from collections.abc import Sequence

from servicekit.clock import Clock
from servicekit.errors import FailedPrecondition
from servicekit.paging import Page, Position, id_at, page
from ticket_service import errors
from ticket_service.domain.audit import Actor
from ticket_service.domain.ticket import MAX_TAGS, Ticket
from ticket_service.domain.ticket_decision import TicketContext, TicketWrite
from ticket_service.domain.work.tags import TagChange, TagCount, change_tags, known_tags_of, tag_key, tags_of
from ticket_service.ports.tickets import TicketStore
from ticket_service.ports.work.tags import TagStore


class Tags:
    """Tags of all workspaces' tickets."""

    def __init__(self, store: TagStore, tickets: TicketStore, clock: Clock) -> None:
        self._store = store
        self._tickets = tickets
        self._clock = clock

    async def add(self, workspace_id: str, ticket_id: str, tags: Sequence[str], actor: Actor) -> Ticket:
        """Raises TICKET_NOT_FOUND, TICKET_CLOSED, TOO_MANY_TAGS, FIELD_REQUIRED, FIELD_INVALID."""
        return await self.change(workspace_id, ticket_id, TagChange(add=tags_of(_required(tags), "tags")), actor)

    async def remove(self, workspace_id: str, ticket_id: str, tags: Sequence[str], actor: Actor) -> Ticket:
        """Raises TICKET_NOT_FOUND, TICKET_CLOSED, FIELD_REQUIRED, FIELD_INVALID."""
        return await self.change(
            workspace_id, ticket_id, TagChange(remove=known_tags_of(_required(tags), "tags")), actor
        )

    async def change(self, workspace_id: str, ticket_id: str, change: TagChange, actor: Actor) -> Ticket:
        """Raises TICKET_NOT_FOUND, TICKET_CLOSED, TOO_MANY_TAGS."""
        change = TagChange(await known_spellings(self._store, workspace_id, change.add), change.remove)

        def write(context: TicketContext) -> TicketWrite:
            changed = change_tags(context.ticket, change, actor, self._clock())
            if changed.entries and len(changed.ticket.tags) > MAX_TAGS:
                raise _too_many(ticket_id)
            return TicketWrite(changed.ticket, changed.entries)

        return (await self._tickets.change_ticket(workspace_id, ticket_id, write)).ticket

    async def list_tags(self, workspace_id: str, asked: Page) -> tuple[list[TagCount], str]:
        """A page of tags, by name, and the next page's token."""

        async def read(position: Position, limit: int) -> list[TagCount]:
            return await self._store.list_tags(workspace_id, _from_hex(id_at(position)), limit)

        # A tag may have signs that no page token has, such as a joiner within an emoji.
        return await page(asked, ["tags", workspace_id], read, lambda count: [count.tag.encode().hex()], (_is_hex,))


async def known_spellings(store: TagStore, workspace_id: str, tags: Sequence[str]) -> tuple[str, ...]:
    """The tags as the workspace's tickets spell them: wherever tags come in, and where tickets are listed by them."""
    return tuple([await store.known_spelling(workspace_id, tag) for tag in tags])


def _from_hex(text: str) -> str:
    return bytes.fromhex(text).decode()


def _is_hex(value: object) -> bool:
    try:
        return bool(_from_hex(str(value)))
    except ValueError:
        return False


def change_of(add: Sequence[str], remove: Sequence[str]) -> TagChange:
    """Tags to add and to remove at once. Raises FIELD_REQUIRED and FIELD_INVALID."""
    if not (add or remove):
        raise errors.required("tag")
    change = TagChange(tags_of(add, "tag.add"), known_tags_of(remove, "tag.remove"))
    removed = set(map(tag_key, change.remove))
    if both := [tag for tag in change.add if tag_key(tag) in removed]:
        raise errors.invalid("tag.remove", f"has {min(both)}, which is to be added too")
    return change


def _too_many(ticket_id: str) -> FailedPrecondition:
    return FailedPrecondition(
        "TOO_MANY_TAGS",
        f"ticket {ticket_id} would have more than {MAX_TAGS} tags; remove some first",
        ticket_id=ticket_id,
        limit=str(MAX_TAGS),
    )


def _required(tags: Sequence[str]) -> Sequence[str]:
    if not tags:
        raise errors.required("tags")
    return tags
