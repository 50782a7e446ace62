"""What is asked of the saved replies."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.texts.saved_reply import SavedReply


class SavedReplyStore(Protocol):
    """Reads and changes saved replies. `agent_id`: whose own are seen beside the workspace's; empty: nobody's."""

    async def create_saved_reply(self, saved: SavedReply, request_id: str, entry: AuditEntry) -> SavedReply:
        """Stores it; the same request_id in the workspace gives the one that was made then, as it is now.

        Raises AlreadyExists REQUEST_ID_REUSED when that one was asked for otherwise, and SAVED_REPLY_ALREADY_EXISTS
        when another one of the same owner has its shortcut, in whatever case.
        """
        ...

    async def get_saved_reply(self, workspace_id: str, named: str, agent_id: str) -> SavedReply:
        """By id or shortcut; of two with the same shortcut the agent's own. Raises NotFound SAVED_REPLY_NOT_FOUND."""
        ...

    async def list_saved_replies(
        self, workspace_id: str, agent_id: str, beginnings: Sequence[str], after: tuple[str, str] | None, limit: int
    ) -> list[SavedReply]:
        """At most `limit`, in the order of shortcut_key and id, from behind `after`. Of each of them a word of shortcut
        or title begins with each of `beginnings`."""
        ...

    async def change_saved_reply(
        self,
        workspace_id: str,
        saved_reply_id: str,
        agent_id: str,
        decide: Callable[[SavedReply], tuple[SavedReply | None, tuple[AuditEntry, ...]]],
    ) -> SavedReply | None:
        """Writes what `decide` makes of it, in one transaction; None deletes it. Raises NotFound SAVED_REPLY_NOT_FOUND,
        AlreadyExists SAVED_REPLY_ALREADY_EXISTS."""
        ...

    async def count_use(self, workspace_id: str, saved_reply_id: str, now: datetime) -> None:
        """One use more; nothing happens when it is not there any more."""
        ...
