"""Threads, for who texts first."""

from typing import Protocol

from ticket_service.domain.outgoing.thread_decision import DecideOnThread, ThreadWrite


class ThreadStore(Protocol):
    """Changes threads."""

    async def change_thread(
        self, workspace_id: str, channel_id: str, address: str, request_id: str, decide: DecideOnThread
    ) -> ThreadWrite:
        """Writes what `decide` says of the thread of that channel and that address, in one transaction, and returns it
        as written, a new ticket with its number.

        `decide` may be asked several times, and what it raises is raised. A text of the thread that is stored at the
        same moment is seen by the decision, or sees what it wrote: a thread never gets two live tickets.
        """
        ...
