"""Where the stores come together, on one client."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from servicekit.audit.chain import Keys
from servicekit.background_work.pace import Pace
from servicekit.mongo.abandoned_transactions import keep_ending_abandoned_transactions
from servicekit.mongo.clients import Client, Connection
from ticket_service.domain.workspace import default_workspace
from ticket_service.mongo import (
    ai_turns,
    audit_documents,
    channels,
    customers,
    erasures,
    message_documents,
    ticket_documents,
    workspaces,
)
from ticket_service.mongo.ai import questions, reply_limits
from ticket_service.mongo.ai_turns import MongoAiTurns
from ticket_service.mongo.anchors import MongoAnchors
from ticket_service.mongo.audit import MongoAudit
from ticket_service.mongo.channels import MongoChannels
from ticket_service.mongo.commits.queue import Commits
from ticket_service.mongo.customer_data import notes
from ticket_service.mongo.customer_data.blocking import MongoBlocking
from ticket_service.mongo.customer_data.idle import MongoIdleCustomers
from ticket_service.mongo.customer_data.imports import MongoImports
from ticket_service.mongo.customer_data.search import MongoCustomerSearch
from ticket_service.mongo.customer_data.texts import MongoTextsWithoutTicket
from ticket_service.mongo.customers import MongoCustomers
from ticket_service.mongo.database import Database
from ticket_service.mongo.erasures import MongoErasures
from ticket_service.mongo.events.store import MongoEvents
from ticket_service.mongo.inbox.store import MongoInbox
from ticket_service.mongo.ingest import MongoIngest
from ticket_service.mongo.messages import MongoMessages
from ticket_service.mongo.outbox import MongoOutbox
from ticket_service.mongo.outgoing.scheduled_messages import MongoScheduledMessages
from ticket_service.mongo.outgoing.threads import MongoThreads
from ticket_service.mongo.reports import documents as reports
from ticket_service.mongo.reports.store import MongoReports
from ticket_service.mongo.search.store import MongoSearch
from ticket_service.mongo.staff import agents
from ticket_service.mongo.staff.agents import MongoAgents
from ticket_service.mongo.staff.left_work import MongoLeftWork
from ticket_service.mongo.texts import saved_replies
from ticket_service.mongo.tickets import MongoTickets
from ticket_service.mongo.trail.claims import MongoClaims
from ticket_service.mongo.trail.keys import check_keys
from ticket_service.mongo.work.dealing import MongoDealing
from ticket_service.mongo.work.snoozes import MongoSnoozes
from ticket_service.mongo.work.tags import MongoTags
from ticket_service.mongo.workspaces import MongoWorkspaces

INDEXES = {
    "tickets": ticket_documents.INDEXES,
    "messages": message_documents.INDEXES,
    "customers": customers.INDEXES,
    "channels": channels.INDEXES,
    "workspaces": workspaces.INDEXES,
    "agents": agents.INDEXES,
    "audit_records": audit_documents.INDEXES,
    "ai_turns": ai_turns.INDEXES,
    "counters": reply_limits.INDEXES,
    "questions": questions.INDEXES,
    "erasures": erasures.INDEXES,
    "saved_replies": saved_replies.INDEXES,
    "customer_notes": notes.INDEXES,
    "report_days": reports.DAY_INDEXES,
    "report_tickets": reports.ROW_INDEXES,
}


class MongoStore:
    """All stores of ports/, one attribute each."""

    def __init__(
        self, uri: str, database: str, audit_keys: Keys, listeners: Sequence[Any] = (), shared: Client | None = None
    ) -> None:
        """Connects when first used. `uri` is the connection string of a replica set; `listeners` are those of
        `pymongo.monitoring` that hear what goes over the wire. A `shared` client stays open."""
        self._connection = Connection(uri, shared, listeners)
        client = self._connection.client
        self._database = Database.of(client, database, audit_keys)
        blocking = Database.of(client.delegate, database, audit_keys, self._database.trail)
        self._commits = Commits(replace(blocking, replica=self._database.replica))
        self.ingest = MongoIngest(self._commits)
        self.tickets = MongoTickets(self._database, self._commits)
        self.inbox = MongoInbox(self._database)
        self.search = MongoSearch(self._database)
        self.snoozes = MongoSnoozes(self._database)
        self.tags = MongoTags(self._database)
        self.dealing = MongoDealing(self._database)
        self.messages = MongoMessages(self._database)
        self.threads = MongoThreads(self._commits)
        self.scheduled_messages = MongoScheduledMessages(self._database)
        self.outbox = MongoOutbox(self._database)
        self.ai_turns = MongoAiTurns(self._database)
        self.reply_counts = reply_limits.MongoReplyCounts(self._database)
        self.questions = questions.MongoQuestions(self._database)
        self.customers = MongoCustomers(self._database)
        self.customer_search = MongoCustomerSearch(self._database)
        self.blocking = MongoBlocking(self._database)
        self.customer_notes = notes.MongoCustomerNotes(self._database)
        self.texts_without_ticket = MongoTextsWithoutTicket(self._database)
        self.imports = MongoImports(self._database)
        self.idle_customers = MongoIdleCustomers(self._database)
        self.saved_replies = saved_replies.MongoSavedReplies(self._database)
        self.erasures = MongoErasures(self._database)
        self.channels = MongoChannels(self._database)
        self.workspaces = MongoWorkspaces(self._database)
        self.agents = MongoAgents(self._database)
        self.left_work = MongoLeftWork(self._database)
        self.audit = MongoAudit(self._database)
        self.anchors = MongoAnchors(self._database)
        self.claims = MongoClaims(self._database)
        self.events = MongoEvents(self._database, blocking)
        self.reports = MongoReports(self._database)

    @property
    def pace(self) -> Pace:
        """Whether whoever asks for a commit waits too long."""
        return self._commits.pace

    async def prepare(self, now: datetime) -> None:
        """Creates the indexes and the default workspace, where they are missing. Ends the process when the audit keys
        are not those that the database was signed with, or the active one was replaced."""
        await _create_indexes(self._database)
        await check_keys(self._database, now)
        await self.workspaces.create_if_missing(*default_workspace(now))

    async def tidy(self) -> None:
        """A background loop: frees what replicas that died had locked."""
        await keep_ending_abandoned_transactions(self._connection.client)

    def close(self) -> None:
        """Closes the connections."""
        self._commits.close()
        self.events.close()
        self._connection.close()


async def _create_indexes(database: Database) -> None:
    """Creates what is missing; running it again, or twice at once, does no harm."""
    for name, indexes in INDEXES.items():
        await getattr(database, name).create_indexes(indexes)
    # So that no transaction has to create it.
    await database.counters.update_one({"_id": "created"}, {"$setOnInsert": {"value": 0}}, upsert=True)
