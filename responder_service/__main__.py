"""Starts responder_service: reads settings, builds the objects, serves, drains."""

import asyncio
import os
from typing import TYPE_CHECKING

from keva.responder.v1 import responder_service_pb2_grpc
from responder_service.checks.quotes import stands_in
from responder_service.checks.rules import Checks
from responder_service.drafting.conversation import Drafter, Mode
from responder_service.drafting.endpoint import Endpoint
from responder_service.drafting.knowledge_answers import KnowledgeAnswers
from responder_service.drafting.model_answers import ModelAnswers
from responder_service.drafting.prompt import PRIVATE
from responder_service.drafting.responder import Limits, Responder
from responder_service.drafting.suggestions import Suggestions
from responder_service.drafting.triage import triage
from responder_service.drafting.verifier import Verifier
from responder_service.knowledge.knowledge_base import KnowledgeBase
from responder_service.language import detection
from responder_service.language.meaning import Meaning, MeaningMissing
from responder_service.servicer import ResponderServicer
from responder_service.settings import ResponderServiceSettings
from servicekit import event_loop, logs
from servicekit.rpc import server
from servicekit.rpc.caller_checks import CallerChecks
from servicekit.rpc.certificates import CertificateFolder
from servicekit.secret import Secret
from servicekit.settings import load

if TYPE_CHECKING:
    from responder_service.drafting.model import Model


class ResponderService:
    """The whole service, built from its settings. Build it inside the running event loop."""

    def __init__(self, settings: ResponderServiceSettings) -> None:
        self._settings = settings
        self._articles = KnowledgeBase(settings.knowledge_base_dir, meaning=_meaning(settings))
        self._model = _model(_endpoint(settings)) if settings.ai_base_url else None
        self._verifier = _model(_verifier_endpoint(settings)) if settings.ai_base_url else None
        self.server = server.GrpcServer(
            ("keva.responder.v1.ResponderService",),
            CertificateFolder(settings.tls_dir),
            CallerChecks(settings.policy),
            settings.reflection,
        )
        servicer = ResponderServicer(self._responder(), self._articles)
        responder_service_pb2_grpc.add_ResponderServiceServicer_to_server(servicer, self.server.grpc)

    def _responder(self) -> Responder:
        settings, model = self._settings, self._model
        mode = Mode.MODEL if model else Mode.KNOWLEDGE_BASE
        check = Checks(settings.ai_max_segments, PRIVATE).broken_rule
        limits = Limits(settings.ai_timeout_seconds, settings.ai_max_drafts)
        suggest = Suggestions(self._articles, settings.ai_max_segments)
        verify = Verifier(self._verifier).verify if self._verifier else None
        return Responder(triage, self._drafter(), suggest, check, limits, mode, settings.ai_model, verify)

    def _drafter(self) -> Drafter:
        segments = self._settings.ai_max_segments
        if self._model is None:
            return KnowledgeAnswers(self._articles, segments)
        seconds = self._settings.ai_timeout_seconds * _MODEL_SHARE
        return ModelAnswers(self._articles, self._model, stands_in, segments, seconds)

    async def _prepare(self) -> None:
        await self._articles.read()
        # Not in the first customer's time, nor while others wait.
        await asyncio.to_thread(detection.load)

    async def run(self, stopped: asyncio.Event | None = None) -> None:
        """Serves until SIGTERM or SIGINT, or until `stopped` is set."""
        settings = self._settings
        try:
            await server.serve(
                self.server,
                server.Listeners(settings.grpc_listen, settings.health_listen),
                self._prepare,
                lambda _: None,
                [self._articles.run],
                drain_seconds=settings.drain_seconds,
                stopped=stopped,
            )
        finally:
            for model in filter(None, (self._model, self._verifier)):
                await model.close()


# On a machine that they share, drafts give way to texts, replies and people: an answer of the AI may come later.
_NICENESS = 5
# Of the time that a draft may take. The rest is for the search, the checks and the verifier.
_MODEL_SHARE = 0.6


def _meaning(settings: ResponderServiceSettings) -> Meaning | None:
    if not settings.ai_embedding:
        return None
    try:
        return Meaning()
    except MeaningMissing as error:
        raise SystemExit(str(error)) from None


def _model(endpoint: Endpoint) -> "Model":
    # The client of such endpoints takes longer to import than all the rest.
    from responder_service.drafting.model import Model  # noqa: PLC0415

    return Model(endpoint)


def _endpoint(settings: ResponderServiceSettings) -> Endpoint:
    return Endpoint(
        base_url=settings.ai_base_url,
        model=settings.ai_model,
        api_key=Secret(settings.ai_api_key.get_secret_value()),
        max_output_tokens=settings.ai_max_output_tokens,
        response_format=settings.ai_response_format,
    )


def _verifier_endpoint(settings: ResponderServiceSettings) -> Endpoint:
    own_key = settings.ai_verifier_api_key.get_secret_value()
    shared_key = "" if settings.ai_verifier_base_url else settings.ai_api_key.get_secret_value()
    return Endpoint(
        base_url=settings.ai_verifier_base_url or settings.ai_base_url,
        model=settings.ai_verifier_model or settings.ai_model,
        api_key=Secret(own_key or shared_key),
        max_output_tokens=settings.ai_max_output_tokens,
        response_format=settings.ai_response_format,
    )


async def _run(settings: ResponderServiceSettings) -> None:
    await ResponderService(settings).run()


def main() -> None:
    """The process."""
    os.nice(_NICENESS)
    settings = load(ResponderServiceSettings)
    logs.configure("responder_service", settings.log_level)
    event_loop.run(_run(settings))


if __name__ == "__main__":
    main()
