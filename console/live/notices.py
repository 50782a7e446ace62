"""What a person is told of an event, beyond what changes on the page: a sound, a number in the tab's title, a line of
the system."""

from dataclasses import dataclass
from enum import StrEnum

from console.live.happening import Happening
from console.live.preferences import Preferences


class NoticeKind(StrEnum):
    """Why somebody is told."""

    TEXT_ON_MINE = "text on mine"
    TEXT_ON_UNASSIGNED = "text on unassigned"
    MENTIONED = "mentioned"
    GIVEN_TO_ME = "given to me"
    BACK = "back"
    HANDED_OFF = "handed off"


@dataclass(frozen=True)
class Notice:
    """Of whose ticket and why. The text itself is not in it: it may stand on a locked screen. `sound` and `desktop` say
    how to tell it, as it is wanted when it happens: a page may have been open since the agent wanted something else."""

    kind: NoticeKind
    customer: str
    sound: bool
    desktop: bool


def notice_of(happening: Happening, agent_id: str, wanted: Preferences) -> Notice | None:
    """What to tell the agent, who may see the event; nothing of what they did themselves."""
    if happening.actor == f"agent:{agent_id}" or not happening.ticket_id:
        return None
    kind = _kind(happening, agent_id, wanted)
    return None if kind is None else Notice(kind, happening.customer, wanted.sound, wanted.desktop)


def _kind(happening: Happening, agent_id: str, wanted: Preferences) -> NoticeKind | None:
    if happening.type == "note.added":
        return NoticeKind.MENTIONED if wanted.mentions and agent_id in happening.mentions else None
    if happening.assignee == f"agent:{agent_id}":
        return _OF_MINE.get(happening.type) if wanted.mine else None
    if happening.assignee == "nobody" and wanted.unassigned:
        return _OF_UNASSIGNED.get(happening.type)
    return None


_OF_MINE = {
    "message.received": NoticeKind.TEXT_ON_MINE,
    "ticket.assigned": NoticeKind.GIVEN_TO_ME,
    "ticket.unsnoozed": NoticeKind.BACK,
}
_OF_UNASSIGNED = {
    "message.received": NoticeKind.TEXT_ON_UNASSIGNED,
    "ai.handed_off": NoticeKind.HANDED_OFF,
    "ticket.unsnoozed": NoticeKind.BACK,
}
