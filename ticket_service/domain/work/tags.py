"""Free labels on tickets. They are added and removed one by one, so that two people who do so at the same time both get
what they want."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ticket_service.domain.audit import Actor
from ticket_service.domain.errors import FieldInvalid
from ticket_service.domain.ticket import MAX_TAG_CHARACTERS, MAX_TAGS, Ticket, TicketChange
from ticket_service.domain.ticket_changes import TicketEdit, edit


@dataclass(frozen=True)
class TagCount:
    """A tag, and how many tickets have it; a count that is at its limit stands for as many, or more."""

    tag: str
    tickets: int


@dataclass(frozen=True)
class TagChange:
    """Tags to add and to remove, none of them in both."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


def tag_key(tag: str) -> str:
    """What is the same for all spellings of a tag: "vip" and "VIP" are one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", tag.strip()).casefold())


def other_spellings(tag: str) -> tuple[str, ...]:
    """How else people write it."""
    return tuple(dict.fromkeys(s for s in (tag.lower(), tag.upper(), tag.capitalize(), tag.title()) if s != tag))


def respelled(tags: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """The tags, those that are `known` in their known spellings."""
    spelled = {tag_key(tag): tag for tag in known}
    return tuple(spelled.get(tag_key(tag), tag) for tag in tags)


def tags_of(texts: Sequence[str], field: str) -> tuple[str, ...]:
    """Tags as people write them: each once, in its first spelling, without spaces around it. Raises FieldInvalid."""
    tags = known_tags_of(texts, field)
    if any(unicodedata.category(sign) == "Cc" for tag in tags for sign in tag):
        raise FieldInvalid(field, "may have no control characters, such as a tab or a line break")
    return tags


def known_tags_of(texts: Sequence[str], field: str) -> tuple[str, ...]:
    """The same of tags to remove, which an earlier version may have taken with control characters."""
    once: dict[str, str] = {}
    for text in texts:
        once.setdefault(tag_key(text), text.strip())
    tags = tuple(once.values())
    if len(texts) > MAX_TAGS or any(not 0 < len(tag) <= MAX_TAG_CHARACTERS for tag in tags):
        limits = f"may have at most {MAX_TAGS} tags, of 1 to {MAX_TAG_CHARACTERS} characters each"
        raise FieldInvalid(field, limits)
    return tags


def change_tags(ticket: Ticket, change: TagChange, actor: Actor, now: datetime) -> TicketChange:
    """Adds and removes tags; those that are there already, or not there, are passed over. There may be more
    than MAX_TAGS afterwards. Raises TicketClosed."""
    removed = set(map(tag_key, change.remove))
    kept = tuple(tag for tag in ticket.tags if tag_key(tag) not in removed)
    known = set(map(tag_key, kept))
    tags = (*kept, *(tag for tag in change.add if tag_key(tag) not in known))
    return edit(ticket, TicketEdit(tags=tags), actor, now)
