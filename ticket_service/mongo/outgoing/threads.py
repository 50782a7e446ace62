"""ThreadStore on MongoDB."""

from ticket_service.domain.outgoing.thread_decision import DecideOnThread, ThreadWrite
from ticket_service.mongo.commits.queue import Commits
from ticket_service.mongo.commits.wishes import ThreadWish


class MongoThreads:
    def __init__(self, commits: Commits) -> None:
        self._commits = commits

    async def change_thread(
        self, workspace_id: str, channel_id: str, address: str, request_id: str, decide: DecideOnThread
    ) -> ThreadWrite:
        return await self._commits.change_thread(ThreadWish(workspace_id, channel_id, address, decide, request_id))
