"""Whether a webhook is genuine: asked of sms_service, unless its source or its account has used its budget up."""

import re
from collections.abc import Awaitable, Callable
from typing import TypeVar

from aiohttp import web

from gateway.convert import Refusal, SignedWebhook, VerifiedDelivery, VerifiedText
from gateway.errors import signature_refused
from gateway.metrics import UNCHECKED
from gateway.outcome import OUTCOME
from gateway.signature_budget import SignatureBudget
from gateway.sms_client import SmsClient
from gateway.unknown_senders import UnknownSenders
from servicekit.http.sources import Sources

_ACCOUNT_SID = re.compile(r"AC[0-9a-f]{32}")
Verdict = TypeVar("Verdict", VerifiedText, VerifiedDelivery)


class Verifier:
    """Verifies webhooks, and learns from each verdict."""

    def __init__(
        self, sms: SmsClient, budget: SignatureBudget, sources: Sources, unknown_senders: UnknownSenders
    ) -> None:
        self._unknown_senders = unknown_senders
        self._sms = sms
        self._budget = budget
        self._sources = sources

    async def verify_text(
        self, webhook: SignedWebhook, request: web.Request, deadline: float
    ) -> VerifiedText | Refusal:
        """What an inbound webhook is. Raises HttpRefusal 403 unasked, or a KevaError, at `deadline` at the latest."""
        return await self._verify(self._sms.verify_text, webhook, request, deadline)

    async def verify_delivery(
        self, webhook: SignedWebhook, request: web.Request, deadline: float
    ) -> VerifiedDelivery | Refusal:
        """What a status callback is. Raises HttpRefusal 403 unasked, or a KevaError, at `deadline` at the latest."""
        return await self._verify(self._sms.verify_delivery, webhook, request, deadline)

    async def _verify(
        self,
        ask: Callable[[SignedWebhook, float], Awaitable[Verdict | Refusal]],
        webhook: SignedWebhook,
        request: web.Request,
        deadline: float,
    ) -> Verdict | Refusal:
        source = self._sources.of_request(request.remote or "", request.headers.getall("X-Forwarded-For", []))
        if source is None:
            self._unknown_senders.note(request)
        account_sid = request[OUTCOME].account_sid
        if account_sid and not _ACCOUNT_SID.fullmatch(account_sid):
            # Twilio writes them so; another spelling would be another account to budgets and caches.
            raise signature_refused("ACCOUNT_SID")
        exhausted = self._budget.exhausted(source, account_sid)
        if exhausted:
            UNCHECKED.labels(exhausted).inc()
            raise signature_refused(f"{exhausted.upper()}_BUDGET")
        verdict = await ask(webhook, deadline)
        if not isinstance(verdict, Refusal):
            self._budget.succeeded(source, account_sid)
        elif verdict.reason == "SIGNATURE_INVALID":
            self._budget.failed(source, account_sid)
        return verdict
