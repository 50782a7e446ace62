"""IngestStore on MongoDB."""

from ticket_service.domain.ingest_plan import Outcome
from ticket_service.domain.message import InboundText
from ticket_service.mongo.commits.queue import Commits
from ticket_service.mongo.commits.wishes import Plan, TextWish


class MongoIngest:
    def __init__(self, commits: Commits) -> None:
        self._commits = commits

    async def ingest(self, text: InboundText, plan: Plan) -> Outcome:
        return await self._commits.store(TextWish(text, plan))
