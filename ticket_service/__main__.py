"""Starts ticket_service: reads settings, builds the objects, serves, drains."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from keva.ticket.v1 import (
    agent_service_pb2_grpc,
    audit_service_pb2_grpc,
    channel_service_pb2_grpc,
    event_service_pb2_grpc,
    report_service_pb2_grpc,
    ticket_service_pb2_grpc,
    workspace_service_pb2_grpc,
)
from servicekit import event_loop, logs
from servicekit.addresses import CannotListen
from servicekit.attestation.checker import Checker
from servicekit.audit.chain import Keys
from servicekit.audit.key_files import load_keys
from servicekit.clock import utc_now
from servicekit.errors import KevaError
from servicekit.http import metrics
from servicekit.key_files import KeyFilesError
from servicekit.mongo.driver_errors import as_keva_error
from servicekit.rpc import server
from servicekit.rpc.agents_at_the_door import AgentAsks
from servicekit.rpc.caller_checks import CallerChecks
from servicekit.rpc.certificates import CertificateFolder
from servicekit.rpc.channel import open_channel
from servicekit.settings import load
from ticket_service.background.ai_turns import AiTurns
from ticket_service.background.audit_anchors import AuditAnchors
from ticket_service.background.auto_close import AutoClose
from ticket_service.background.customer_index import CustomerIndex
from ticket_service.background.dealer import Dealer
from ticket_service.background.eraser import Eraser
from ticket_service.background.inbox_index import InboxIndex
from ticket_service.background.left_work import LeftWorkLoop
from ticket_service.background.outbox_relay import OutboxRelay
from ticket_service.background.report_counting import ReportCounting
from ticket_service.background.retention import Retention
from ticket_service.background.scheduled_messages import SendLater
from ticket_service.background.snoozes import Alarm
from ticket_service.background.word_index import WordIndex
from ticket_service.domain.ai_turn import Patience
from ticket_service.domain.staff.agent import ALL_WORKSPACES, Role
from ticket_service.errors import of_rule
from ticket_service.mongo.store import MongoStore
from ticket_service.rpc.attestations import Attestations
from ticket_service.rpc.audit_servicer import AuditServicer
from ticket_service.rpc.channel_servicer import ChannelServicer
from ticket_service.rpc.customer_data.customer_servicer import AboutCustomers
from ticket_service.rpc.events.event_servicer import EventServicer
from ticket_service.rpc.outgoing.outgoing_servicer import Outgoing
from ticket_service.rpc.reports.report_servicer import ReportServicer
from ticket_service.rpc.responder.responder_client import ResponderClient
from ticket_service.rpc.sms_client import SmsClient
from ticket_service.rpc.staff.agent_servicer import AgentServicer
from ticket_service.rpc.ticket_servicer import TicketServicer
from ticket_service.rpc.work.work_servicer import Work
from ticket_service.rpc.workspace_servicer import WorkspaceServicer
from ticket_service.settings import TicketServiceSettings
from ticket_service.use_cases.ai_answers import AiAnswers
from ticket_service.use_cases.audit_trail import AuditTrail
from ticket_service.use_cases.audit_verifying import AuditVerifying
from ticket_service.use_cases.channels import Channels
from ticket_service.use_cases.conversations import Conversations
from ticket_service.use_cases.customer_data.blocking import Blocking
from ticket_service.use_cases.customers import Customers
from ticket_service.use_cases.deliveries import Deliveries
from ticket_service.use_cases.events.following import Following
from ticket_service.use_cases.events.resume_tokens import ResumeTokens
from ticket_service.use_cases.inbox import Inbox
from ticket_service.use_cases.ingest import Ingest
from ticket_service.use_cases.media import MediaOutcomes
from ticket_service.use_cases.messages import Messages
from ticket_service.use_cases.outgoing.first_texts import FirstTexts
from ticket_service.use_cases.outgoing.retries import Retries
from ticket_service.use_cases.outgoing.scheduled_messages import ScheduledMessages
from ticket_service.use_cases.replies import Replies
from ticket_service.use_cases.reports import Reports
from ticket_service.use_cases.staff.agents import Agents
from ticket_service.use_cases.staff.known_agents import KnownAgents
from ticket_service.use_cases.staff.left_work import LeftWork
from ticket_service.use_cases.suggestions import Suggestions
from ticket_service.use_cases.tenants import Tenants
from ticket_service.use_cases.tickets import Tickets
from ticket_service.use_cases.work.batches import Batches
from ticket_service.use_cases.work.offices import KnownOffices
from ticket_service.use_cases.work.snoozes import Snoozes
from ticket_service.use_cases.work.tags import Tags
from ticket_service.use_cases.workspaces import Workspaces

RPC_SERVICES = tuple(
    f"keva.ticket.v1.{name}Service" for name in ("Ticket", "Workspace", "Channel", "Audit", "Event", "Agent", "Report")
)


class TicketService:
    """The whole service, built from its settings. Build it inside the running event loop."""

    def __init__(self, settings: TicketServiceSettings) -> None:
        self._settings = settings
        self._audit_keys = _audit_keys(settings)
        self._store = MongoStore(settings.mongodb_uri, settings.mongodb_database, self._audit_keys)
        certificates = CertificateFolder(settings.tls_dir)
        self._sms_channel = open_channel(settings.sms_service, "sms_service", certificates)
        self._responder_channel = open_channel(settings.responder_service, "responder_service", certificates)
        self._patience = Patience(
            timedelta(seconds=settings.ai_pause_seconds), timedelta(seconds=settings.ai_longest_pause_seconds)
        )
        tenants = Tenants(self._store.workspaces)
        self._known_agents = KnownAgents(self._store.agents, tenants.organization_of)
        self._attestations = Attestations(settings.policy, Checker(certificates, "sms_service"))
        checks = CallerChecks(settings.policy, tenants.organization_of, self._require_agent)
        self.server = server.GrpcServer(RPC_SERVICES, certificates, checks, settings.reflection, _expected)
        store, sms, region = self._store, SmsClient(self._sms_channel), settings.default_region
        deliveries = Deliveries(store.tickets, utc_now)
        tickets = Tickets(store.tickets, self._known_agents, utc_now)
        self._relay = OutboxRelay(store.outbox, deliveries, sms, utc_now, settings.outbox_poll_seconds)
        self._auto_close = AutoClose(
            store.tickets, store.workspaces, tickets, utc_now, settings.auto_close_poll_seconds
        )
        self._scheduled = ScheduledMessages(store.scheduled_messages, store.tickets, utc_now, self._relay.wake)
        self._send_later = SendLater(
            store.scheduled_messages, self._scheduled, utc_now, settings.scheduled_poll_seconds
        )
        self._eraser = Eraser(store.erasures, sms, deliveries, self._scheduled, utc_now, settings.erasure_poll_seconds)
        self._retention = Retention(
            store.erasures, store.workspaces, self._eraser, utc_now, settings.retention_poll_seconds
        )
        self._word_index, self._customer_index = WordIndex(store.search), CustomerIndex(store.customer_search)
        self._inbox_index = InboxIndex(store.inbox, utc_now)
        self._audit_anchors = AuditAnchors(
            store.anchors, self._audit_keys, utc_now, settings.audit_anchor_seconds, settings.audit_anchors_file
        )
        self._conversations = Conversations(store.messages, store.workspaces)
        self._responder = ResponderClient(self._responder_channel, settings.ai_draft_timeout_seconds)
        self._snoozes = Snoozes(store.tickets, utc_now)
        self._alarm = Alarm(store.snoozes, self._snoozes, utc_now, settings.snooze_poll_seconds)
        self._offices = KnownOffices(store.workspaces)
        self._dealer = Dealer(store.dealing, store.workspaces, utc_now, settings.deal_poll_seconds)
        self._ai_turns = self._build_ai_turns()
        channels = Channels(store.channels, store.workspaces, sms, self._known_agents, utc_now, region)
        left_work = LeftWork(store.left_work, store.tickets, channels, utc_now)
        self._left_work = LeftWorkLoop(store.left_work, left_work, utc_now)
        self._add_ticket_servicer(tickets, deliveries)
        self._add_other_servicers(channels)
        self._add_event_servicer()
        self._report_counting = ReportCounting(store.reports, self._offices, utc_now, settings.report_poll_seconds)
        self._add_report_servicer()

    async def _require_agent(self, asked: AgentAsks) -> None:
        workspace_id = ALL_WORKSPACES if asked.all_workspaces else asked.workspace_id
        role = Role[asked.role]
        await self._known_agents.require_acting(asked.agent_id, asked.organization_id, workspace_id, role)

    def _build_ai_turns(self) -> AiTurns:
        settings, store = self._settings, self._store
        answers = AiAnswers(
            *(store.tickets, self._conversations, store.customers, self._responder, utc_now, self._relay.wake),
            self._offices.offices,
        )
        return AiTurns(
            store.ai_turns,
            answers,
            utc_now,
            self._patience,
            lease=timedelta(seconds=settings.ai_lease_seconds),
            give_up_after=timedelta(seconds=settings.ai_give_up_seconds),
            poll_seconds=settings.ai_poll_seconds,
            concurrency=settings.ai_concurrency,
        )

    def _add_ticket_servicer(self, tickets: Tickets, deliveries: Deliveries) -> None:
        store = self._store
        servicer = TicketServicer(
            self._attestations,
            Ingest(store.ingest, utc_now, self._patience, self._offices.offices, self._relay.wake, self._dealer.wake),
            tickets,
            Messages(store.messages, store.tickets, store.agents, utc_now),
            deliveries,
            MediaOutcomes(store.messages, utc_now),
        )
        servicer.outgoing = self._outgoing()
        servicer.about_customers = self._about_customers()
        servicer.suggestions = Suggestions(store.tickets, self._conversations, store.customers, self._responder)
        servicer.work = Work(tickets, self._snoozes, Tags(store.tags, store.tickets, utc_now), Batches(_expected))
        servicer.inbox = Inbox(store.inbox, store.search, store.customers, utc_now, self._settings.default_region)
        ticket_service_pb2_grpc.add_TicketServiceServicer_to_server(servicer, self.server.grpc)

    def _outgoing(self) -> Outgoing:
        store, settings, wake = self._store, self._settings, self._relay.wake
        first_texts = FirstTexts(store.threads, utc_now, settings.default_region, settings.first_texts_per_hour, wake)
        replies = Replies(store.tickets, utc_now, wake)
        return Outgoing(replies, first_texts, self._scheduled, Retries(store.tickets, utc_now, wake))

    def _about_customers(self) -> AboutCustomers:
        store, region = self._store, self._settings.default_region
        return AboutCustomers(
            Customers(store.customers, store.customer_search, store.erasures, utc_now, region, self._eraser.wake),
            Blocking(store.blocking, utc_now),
        )

    def _add_other_servicers(self, channels: Channels) -> None:
        workspaces = Workspaces(self._store.workspaces, utc_now, self._offices.learn)
        trail = AuditTrail(self._store.audit)
        store, every = self._store, self._settings.audit_anchor_seconds
        verifying = AuditVerifying(store.audit, store.claims, store.anchors, utc_now, every)
        to = self.server.grpc
        workspace_service_pb2_grpc.add_WorkspaceServiceServicer_to_server(WorkspaceServicer(workspaces), to)
        channel_service_pb2_grpc.add_ChannelServiceServicer_to_server(ChannelServicer(channels), to)
        agents = Agents(store.agents, store.workspaces, self._known_agents, utc_now, self._agent_changed)
        servicer = AgentServicer(agents, self._known_agents)
        agent_service_pb2_grpc.add_AgentServiceServicer_to_server(servicer, to)
        audit_service_pb2_grpc.add_AuditServiceServicer_to_server(AuditServicer(trail, verifying), to)

    def _add_report_servicer(self) -> None:
        reports = Reports(self._store.reports, self._store.workspaces)
        report_service_pb2_grpc.add_ReportServiceServicer_to_server(ReportServicer(reports), self.server.grpc)

    def _add_event_servicer(self) -> None:
        settings = self._settings
        following = Following(
            self._store.events,
            ResumeTokens(self._audit_keys),
            utc_now,
            settings.event_heartbeat_seconds,
            settings.max_event_watchers,
        )
        event_service_pb2_grpc.add_EventServiceServicer_to_server(EventServicer(following), self.server.grpc)

    async def _prepare(self) -> None:
        await self._store.prepare(utc_now())
        await self._audit_anchors.take_over()
        await self._offices.refresh()

    async def run(self, stopped: asyncio.Event | None = None) -> None:
        """Serves until SIGTERM or SIGINT, or until `stopped` is set."""
        try:
            await server.serve(
                self.server,
                server.Listeners(self._settings.grpc_listen, self._settings.health_listen),
                self._prepare,
                _expected,
                self._loops(),
                self._settings.drain_seconds,
                stopped,
            )
        finally:
            await self._sms_channel.close()
            await self._responder_channel.close()
            self._store.close()

    def _agent_changed(self) -> None:
        """Somebody may have left tickets, or can take one."""
        self._left_work.wake()
        self._dealer.wake()

    def _loops(self) -> Sequence[Callable[[], Awaitable[None]]]:
        """The background work."""
        return (
            self._relay.run,
            self._relay.watch,
            self._send_later.run,
            self._auto_close.run,
            self._ai_turns.run,
            self._audit_anchors.run,
            self._eraser.run,
            self._retention.run,
            self._store.tidy,
            self._store.events.run,
            self._word_index.run,
            self._customer_index.run,
            self._inbox_index.run,
            self._left_work.run,
            self._alarm.run,
            self._offices.run,
            self._report_counting.run,
            self._dealer.run,
        )


def _expected(error: Exception) -> KevaError | None:
    """What callers get for exceptions that are no bugs: broken rules, and a database that does not answer."""
    return error if isinstance(error, KevaError) else of_rule(error) or as_keva_error(error)


def _audit_keys(settings: TicketServiceSettings) -> Keys:
    """Ends the process, saying what to do, when the keys cannot be used: what cannot be signed must not be written."""
    try:
        return load_keys(
            settings.audit_keys_dir, settings.active_audit_key_id, "KEVA_AUDIT_KEYS_DIR", "KEVA_ACTIVE_AUDIT_KEY_ID"
        )
    except KeyFilesError as error:
        raise SystemExit(str(error)) from None


async def _run(settings: TicketServiceSettings) -> None:
    await TicketService(settings).run()


def main() -> None:
    """The process."""
    settings = load(TicketServiceSettings)
    logs.configure("ticket_service", settings.log_level)
    try:
        with metrics.served(settings.metrics_listen):
            event_loop.run(_run(settings))
    except CannotListen as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
