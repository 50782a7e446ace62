"""The background work."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from servicekit.clock import utc_now
from ticket_service.background.ai_turns import AiTurns, TurnRules
from ticket_service.background.audit_anchors import AuditAnchors
from ticket_service.background.auto_close import AutoClose
from ticket_service.background.customer_index import CustomerIndex
from ticket_service.background.dealer import Dealer
from ticket_service.background.eraser import Eraser
from ticket_service.background.idle_customers import IdleCustomers
from ticket_service.background.inbox_index import InboxIndex
from ticket_service.background.left_work import LeftWorkLoop
from ticket_service.background.outbox_relay import OutboxRelay
from ticket_service.background.report_counting import ReportCounting
from ticket_service.background.retention import Retention
from ticket_service.background.scheduled_messages import SendLater
from ticket_service.background.snoozes import Alarm
from ticket_service.background.word_index import WordIndex
from ticket_service.use_cases.ai.ai_answers import AiAnswers
from ticket_service.use_cases.outgoing.scheduled_messages import ScheduledMessages
from ticket_service.wiring.parts import Parts


class Loops:
    """Everything that works without being asked. What servicers wake, or use too, has no underscore."""

    def __init__(self, parts: Parts) -> None:
        settings, store = parts.settings, parts.store
        self._parts = parts
        self.relay = OutboxRelay(store.outbox, parts.deliveries, parts.sms, utc_now, settings.outbox_poll_seconds)
        self.scheduled = ScheduledMessages(store.scheduled_messages, store.tickets, utc_now, self.relay.wake)
        self.dealer = Dealer(store.dealing, store.workspaces, utc_now, settings.deal_poll_seconds)
        self.eraser = Eraser(
            *(store.erasures, parts.sms, parts.deliveries, self.scheduled), utc_now, settings.erasure_poll_seconds
        )
        self.audit_anchors = AuditAnchors(
            store.anchors, parts.audit_keys, utc_now, settings.audit_anchor_seconds, settings.audit_anchors_file
        )
        self.left_work = LeftWorkLoop(store.left_work, store.tickets, parts.channels, utc_now)

    def all(self) -> Sequence[Callable[[], Awaitable[None]]]:
        """Each runs until cancelled."""
        store = self._parts.store
        return (
            self.relay.run,
            self.relay.watch,
            self._send_later().run,
            self._auto_close().run,
            self._ai_turns().run,
            self.audit_anchors.run,
            self.eraser.run,
            self._retention().run,
            IdleCustomers(store.idle_customers, store.workspaces, self.eraser, utc_now).run,
            store.tidy,
            store.events.run,
            *self._filling_in(),
            self.left_work.run,
            self._alarm().run,
            self._parts.offices.run,
            self._report_counting().run,
            self.dealer.run,
        )

    def _send_later(self) -> SendLater:
        settings, store = self._parts.settings, self._parts.store
        return SendLater(store.scheduled_messages, self.scheduled, utc_now, settings.scheduled_poll_seconds)

    def _auto_close(self) -> AutoClose:
        settings, store = self._parts.settings, self._parts.store
        return AutoClose(
            store.tickets, store.workspaces, self._parts.tickets, utc_now, settings.auto_close_poll_seconds
        )

    def _retention(self) -> Retention:
        settings, store = self._parts.settings, self._parts.store
        return Retention(store.erasures, store.workspaces, self.eraser, utc_now, settings.retention_poll_seconds)

    def _filling_in(self) -> Sequence[Callable[[], Awaitable[None]]]:
        """What documents of versions before lack."""
        store = self._parts.store
        return (
            WordIndex(store.search).run,
            CustomerIndex(store.customer_search).run,
            InboxIndex(store.inbox, utc_now).run,
        )

    def _alarm(self) -> Alarm:
        parts = self._parts
        return Alarm(parts.store.snoozes, parts.snoozes, utc_now, parts.settings.snooze_poll_seconds)

    def _report_counting(self) -> ReportCounting:
        parts = self._parts
        return ReportCounting(parts.store.reports, parts.offices, utc_now, parts.settings.report_poll_seconds)

    def _ai_turns(self) -> AiTurns:
        parts, settings, store = self._parts, self._parts.settings, self._parts.store
        answers = AiAnswers(
            *(store.tickets, parts.conversations, store.customers, store.reply_counts, parts.responder),
            *(utc_now, self.relay.wake),
            parts.offices.offices,
        )
        rules = TurnRules(
            timedelta(seconds=settings.ai_lease_seconds),
            timedelta(seconds=settings.ai_give_up_seconds),
            settings.ai_poll_seconds,
            settings.ai_concurrency,
        )
        return AiTurns(store.ai_turns, answers, utc_now, parts.patience, rules, store.pace.is_slow)
