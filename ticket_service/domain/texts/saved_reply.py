"""Saved replies: texts kept for re-use, and what their placeholders stand for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ticket_service.domain.audit import Actor, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.errors import FieldInvalid
from ticket_service.domain.message import MAX_REPLY_CHARACTERS
from ticket_service.domain.reply_parts import characters
from ticket_service.domain.search.words import words_of

PLACEHOLDERS = ("customer.name", "agent.name", "ticket.number", "workspace.name")
EDITABLE_FIELDS = ("shortcut", "title", "text")
MAX_SHORTCUT_CHARACTERS = 40
MAX_TITLE_CHARACTERS = 100
_IN_SHORTCUTS = "-_."
# Two braces are one, and a name between braces is a placeholder. A brace that opens and never closes is a slip.
_PART = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|\{")


@dataclass(frozen=True)
class SavedReply:
    """A text kept for re-use. `agent_id`: whose own it is; empty for the workspace's."""

    saved_reply_id: str
    organization_id: str
    workspace_id: str
    agent_id: str
    shortcut: str
    title: str
    text: str
    create_time: datetime
    update_time: datetime
    use_count: int = 0
    last_use_time: datetime | None = None

    @property
    def shortcut_key(self) -> str:
        """The same for every case of the shortcut."""
        return self.shortcut.casefold()

    def keys(self) -> list[str]:
        """The words by which it is found."""
        return list(dict.fromkeys([self.shortcut_key, *words_of(self.shortcut), *words_of(self.title)]))

    def is_seen_by(self, agent_id: str) -> bool:
        """Whether it is the workspace's, or that agent's own."""
        return self.agent_id in ("", agent_id)


@dataclass(frozen=True)
class Rendered:
    """A text with its values, and the placeholders that have none, which still stand in it."""

    text: str
    missing: tuple[str, ...] = ()


def require_saved_reply(shortcut: str, title: str, text: str) -> None:
    """Raises FieldInvalid."""
    known = all(sign.isalnum() or sign in _IN_SHORTCUTS for sign in shortcut)
    if not shortcut or not known or len(shortcut) > MAX_SHORTCUT_CHARACTERS:
        rule = f"must be 1 to {MAX_SHORTCUT_CHARACTERS} letters, digits, -, _ and ., without spaces"
        raise FieldInvalid("shortcut", rule)
    if len(title) > MAX_TITLE_CHARACTERS:
        raise FieldInvalid("title", f"is longer than {MAX_TITLE_CHARACTERS} characters")
    if not text.strip():
        raise FieldInvalid("text", "is empty")
    if characters(text) > MAX_REPLY_CHARACTERS:
        raise FieldInvalid("text", f"has {characters(text)} characters; at most {MAX_REPLY_CHARACTERS} can be sent")
    if any(part[0] == "{" for part in _PART.finditer(text)):
        raise FieldInvalid("text", "has a { that is not closed; write {{ for a brace")


def unknown_placeholder(text: str) -> str | None:
    """The first one in `text` that stands for nothing; None if there is none."""
    named = (part[1] for part in _PART.finditer(text) if part[1] is not None)
    return next((name for name in named if name not in PLACEHOLDERS), None)


def render(text: str, values: Mapping[str, str]) -> Rendered:
    """The text with `values` by placeholder; an empty value is missing."""
    missing: dict[str, None] = {}

    def value(part: re.Match[str]) -> str:
        if part[1] is None:
            return part[0][:1]
        if known := values.get(part[1], ""):
            return known
        missing[part[1]] = None
        return part[0]

    return Rendered(_PART.sub(value, text), tuple(missing))


def edit(
    saved: SavedReply, values: Mapping[str, str], actor: Actor, now: datetime
) -> tuple[SavedReply, tuple[AuditEntry, ...]]:
    """The saved reply with `values` (of EDITABLE_FIELDS). Raises FieldInvalid."""
    chosen: dict[str, Any] = dict(values)
    changed = replace(saved, **chosen)
    require_saved_reply(changed.shortcut, changed.title, changed.text)
    if changed == saved:
        return saved, ()
    fields = [name for name in EDITABLE_FIELDS if getattr(changed, name) != getattr(saved, name)]
    entry = recorded(AuditAction.SAVED_REPLY_UPDATED, saved, actor, now, fields=", ".join(fields))
    return replace(changed, update_time=now), (entry,)


def recorded(action: AuditAction, saved: SavedReply, actor: Actor, now: datetime, **details: str) -> AuditEntry:
    """What the audit trail says: whose it is, and nothing of what people have written."""
    whose = {"agent_id": saved.agent_id} if saved.agent_id else {}
    return AuditEntry(action, saved.saved_reply_id, actor, now, {**whose, **details})
