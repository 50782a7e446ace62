"""An organization in which there is nothing may be a slip of the finger: that is said beside an empty list."""

import contextlib
from collections.abc import Sized

from cli.session import Session
from cli.settings import SOURCES
from client.failure import Failure
from client.lists import list_workspaces


async def remark_if_unknown(session: Session, found: Sized) -> None:
    """Leaves a remark where nothing was `found` in an organization that has nothing at all."""
    if not found and (note := await note_if_unknown(session)):
        session.remarks.append(note)


async def note_if_unknown(session: Session) -> str:
    """What is to be said of such an organization; empty of any other."""
    if is_default(session.organization_id):
        return ""
    # What was asked for itself could be read; who may not ask for workspaces is told nothing of them.
    with contextlib.suppress(Failure):
        if not await list_workspaces(session):
            return f"{unknown(session.organization_id)} {what_to_do(session.organization_id)}"
    return ""


def is_default(organization_id: str) -> bool:
    """Whether it is the one that every Keva begins with."""
    return organization_id == SOURCES["organization"].default


def unknown(organization_id: str) -> str:
    """What is the matter with it. Nobody creates an organization: its first workspace brings it into being."""
    return f"The organization {organization_id} has nothing here yet, not even a workspace."


def what_to_do(organization_id: str) -> str:
    """The name is wrong, or the organization is new."""
    return (
        f"Is the name right? A new one begins with a workspace: keva --organization {organization_id} workspaces add."
    )
