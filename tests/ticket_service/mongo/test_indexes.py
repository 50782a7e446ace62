"""Every query on a growing collection is answered by an index: mongod's profiler says how it answered what the store
asked. Indexes may be made twice at once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pymongo
import pytest

from dev.local_stack.mongod import Mongod
from servicekit.audit.chain import Claim, Head
from servicekit.errors import KevaError, NotFound
from tests.ticket_service.audit_keys import AUDIT_KEYS
from tests.ticket_service.desk import Desk, error_of, fresh_address, inbound
from tests.ticket_service.domain.examples import message
from ticket_service.domain.ai_turn import AiTurn
from ticket_service.domain.audit import THE_SERVICE, AuditEntry, AuditFilter, AuditRecord, ChainPlace, ChainScope
from ticket_service.domain.customer import Customer
from ticket_service.domain.events.event import EventFilter
from ticket_service.domain.forgetting import Erasure, Forgetting
from ticket_service.domain.inbox.ticket_list import ListPosition, TicketFilter, TicketOrder
from ticket_service.domain.ingest_plan import IngestPlan, RefusedText, Snapshot
from ticket_service.domain.message import InboundText, Wait
from ticket_service.domain.outgoing.thread_decision import ThreadContext, ThreadWrite
from ticket_service.domain.reports.calendar import Calendar
from ticket_service.domain.reports.counting import Counted, Uncounted, count
from ticket_service.domain.reports.figures import Dimension
from ticket_service.domain.reports.ticket_row import RowFilter
from ticket_service.domain.search.customers import CustomerFilter
from ticket_service.domain.search.wanted import Unit, Wanted, in_all
from ticket_service.domain.staff.agent import Agent, AgentChange, AgentFilter, Availability, Role
from ticket_service.domain.ticket import Assignee, AssigneeKind, Ticket, TicketChange, TicketState
from ticket_service.domain.work.dealing import Load, WaitingWorkspace
from ticket_service.mongo.ai.questions import stages_of_page
from ticket_service.mongo.customer_data.idle import stages_of_idle
from ticket_service.mongo.customer_data.search import MongoCustomerSearch
from ticket_service.mongo.database import Database
from ticket_service.mongo.staff.agents import agent_to_document
from ticket_service.mongo.store import INDEXES, MongoStore

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
_EVENTS, _PLACES = EventFilter("default"), {(f"tkt_{number}", number) for number in range(1, 300)}
_ENTRY = AuditEntry("note.added", "msg_1", THE_SERVICE, NOW)
_RECORDS = [
    AuditRecord("aud_1", "default", "default", "tkt_1", 1, _ENTRY),
]
_NUMBERS = [f"+1555123{number:04}" for number in range(100)]
_CLAIMS = [Claim(f"tkt_{number}", number, "0" * 64) for number in range(1, 300)]
_GONE = Agent("agt_1", "default", "a@b.c", "A", Role.AGENT, ("default",), NOW, NOW, NOW, deactivate_time=NOW)
_SEEN = message(message_id="msg_1", ticket_id="tkt_1", position=3)
_ERASURE = Erasure("default", "default", "cus_1", "", "lse_1", NOW)
_WAITING = WaitingWorkspace("default", "default")
_TURN = AiTurn("tkt_1", "default", "trn_1", "lse_1")


@dataclass
class ProfiledStore:
    """A store whose database notes how it answers."""

    store: MongoStore
    database: Any

    async def plans(self, ask: Callable[[MongoStore], Awaitable[object]]) -> list[str]:
        """How each query of `ask` was answered, such as `tickets: IXSCAN { workspace_id: 1 }`."""
        # What is asked for is not there: how it was looked for is all that matters.
        with profiling(self.database), suppress(KevaError):
            await ask(self.store)
        return [f"{entry['ns'].split('.')[-1]}: {entry['planSummary']}" for entry in profile(self.database)]


@contextmanager
def profiling(database: Any) -> Iterator[None]:
    """Lets mongod note how it answers."""
    database["system.profile"].drop()
    database.command("profile", 2)
    try:
        yield
    finally:
        database.command("profile", 0)


def profile(database: Any) -> list[dict[str, Any]]:
    """What mongod noted of queries. A stream of changes, which the relay has open, reads the log of all writes."""
    asked = {"planSummary": {"$exists": True}, "ns": {"$not": {"$regex": r"system\.profile"}}}
    return [entry for entry in database["system.profile"].find(asked) if not _is_stream_of_changes(entry)]


def _is_stream_of_changes(entry: Mapping[str, Any]) -> bool:
    # A getMore names the command that it goes on with.
    began = entry.get("originatingCommand") or entry["command"]
    return any("$changeStream" in stage for stage in began.get("pipeline", ()))


@pytest.fixture(scope="module")
async def profiled(mongod: Mongod) -> AsyncIterator[ProfiledStore]:
    """A store with its indexes, and nothing in it."""
    name = f"keva_test_profiled_{mongod.port}"
    store = MongoStore(mongod.uri, name, AUDIT_KEYS)
    await store.prepare(NOW)
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(mongod.uri) as client:
        yield ProfiledStore(store, client[name])
        client.drop_database(name)
    store.close()


def _tickets(**filters: Any) -> Callable[[MongoStore], Awaitable[object]]:
    after = ListPosition(0, None, before) if (before := filters.pop("before", "")) else None
    return lambda store: store.inbox.list_tickets(
        TicketFilter("default", **filters), TicketOrder.CREATION, after, 50, NOW
    )


def _search(*beginnings: str, **filters: Any) -> Callable[[MongoStore], Awaitable[object]]:
    before = filters.pop("before", "")
    wanted = Wanted(tuple(Unit((beginning,)) for beginning in beginnings))
    return lambda store: store.search.search_tickets(TicketFilter("default", **filters), wanted, before, 50, NOW)


def _customers(**filters: Any) -> Callable[[MongoStore], Awaitable[object]]:
    return lambda store: store.customer_search.search_customers(CustomerFilter("default", **filters), 50)


def _rows(after: tuple[datetime, str] | None = None) -> Callable[[MongoStore], Awaitable[object]]:
    return lambda store: store.reports.list_rows(RowFilter("default", NOW, LATER, after), 50)


def _count(uncounted: Uncounted) -> Counted:
    return count(uncounted, lambda _: Calendar())


def _audit(**filters: Any) -> Callable[[MongoStore], Awaitable[object]]:
    return lambda store: store.audit.list_records(AuditFilter("default", **filters), 50)


def _stored(**filters: Any) -> Callable[[MongoStore], Awaitable[object]]:
    return lambda store: store.events.read_stored(EventFilter("default", **filters), "aud_1", 100)


def _chains(after: ChainPlace | None = None, **scope: str) -> Callable[[MongoStore], Awaitable[object]]:
    return lambda store: store.audit.read_chains(ChainScope("default", **scope), after, 100)


def _counted(**scope: str) -> Callable[[MongoStore], Awaitable[object]]:
    return lambda store: store.audit.count_records(ChainScope("default", **scope))


def _never(heads: dict[str, Head]) -> AuditEntry:
    raise AssertionError(heads)


def _ingest(count: int) -> Callable[[MongoStore], Awaitable[object]]:
    return lambda store: asyncio.gather(*(store.ingest.ingest(text, _refuse_all) for text in _texts(count)))


def _thread(store: MongoStore) -> Awaitable[object]:
    def decide(context: ThreadContext) -> ThreadWrite:
        raise NotFound("CHANNEL_NOT_FOUND", str(context.channel))

    return store.threads.change_thread("default", "chn_1", "+15551234567", "r1", decide)


def _texts(count: int) -> list[InboundText]:
    return [InboundText("default", "AC1", f"SM{i}", f"+1555000{i:04}", f"+1555100{i:04}", "hi") for i in range(count)]


def _refuse_all(texts: Sequence[InboundText], _: Snapshot) -> IngestPlan:
    return IngestPlan(outcomes=[RefusedText("CHANNEL_NOT_FOUND", "")] * len(texts))


def _nobody(customer: Customer, _: Sequence[Ticket]) -> Forgetting:
    raise AssertionError(customer)


def _unchanged(agent: Agent, _: int) -> AgentChange:
    return AgentChange(agent)


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda s: s.reports.read_days("default", list(Dimension), "2026", "2027"), id="days of a report"),
        pytest.param(_rows(), id="tickets of a report"),
        pytest.param(_rows((NOW, "tkt_1")), id="next page of tickets of a report"),
        pytest.param(lambda s: s.reports.count_news("default", _count), id="what is to be counted"),
        pytest.param(lambda s: s.reports.count_older(_count), id="older tickets to be counted"),
        pytest.param(lambda s: s.reports._reading.of_tickets(["tkt_1", "tkt_2"]), id="tickets to be counted"),
        pytest.param(_tickets(), id="tickets"),
        pytest.param(_tickets(before="tkt_x"), id="next page of tickets"),
        pytest.param(_tickets(states=(TicketState.OPEN,)), id="tickets by state"),
        pytest.param(_tickets(states=(TicketState.OPEN, TicketState.PENDING), before="tkt_x"), id="tickets by states"),
        pytest.param(_tickets(assignees=(Assignee(AssigneeKind.AGENT, "dana"),)), id="tickets by assignee"),
        pytest.param(_tickets(channel_id="chn_1"), id="tickets by channel"),
        pytest.param(_tickets(customer_address="+15551234567"), id="tickets by customer"),
        pytest.param(_tickets(number=7), id="ticket by number"),
        pytest.param(_search("two", "words"), id="tickets by words"),
        pytest.param(_search("word", states=(TicketState.OPEN,), before="tkt_x"), id="tickets by word and state"),
        pytest.param(
            lambda s: s.search.search_tickets(TicketFilter("default"), in_all("dana two"), "", 50, NOW),
            id="tickets by words of customers and texts",
        ),
        pytest.param(lambda s: s.search.index_words(500), id="messages without words"),
        pytest.param(lambda s: s.tickets.get_ticket("default", "tkt_1"), id="a ticket"),
        pytest.param(lambda s: s.tickets.list_resolved("default", NOW, 100), id="auto-close"),
        pytest.param(lambda s: s.snoozes.list_due(NOW, 100), id="tickets to wake"),
        pytest.param(lambda s: s.tags.list_tags("default", "", 50), id="tags"),
        pytest.param(lambda s: s.dealing.waiting_workspaces(), id="workspaces with tickets to deal"),
        pytest.param(lambda s: s.workspaces.list_offices(), id="workspaces with hours or targets"),
        pytest.param(lambda s: s.tags.list_tags("default", "vip", 50), id="next page of tags"),
        pytest.param(lambda s: s.workspaces.list_auto_closing(), id="workspaces with auto-close"),
        pytest.param(lambda s: s.messages.list_messages("default", "tkt_1", None, 50), id="a conversation"),
        pytest.param(lambda s: s.messages.list_messages("default", "tkt_1", (NOW, "msg_1"), 50), id="its next page"),
        pytest.param(
            lambda s: s.messages.list_messages("default", "tkt_1", (NOW, "msg_1"), 50, newest_first=True),
            id="a conversation from its end",
        ),
        pytest.param(lambda s: s.messages.get_message("default", "tkt_1", "msg_1"), id="a message"),
        pytest.param(
            lambda s: s.messages.list_messages("default", "tkt_1", None, 50, _SEEN), id="what came behind a message"
        ),
        pytest.param(
            lambda s: s.texts_without_ticket.texts_without_ticket("default", "cus_1", (NOW, "msg_1"), 50),
            id="texts without a ticket",
        ),
        pytest.param(lambda s: s.scheduled_messages.list_scheduled("default", None, 50), id="scheduled messages"),
        pytest.param(
            lambda s: s.scheduled_messages.list_scheduled("default", (NOW, "msg_1"), 50),
            id="next page of scheduled messages",
        ),
        pytest.param(lambda s: s.scheduled_messages.claim_due(NOW, LATER, 50), id="scheduled messages that are due"),
        pytest.param(lambda s: s.scheduled_messages.postpone("msg_1", NOW), id="a scheduled message given back"),
        pytest.param(_thread, id="a thread that somebody texts first"),
        pytest.param(lambda s: s.messages.latest_messages("default", "tkt_1", 50), id="its last texts"),
        pytest.param(lambda s: s.ai_turns.claim_turn(NOW, LATER), id="a turn of the AI that is due"),
        pytest.param(lambda s: s.ai_turns.release_turn(_TURN, NOW, NOW, None), id="a turn given back"),
        pytest.param(lambda s: s.ai_turns.adopt_tickets(NOW, NOW), id="tickets of the AI without a turn"),
        pytest.param(lambda s: s.ai_turns.finish_turn(_TURN), id="a turn that owes nothing"),
        pytest.param(lambda s: s.reply_counts.reply_counts("chn_1", "cus_1"), id="how often the AI has texted"),
        pytest.param(lambda s: s.questions.list_questions("default", "", 50), id="questions"),
        pytest.param(lambda s: s.questions.list_questions("default", "qst_1", 50), id="further questions"),
        pytest.param(
            lambda s: s.questions.dismiss_questions("default", ["qst_1"], lambda _: _ENTRY), id="questions done"
        ),
        pytest.param(lambda s: s.outbox.claim(NOW, LATER, 20), id="outbox"),
        pytest.param(lambda s: s.outbox.postpone([Wait(["msg_1", "msg_2"], NOW)], NOW), id="a reply that waits"),
        pytest.param(lambda s: s.customers.get_customer("default", "cus_1"), id="a customer"),
        pytest.param(_customers(), id="customers"),
        pytest.param(_customers(before="cus_x"), id="next page of customers"),
        pytest.param(_customers(address="+1555"), id="customers by address"),
        pytest.param(_customers(blocked=True), id="customers who are blocked"),
        pytest.param(_customers(blocked=True, before="cus_x"), id="next page of customers who are blocked"),
        pytest.param(_customers(asked_keys=("ann", "#4567")), id="customers by words and a part of the number"),
        pytest.param(_customers(asked_keys=("ann",), blocked=True, before="cus_x"), id="the same, blocked, next page"),
        pytest.param(lambda s: s.customer_search.index_customers(500), id="customers without keys"),
        pytest.param(
            lambda s: s.idle_customers.idle_customers("default", NOW, None, 500), id="customers to go through"
        ),
        pytest.param(
            lambda s: s.idle_customers.idle_customers("default", NOW, (NOW, "cus_0"), 500),
            id="further customers to go through",
        ),
        pytest.param(lambda s: s.idle_customers.forget_idle("cus_1", NOW, _nobody), id="a customer who may be idle"),
        pytest.param(lambda s: s.erasures.claim_erasure(NOW, LATER), id="an erasure that is due"),
        pytest.param(lambda s: s.erasures.keep_erasure(_ERASURE, LATER), id="an erasure to go on with"),
        pytest.param(lambda s: s.erasures.seal_closed("default", NOW, NOW, 100), id="tickets to erase"),
        pytest.param(lambda s: s.erasures.seal_tickets(_ERASURE, NOW, 20), id="tickets of a forgotten customer"),
        pytest.param(lambda s: s.erasures.expired_texts("default", NOW, 100), id="texts without a ticket to erase"),
        pytest.param(lambda s: s.erasures.unerased_messages("tkt_1", 100), id="messages of a ticket to erase"),
        pytest.param(lambda s: s.erasures.unerased_texts("cus_1", 100), id="texts of a forgotten customer"),
        pytest.param(lambda s: s.workspaces.list_retaining(), id="workspaces with a retention time"),
        pytest.param(lambda s: s.inbox.fill_in(200), id="tickets of which lists know nothing"),
        pytest.param(lambda s: s.inbox.correct(200), id="tickets of which lists know too little"),
        pytest.param(lambda s: s.dealing.deal(_WAITING, lambda *_: (), 10), id="tickets to deal"),
        pytest.param(lambda s: s.dealing.withdraw(_WAITING, 500), id="tickets to deal no more"),
        pytest.param(lambda s: s.channels.list_channels("default", "", 50), id="channels"),
        pytest.param(lambda s: s.channels.get_channel("default", "chn_1"), id="a channel"),
        pytest.param(lambda s: s.workspaces.list_workspaces("default", "", 50), id="workspaces"),
        pytest.param(lambda s: s.agents.list_agents(AgentFilter("default"), 50), id="agents"),
        pytest.param(lambda s: s.agents.list_agents(AgentFilter("default", email="a@b.c"), 50), id="agent by e-mail"),
        pytest.param(lambda s: s.agents.find_agent("agt_1"), id="an agent"),
        pytest.param(lambda s: s.agents.change_agent("default", "agt_1", _unchanged), id="a change of an agent"),
        pytest.param(lambda s: s.left_work.claim_left_work(NOW, LATER), id="work that an agent left"),
        pytest.param(lambda s: s.left_work.left_tickets(_GONE, 50), id="tickets that an agent left"),
        pytest.param(
            lambda s: s.left_work.left_tickets(replace(_GONE, deactivate_time=None), 50),
            id="tickets in other workspaces",
        ),
        pytest.param(lambda s: s.left_work.left_channels(_GONE), id="channels that an agent left"),
        pytest.param(_audit(), id="audit records"),
        pytest.param(_audit(before="aud_x"), id="next page of audit records"),
        pytest.param(_audit(ticket_id="tkt_1"), id="audit records of a ticket"),
        pytest.param(_audit(workspace_id="default"), id="audit records of a workspace"),
        pytest.param(_audit(action="ticket.created"), id="audit records by action"),
        pytest.param(_chains(), id="all chains"),
        pytest.param(_chains(after=ChainPlace("tkt_1", 7)), id="all chains, next part"),
        pytest.param(_chains(workspace_id="default"), id="a workspace's chains"),
        pytest.param(_chains(ticket_id="tkt_1"), id="a ticket's chain"),
        pytest.param(_counted(), id="how many records"),
        pytest.param(_counted(workspace_id="default"), id="how many records of a workspace"),
        pytest.param(_counted(ticket_id="tkt_1"), id="how many records of a ticket"),
        pytest.param(lambda s: s.customer_notes.list_notes("default", "cus_1", "cno_9", 9), id="notes on a customer"),
        pytest.param(lambda s: s.customer_notes.delete_note("default", "cno_1", _never), id="a note to remove"),
        pytest.param(
            lambda s: s.imports.import_customers("default", _NUMBERS, lambda _: (), False), id="customers of a list"
        ),
        pytest.param(lambda s: s.saved_replies.list_saved_replies("default", "a", ["x"], None, 9), id="saved replies"),
        pytest.param(
            lambda s: s.saved_replies.list_saved_replies("default", "", [], ("a", "srp_1"), 9),
            id="saved replies from a place on",
        ),
        pytest.param(
            lambda s: s.saved_replies.get_saved_reply("default", "hours", "a"), id="a saved reply by shortcut"
        ),
        pytest.param(lambda s: s.audit.find_macs("default", _CLAIMS), id="MACs at many places"),
        pytest.param(_stored(), id="events from a time on"),
        pytest.param(_stored(workspace_id="default"), id="a workspace's events from a time on"),
        pytest.param(lambda s: s.events.find_places(_EVENTS, _PLACES), id="events at many places"),
        pytest.param(lambda s: s.events.last_place("default"), id="the newest event of no ticket"),
        pytest.param(lambda s: s.events.tickets_and_messages(_RECORDS, True, True), id="what events are about"),
        pytest.param(lambda s: s.anchors.claim_anchoring(NOW, LATER), id="the lease for anchoring"),
        pytest.param(lambda s: s.anchors.anchor_tickets("default", 9, _never), id="tickets to anchor"),
        pytest.param(lambda s: s.anchors.organization_heads(), id="heads of organizations"),
        pytest.param(_ingest(1), id="ingest of one text: its channel"),
        pytest.param(_ingest(9), id="ingest of nine texts: their channels"),
    ],
)
async def test_query_uses_an_index(profiled: ProfiledStore, ask: Callable[[MongoStore], Awaitable[object]]) -> None:
    plans = await profiled.plans(ask)

    assert plans
    for plan in plans:
        assert plan.split(": ", 1)[1].split()[0] in {"IXSCAN", "IDHACK", "COUNT_SCAN", "DISTINCT_SCAN"}, plans


@pytest.mark.parametrize("blocked", [False, True])
async def test_customers_by_words_that_many_have_are_read_in_the_order_of_an_index(
    profiled: ProfiledStore, mongod: Mongod, blocked: bool
) -> None:
    wanted = CustomerFilter("default", asked_keys=("ann",), blocked=blocked, before="cus_0")
    async with pymongo.AsyncMongoClient[dict[str, Any]](mongod.uri) as client:
        search = MongoCustomerSearch(Database.of(client, profiled.database.name, AUDIT_KEYS), few=0)
        somebody = {"_id": "cus_1", "workspace_id": "default", "search_keys": ["ann"]}
        await client[profiled.database.name]["customers"].insert_one(somebody)
        plans = await profiled.plans(lambda _: search.search_customers(wanted, 50))
        await client[profiled.database.name]["customers"].delete_one(somebody)

    assert plans == [
        "customers: IXSCAN { workspace_id: 1, search_keys: 1 }",
        "customers: IXSCAN { workspace_id: 1, _id: -1 }",
    ]
    assert not [entry for entry in profile(profiled.database) if entry.get("hasSortStage")]


async def test_what_was_asked_and_answered_is_read_by_indexes(profiled: ProfiledStore) -> None:
    question = {"_id": "qst_1", "workspace_id": "default", "ticket_id": "tkt_1", "message_ids": ["msg_1"]}
    profiled.database["questions"].insert_one({**question, "position": 1})
    pipeline = stages_of_page("default", "qst_2", 50)
    asked = {"aggregate": "questions", "pipeline": pipeline, "hint": "newest_question", "cursor": {}}

    explained = profiled.database.command("explain", asked, verbosity="executionStats")

    joined = [stage for stage in explained["stages"] if "$lookup" in stage]
    profiled.database["questions"].delete_one({"_id": "qst_1"})
    assert [stage["collectionScans"] for stage in joined] == [0, 0, 0]
    assert [stage["indexesUsed"] for stage in joined] == [["_id_"], ["conversation"], ["_id_"]]


async def test_whether_customers_have_tickets_is_read_by_an_index(profiled: ProfiledStore) -> None:
    profiled.database["customers"].insert_one({"_id": "cus_idle", "update_time": NOW - timedelta(days=1)})
    asked = {"aggregate": "customers", "pipeline": stages_of_idle(["cus_idle"], NOW), "cursor": {}}

    explained = profiled.database.command("explain", asked, verbosity="executionStats")

    (joined,) = [stage for stage in explained["stages"] if "$lookup" in stage]
    profiled.database["customers"].delete_one({"_id": "cus_idle"})
    assert (joined["collectionScans"], joined["indexesUsed"]) == (0, ["of_customer"])


async def test_who_was_changed_since_or_is_forgotten_is_not_looked_at(profiled: ProfiledStore) -> None:
    customers, before = profiled.database["customers"], NOW - timedelta(days=1)
    many = [
        {
            "_id": f"cus_{kind}{number}",
            "workspace_id": "wsp_idle",
            "phone": f"{kind}{number}",
            "address": f"{kind}{number}",
        }
        | {"update_time": NOW if kind == "new" else before, **({"forget_time": NOW} if kind == "gone" else {})}
        for kind, count in (("new", 300), ("gone", 300), ("idle", 3))
        for number in range(count)
    ]
    customers.insert_many(many)

    with profiling(profiled.database):
        found, after = await profiled.store.idle_customers.idle_customers("wsp_idle", NOW, None, 500)
    looked = [entry for entry in profile(profiled.database) if entry["ns"].endswith(".customers")]
    customers.delete_many({"workspace_id": "wsp_idle"})

    assert (sorted(found), after) == (["cus_idle0", "cus_idle1", "cus_idle2"], None)
    assert sum(entry["docsExamined"] for entry in looked) <= 6
    assert sum(entry["keysExamined"] for entry in looked) <= 10


async def test_query_without_an_index_would_be_noticed(profiled: ProfiledStore) -> None:
    async def ask(_: MongoStore) -> None:
        profiled.database["tickets"].find_one({"subject": "no index"})

    assert await profiled.plans(ask) == ["tickets: COLLSCAN"]


async def test_left_tickets_are_found_among_those_alone_that_are_not_closed(profiled: ProfiledStore) -> None:
    tickets = profiled.database["tickets"]
    theirs = {"workspace_id": "default", "assignee": "AGENT:agt_1", "customer_id": "cus_gone"}
    tickets.insert_many({**theirs, "number": 9000 + n, "state": "CLOSED"} for n in range(60))
    for gone in (_GONE, replace(_GONE, workspace_ids=("elsewhere",), deactivate_time=None)):
        plans = await profiled.plans(lambda s, gone=gone: s.left_work.left_tickets(gone, 50))  # type: ignore[misc]
        (looked,) = [e for e in profile(profiled.database) if e["ns"].endswith(".tickets")]

        assert plans[-1] == "tickets: IXSCAN { workspace_id: 1, assignee: 1, state: 1, _id: -1 }"
        assert (looked["docsExamined"], looked["nreturned"]) == (0, 0)
        assert looked["keysExamined"] <= 4
    tickets.delete_many(theirs)


async def test_sorted_lists_are_read_in_the_order_of_an_index(profiled: ProfiledStore) -> None:
    asked = (
        _tickets(),
        _tickets(states=(TicketState.OPEN, TicketState.CLOSED)),
        _tickets(channel_id="chn_1"),
        _customers(),
        _customers(blocked=True),
        lambda s: s.texts_without_ticket.texts_without_ticket("default", "cus_1", None, 50),
        lambda s: s.texts_without_ticket.texts_without_ticket("default", "cus_1", (NOW, "msg_1"), 50),
        lambda s: s.idle_customers.idle_customers("default", NOW, None, 500),
        lambda s: s.idle_customers.idle_customers("default", NOW, (NOW - timedelta(days=1), "cus_0"), 500),
        _audit(),
        _stored(),
        _stored(workspace_id="default"),
    )

    with profiling(profiled.database):
        for ask in asked:
            await ask(profiled.store)

    found = profile(profiled.database)
    assert len(found) >= len(asked)
    assert not [entry for entry in found if entry.get("hasSortStage")]


async def test_whole_conversation_uses_indexes(desk: Desk, mongod: Mongod, database: str) -> None:
    await desk.subscribe("ANY_MESSAGE")
    growing = {f"{database}.{name}" for name in ("tickets", "messages", "customers", "channels")}
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(mongod.uri) as client:
        with profiling(client[database]):
            texts = [inbound(f"text {i}", customer_address=fresh_address()) for i in range(9)]
            outcomes = await desk.texts(*texts, *texts)
            ticket_id = outcomes[0].stored.ticket_id
            seen = outcomes[0].stored.message_id
            reply = await desk.reply(ticket_id, request_id="r-1")
            await error_of(desk.call("ReplyToTicket", ticket_id, text="x", last_seen_message_id=seen))
            await desk.reply(ticket_id, request_id="r-2")
            await desk.peer.sent_texts(2)
            await desk.record(reply.message_id, "DELIVERED")
            for rpc in ("ResolveTicket", "ReopenTicket", "CloseTicket"):
                await desk.change(rpc, ticket_id)
            await desk.all_tickets(customer="+15551234567", text="text")
        found = [entry for entry in profile(client[database]) if entry["ns"] in growing]

    assert {entry["ns"] for entry in found} == growing
    assert not [(entry["ns"], entry["command"]) for entry in found if "COLLSCAN" in entry["planSummary"]]


async def test_indexes_may_be_created_by_several_replicas_at_once(mongod: Mongod, database: str) -> None:
    stores = [MongoStore(mongod.uri, database, AUDIT_KEYS) for _ in range(3)]

    await asyncio.gather(*(store.prepare(NOW) for store in stores))
    await stores[0].prepare(LATER)
    for store in stores:
        store.close()

    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(mongod.uri) as client:
        for name, indexes in INDEXES.items():
            there = set(client[database][name].index_information())
            assert there == {"_id_", *(index.document["name"] for index in indexes)}
        assert client[database]["workspaces"].count_documents({}) == 1
        # The default workspace is recorded by the replica that created it.
        assert client[database]["audit_records"].distinct("action") == ["workspace.created"]
        assert client[database]["audit_records"].count_documents({}) == 1
        assert set(client[database]["counters"].distinct("_id")) == {"created", "audit_key:test-1", "audit:default"}


async def test_tags_are_listed_and_counted_without_looking_at_tickets(profiled: ProfiledStore) -> None:
    tickets = profiled.database["tickets"]
    tickets.insert_many(
        {"workspace_id": "wsp_tags", "number": n, "tags": ["vip", f"t{n % 3}"] if n % 2 else []} for n in range(600)
    )

    with profiling(profiled.database):
        found = await profiled.store.tags.list_tags("wsp_tags", "", 50)
    entries = profile(profiled.database)
    tickets.delete_many({"workspace_id": "wsp_tags"})

    assert [(count.tag, count.tickets) for count in found] == [("t0", 100), ("t1", 100), ("t2", 100), ("vip", 300)]
    assert sum(entry["docsExamined"] for entry in entries) == 0
    # One look per tag, and one more, however many tickets have them.
    looks = [entry["keysExamined"] for entry in entries if entry["op"] == "query"]
    assert looks == [1, 1, 1, 1, 0]


async def test_dealing_counts_in_an_index(profiled: ProfiledStore) -> None:
    now = datetime.now(UTC)
    dana = Agent(
        "dana", "default", "d@example.com", "Dana", Role.ADMINISTRATOR, (), now, now, now, Availability.AVAILABLE
    )
    profiled.database["agents"].insert_one(agent_to_document(dana))
    shared = {"_id": "chn_shared", "organization_id": "default", "workspace_id": "default", "round_robin": True}
    profiled.database["channels"].insert_one({**shared, "account_sid": "AC1", "phone_number": "+15550009999"})
    workspace = WaitingWorkspace("default", "default")
    counted: list[Load] = []

    def decide(_: object, loads: Sequence[Load]) -> Sequence[TicketChange]:
        counted.extend(loads)
        return ()

    with profiling(profiled.database):
        await profiled.store.dealing.deal(workspace, decide, 10)
        await profiled.store.dealing.withdraw(workspace, 10)
    found = [(entry["ns"].split(".")[-1], entry) for entry in profile(profiled.database)]
    plans = {name: entry["planSummary"] for name, entry in found}
    looks = [entry["planSummary"] for name, entry in found if (name, entry["op"]) == ("tickets", "query")]
    profiled.database["agents"].delete_one({"_id": "dana"})
    profiled.database["channels"].delete_one({"_id": "chn_shared"})

    assert counted == [Load("dana", 0)]
    assert plans["agents"].startswith("IXSCAN")
    assert plans["channels"] == "IXSCAN { organization_id: 1, _id: 1 }"
    assert looks == ["IXSCAN { to_deal: 1, workspace_id: 1, _id: 1 }"] * 2
    counts = [entry for entry in profile(profiled.database) if "pipeline" in entry["command"]]
    assert [entry["planSummary"] for entry in counts] == ["IXSCAN { workspace_id: 1, assignee: 1, state: 1, _id: -1 }"]


async def test_who_has_an_address_is_found_in_an_index(profiled: ProfiledStore) -> None:
    plans = await profiled.plans(lambda store: store.agents.find_by_email("Dana@example.com", 20))

    assert plans == ["agents: IXSCAN { email_key: 1, _id: 1 }"]
