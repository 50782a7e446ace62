"""What is asked of tags."""

from typing import Protocol

from ticket_service.domain.work.tags import TagCount


class TagStore(Protocol):
    """The tags of tickets. TicketStore changes them."""

    async def known_spelling(self, workspace_id: str, tag: str) -> str:
        """How the workspace's tickets spell it: so, if any does; else as `other_spellings` has it. `iPhone`
        is not found as `iphone`."""
        ...

    async def list_tags(self, workspace_id: str, after: str, limit: int) -> list[TagCount]:
        """Those that the workspace's tickets have, by name. `after` is the last tag of the page before."""
        ...
