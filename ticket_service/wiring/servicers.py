"""The servicers of all RPCs."""

from typing import Any

from keva.ticket.v1 import (
    agent_service_pb2_grpc,
    audit_service_pb2_grpc,
    channel_service_pb2_grpc,
    event_service_pb2_grpc,
    report_service_pb2_grpc,
    saved_reply_service_pb2_grpc,
    ticket_service_pb2_grpc,
    workspace_service_pb2_grpc,
)
from servicekit.clock import utc_now
from ticket_service.rpc.attestations import Attestations
from ticket_service.rpc.audit_servicer import AuditServicer
from ticket_service.rpc.channel_servicer import ChannelServicer
from ticket_service.rpc.customer_data.customer_servicer import AboutCustomers
from ticket_service.rpc.events.event_servicer import EventServicer
from ticket_service.rpc.outgoing.outgoing_servicer import Outgoing
from ticket_service.rpc.reports.report_servicer import ReportServicer
from ticket_service.rpc.staff.agent_servicer import AgentServicer
from ticket_service.rpc.texts.saved_reply_servicer import SavedReplyServicer
from ticket_service.rpc.ticket_servicer import TicketServicer
from ticket_service.rpc.work.work_servicer import Work
from ticket_service.rpc.workspace_servicer import WorkspaceServicer
from ticket_service.use_cases.ai.articles import Articles
from ticket_service.use_cases.ai.questions import Questions
from ticket_service.use_cases.ai.suggestions import Suggestions
from ticket_service.use_cases.audit.trail import AuditTrail
from ticket_service.use_cases.audit.verifying import AuditVerifying
from ticket_service.use_cases.customer_data.blocking import Blocking
from ticket_service.use_cases.customer_data.imports import Imports
from ticket_service.use_cases.customer_data.notes import CustomerNotes
from ticket_service.use_cases.customer_data.texts import TextsWithoutTicket
from ticket_service.use_cases.customers import Customers
from ticket_service.use_cases.events.following import Following
from ticket_service.use_cases.events.resume_tokens import ResumeTokens
from ticket_service.use_cases.inbox import Inbox
from ticket_service.use_cases.ingest import Ingest
from ticket_service.use_cases.media import MediaOutcomes
from ticket_service.use_cases.messages import Messages
from ticket_service.use_cases.outgoing.first_texts import FirstTexts
from ticket_service.use_cases.outgoing.retries import Retries
from ticket_service.use_cases.replies import Replies
from ticket_service.use_cases.reports import Reports
from ticket_service.use_cases.staff.agents import Agents
from ticket_service.use_cases.texts.saved_replies import SavedReplies
from ticket_service.use_cases.work.batches import Batches
from ticket_service.use_cases.work.tags import Tags
from ticket_service.use_cases.workspaces import Workspaces
from ticket_service.wiring.expected import expected
from ticket_service.wiring.loops import Loops
from ticket_service.wiring.parts import Parts

RPC_SERVICES = tuple(
    f"keva.ticket.v1.{name}Service"
    for name in ("Ticket", "Workspace", "Channel", "Audit", "Event", "Agent", "Report", "SavedReply")
)


def add_servicers(server: Any, parts: Parts, loops: Loops, attestations: Attestations) -> None:
    """Adds those of RPC_SERVICES to a grpc.aio.Server."""
    ticket_service_pb2_grpc.add_TicketServiceServicer_to_server(_tickets(parts, loops, attestations), server)
    workspaces = Workspaces(parts.store.workspaces, utc_now, parts.offices.learn)
    workspace_service_pb2_grpc.add_WorkspaceServiceServicer_to_server(WorkspaceServicer(workspaces), server)
    channel_service_pb2_grpc.add_ChannelServiceServicer_to_server(ChannelServicer(parts.channels), server)
    agent_service_pb2_grpc.add_AgentServiceServicer_to_server(_agents(parts, loops), server)
    audit_service_pb2_grpc.add_AuditServiceServicer_to_server(_audit(parts), server)
    event_service_pb2_grpc.add_EventServiceServicer_to_server(_events(parts), server)
    saved_replies = SavedReplyServicer(_saved_replies(parts))
    saved_reply_service_pb2_grpc.add_SavedReplyServiceServicer_to_server(saved_replies, server)
    reports = Reports(parts.store.reports, parts.store.workspaces)
    report_service_pb2_grpc.add_ReportServiceServicer_to_server(ReportServicer(reports), server)


def _tickets(parts: Parts, loops: Loops, attestations: Attestations) -> TicketServicer:
    store, wake = parts.store, loops.relay.wake
    servicer = TicketServicer(
        attestations,
        Ingest(store.ingest, utc_now, parts.patience, parts.offices.offices, wake, loops.dealer.wake),
        parts.tickets,
        Messages(store.messages, store.tickets, store.agents, utc_now),
        parts.deliveries,
        MediaOutcomes(store.messages, utc_now),
    )
    servicer.outgoing = _outgoing(parts, loops)
    servicer.about_customers = _about_customers(parts, loops)
    servicer.customer_notes = CustomerNotes(store.customer_notes, store.customers, utc_now)
    servicer.suggestions = Suggestions(store.tickets, parts.conversations, store.customers, parts.responder, utc_now)
    servicer.articles = Articles(store.workspaces, parts.responder)
    servicer.questions = Questions(store.questions, utc_now)
    servicer.work = Work(parts.tickets, parts.snoozes, Tags(store.tags, store.tickets, utc_now), Batches(expected))
    servicer.inbox = Inbox(
        store.inbox, store.search, store.customers, store.tags, utc_now, parts.settings.default_region
    )
    return servicer


def _outgoing(parts: Parts, loops: Loops) -> Outgoing:
    store, settings, wake = parts.store, parts.settings, loops.relay.wake
    limits = (settings.default_region, settings.first_texts_per_hour)
    first_texts = FirstTexts(store.threads, store.tags, utc_now, *limits, wake)
    replies = Replies(store.tickets, utc_now, wake)
    retries = Retries(store.tickets, utc_now, wake)
    return Outgoing(replies, first_texts, loops.scheduled, retries, _saved_replies(parts))


def _saved_replies(parts: Parts) -> SavedReplies:
    store = parts.store
    return SavedReplies(store.saved_replies, store.tickets, store.customers, store.workspaces, store.agents, utc_now)


def _about_customers(parts: Parts, loops: Loops) -> AboutCustomers:
    store, region = parts.store, parts.settings.default_region
    return AboutCustomers(
        Customers(store.customers, store.customer_search, store.erasures, utc_now, region, loops.eraser.wake),
        Blocking(store.blocking, utc_now),
        Imports(store.imports, store.workspaces, utc_now, region),
        TextsWithoutTicket(store.texts_without_ticket, store.customers),
    )


def _agents(parts: Parts, loops: Loops) -> AgentServicer:
    def changed() -> None:
        # Somebody may have left tickets, or can take one.
        loops.left_work.wake()
        loops.dealer.wake()

    agents = Agents(parts.store.agents, parts.store.workspaces, parts.known_agents, utc_now, changed)
    return AgentServicer(agents, parts.known_agents)


def _audit(parts: Parts) -> AuditServicer:
    store, every = parts.store, parts.settings.audit_anchor_seconds
    verifying = AuditVerifying(store.audit, store.claims, store.anchors, utc_now, every)
    return AuditServicer(AuditTrail(store.audit), verifying)


def _events(parts: Parts) -> EventServicer:
    settings, tokens = parts.settings, ResumeTokens(parts.audit_keys)
    limits = settings.event_heartbeat_seconds, settings.max_event_watchers
    return EventServicer(Following(parts.store.events, tokens, utc_now, *limits))
