"""QuestionStore on MongoDB. A question has ids, and no text of the customer: those are read where they stand."""

from collections.abc import Callable, Sequence
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, ReplaceOne

from servicekit.mongo.readable import readable
from ticket_service.domain.ai.kept_suggestions import Article, SuggestedReply
from ticket_service.domain.ai.questions import Question, UnansweredQuestion, article_used
from ticket_service.domain.audit import ActorKind, AuditEntry
from ticket_service.domain.hand_off import HandOffReason
from ticket_service.domain.message import Direction
from ticket_service.mongo.audit_chains import append_to_organization
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import KEY, LIST, Document, Mapper, enum, list_of, sparse
from ticket_service.mongo.message_documents import IS_SAID

_NEWEST = "newest_question"
INDEXES = [
    IndexModel([("workspace_id", ASCENDING), ("_id", DESCENDING)], name=_NEWEST),
    IndexModel([("customer_id", ASCENDING)], name="of_customer"),
    IndexModel([("ticket_id", ASCENDING)], name="of_ticket"),
]
_REPLY = Mapper(SuggestedReply, articles=list_of(Mapper(Article)), is_draft=sparse(False))
_QUESTIONS = Mapper(
    Question, question_id=KEY, reason=enum(HandOffReason), message_ids=LIST, suggestions=list_of(_REPLY)
)
question_to_document, question_from_document = _QUESTIONS.to_document, _QUESTIONS.from_document

_PEOPLE = [ActorKind.AGENT.value, ActorKind.OPERATOR.value]
_TEXTS: Document = {
    "$lookup": {
        "from": "messages",
        "localField": "message_ids",
        "foreignField": "_id",
        "pipeline": [{"$sort": {"position": 1}}, {"$project": {"text": 1}}],
        "as": "texts",
    }
}
_ANSWER: Document = {
    "$lookup": {
        "from": "messages",
        "localField": "ticket_id",
        "foreignField": "ticket_id",
        "let": {"position": "$position"},
        "pipeline": [
            {
                "$match": {
                    "direction": Direction.OUTBOUND.value,
                    "author.kind": {"$in": _PEOPLE},
                    **IS_SAID,
                    "$expr": {"$gt": ["$position", "$$position"]},
                }
            },
            {"$sort": {"position": 1}},
            {"$limit": 1},
            {"$project": {"text": 1}},
        ],
        "as": "answer",
    }
}
_TICKET: Document = {
    "$lookup": {
        "from": "tickets",
        "localField": "ticket_id",
        "foreignField": "_id",
        "pipeline": [{"$project": {"number": 1}}],
        "as": "ticket",
    }
}


class MongoQuestions:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def list_questions(self, workspace_id: str, before: str, limit: int) -> list[UnansweredQuestion]:
        found = self._db.questions.aggregate(stages_of_page(workspace_id, before, limit), hint=_NEWEST)
        return readable(await found.to_list(None), _unanswered, "question")

    async def dismiss_questions(
        self, workspace_id: str, question_ids: Sequence[str], record: Callable[[Question], AuditEntry]
    ) -> int:
        query = {"_id": {"$in": list(question_ids)}, "workspace_id": workspace_id}

        async def work(session: Any) -> int:
            found = await self._db.questions.find(query, session=session).hint("_id_").to_list(None)
            questions = readable(found, question_from_document, "question")
            if not questions:
                return 0
            await self._db.questions.delete_many({"_id": {"$in": [q.question_id for q in questions]}}, session=session)
            entries = [record(question) for question in questions]
            await append_to_organization(self._db, questions[0].organization_id, workspace_id, entries, session)
            return len(questions)

        return await self._db.in_transaction(work)


def stages_of_page(workspace_id: str, before: str, limit: int) -> list[Document]:
    """How a page is read, with what was asked and what was answered."""
    behind = {"_id": {"$lt": before}} if before else {}
    mine = {"$match": {"workspace_id": workspace_id, **behind}}
    return [mine, {"$sort": {"_id": DESCENDING}}, {"$limit": limit}, _TEXTS, _ANSWER, _TICKET]


def question_written(question: Question) -> ReplaceOne[Document]:
    """One that is there already is the same, handed off again."""
    return ReplaceOne({"_id": question.question_id}, question_to_document(question), upsert=True)


def _unanswered(document: Document) -> UnansweredQuestion:
    question = question_from_document(document)
    answer = str(document["answer"][0]["text"]) if document["answer"] else ""
    texts = tuple(text["text"] for text in document["texts"])
    number = document["ticket"][0]["number"] if document["ticket"] else 0
    return UnansweredQuestion(question, number, texts, answer, article_used(answer, question.suggestions))
