"""What the console keeps, as whoever reads its database sees it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Kept:
    """Its collections."""

    accounts: Any
    links: Any
    sessions: Any
    drafts: Any

    async def everything(self) -> str:
        """All documents, to look for what must not stand there."""
        return str([await each.find().to_list(None) for each in (self.accounts, self.links, self.sessions)])
