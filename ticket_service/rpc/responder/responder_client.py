"""The responder as the AI's turns see it: a conversation in, a draft, a hand-off or nothing out. Any implementation of
keva.responder.v1 will do, so what comes back is taken with care."""

import time
from typing import Any

import grpc

from keva.responder.v1 import responder_service_pb2 as pb
from keva.responder.v1 import responder_service_pb2_grpc
from keva.ticket.v1 import hand_off_pb2
from servicekit.errors import NotFound, Unavailable
from servicekit.limits import HAND_OFF_DETAIL_CHARACTERS
from servicekit.logs import redact
from servicekit.rpc.proto_values import enum_to_proto, timestamp
from servicekit.rpc.statuses_to_errors import as_keva_error
from ticket_service.domain.ai.articles import WholeArticle
from ticket_service.domain.ai.kept_suggestions import MOST_SUGGESTIONS, Article, SuggestedReply
from ticket_service.domain.ai_turn import (
    Asked,
    Draft,
    Drafted,
    HandOff,
    Line,
    NoReply,
    NoReplyReason,
    Verifier,
)
from ticket_service.domain.hand_off import HandOffReason
from ticket_service.domain.message import MAX_REPLY_CHARACTERS
from ticket_service.domain.ticket import Ticket
from ticket_service.rpc.convert_workspaces import ai_profile_to_proto
from ticket_service.rpc.responder.convert_articles import article_from_proto

_MAX_ARTICLES = 10
# It is held in memory.
_ARTICLE_SECONDS = 3.0


class ResponderClient:
    """Implements ports/responder.py and ports/ai/articles.py."""

    def __init__(self, channel: grpc.aio.Channel, timeout_seconds: float) -> None:
        self._stub = responder_service_pb2_grpc.ResponderServiceStub(channel)
        self._timeout_seconds = timeout_seconds

    async def draft(self, ticket: Ticket, asked: Asked) -> Drafted:
        request = pb.DraftReplyRequest(
            organization_id=ticket.organization_id,
            workspace_id=ticket.workspace_id,
            ticket_id=ticket.ticket_id,
            profile=ai_profile_to_proto(asked.profile),
            messages=map(_line_to_proto, asked.lines),
            ask_time=timestamp(asked.ask_time),
            time_zone=asked.time_zone,
            greeting_waited=asked.greeting_waited,
            no_draft=asked.no_draft,
        )
        started = time.monotonic()
        try:
            response = await self._stub.DraftReply(request, timeout=self._timeout_seconds, wait_for_ready=False)
        except grpc.aio.AioRpcError as error:
            known = as_keva_error(error)
            raise type(known)(_noted(known.reason), "the responder gave no draft") from None
        return _drafted_from_proto(response, round((time.monotonic() - started) * 1000))

    async def article(self, organization_id: str, workspace_id: str, article_id: str) -> WholeArticle:
        request = pb.GetArticleRequest(
            organization_id=organization_id, workspace_id=workspace_id, article_id=article_id
        )
        try:
            response = await self._stub.GetArticle(request, timeout=_ARTICLE_SECONDS, wait_for_ready=False)
        except grpc.aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.UNIMPLEMENTED:
                raise NotFound("ARTICLE_NOT_FOUND", "the responder shows no articles") from None
            raise as_keva_error(error) from None
        return article_from_proto(response.article)


def _line_to_proto(line: Line) -> pb.ConversationMessage:
    return pb.ConversationMessage(
        role=enum_to_proto(pb.ConversationRole, line.role.value),
        text=line.text,
        message_time=timestamp(line.time),
        media_count=line.media_count,
    )


def _drafted_from_proto(response: pb.DraftReplyResponse, milliseconds: int) -> Drafted:
    return Drafted(
        result=_result_from_proto(response),
        mode=_name(pb.ResponderMode, response.mode, "RESPONDER_MODE_"),
        model=response.model[:HAND_OFF_DETAIL_CHARACTERS],
        milliseconds=milliseconds,
        input_tokens=max(response.input_tokens, 0),
        output_tokens=max(response.output_tokens, 0),
        verifier=_verifier_from_proto(response),
        suggestions=tuple(map(_suggestion_from_proto, response.suggestions[:MOST_SUGGESTIONS])),
    )


def _verifier_from_proto(response: pb.DraftReplyResponse) -> Verifier:
    return Verifier(
        model=response.verifier_model[:HAND_OFF_DETAIL_CHARACTERS],
        milliseconds=max(response.verifier_duration.ToMilliseconds(), 0),
        input_tokens=max(response.verifier_input_tokens, 0),
        output_tokens=max(response.verifier_output_tokens, 0),
    )


def _result_from_proto(response: pb.DraftReplyResponse) -> Draft | HandOff | NoReply:
    if response.WhichOneof("result") == "draft":
        articles = response.draft.articles[:_MAX_ARTICLES]
        # What is too long to be sent stays too long, and costs no more than that.
        text = response.draft.text[: MAX_REPLY_CHARACTERS + 1]
        return Draft(text, tuple(map(_article_from_proto, articles)))
    if response.WhichOneof("result") == "hand_off":
        return HandOff(_reason_from_proto(response.hand_off.reason), _noted(response.hand_off.detail))
    if response.WhichOneof("result") == "no_reply":
        greets = response.no_reply.reason == pb.NO_REPLY_REASON_GREETING
        return NoReply(NoReplyReason.GREETING if greets else NoReplyReason.SMALL_TALK)
    raise Unavailable("PEER_UNAVAILABLE", "the responder answered with neither a draft nor a hand-off")


def _suggestion_from_proto(suggestion: pb.Suggestion) -> SuggestedReply:
    # A draft that is too long for a reply is cut: its beginning still helps a person.
    return SuggestedReply(suggestion.text[:MAX_REPLY_CHARACTERS], (_article_from_proto(suggestion.article),))


def _article_from_proto(article: pb.Article) -> Article:
    return Article(_noted(article.article_id), _noted(article.title), _noted(article.section))


def _noted(text: str) -> str:
    """`text` as the audit trail takes it: it holds no whole number and nothing long, whatever a responder says."""
    return redact(text[: 2 * HAND_OFF_DETAIL_CHARACTERS])[:HAND_OFF_DETAIL_CHARACTERS]


def _reason_from_proto(value: "hand_off_pb2.HandOffReason.ValueType") -> HandOffReason:
    """A responder that gives no reason, or one of a later version, does not know the answer."""
    names = {reason.name: reason for reason in HandOffReason}
    return names.get(_name(hand_off_pb2.HandOffReason, value, "HAND_OFF_REASON_"), HandOffReason.NOT_KNOWN)


def _name(enum: Any, value: int, prefix: str) -> str:
    """The value's name without `prefix`; empty for one that is not known or says nothing."""
    name = enum.Name(value).removeprefix(prefix) if value in enum.values() else ""
    return "" if name == "UNSPECIFIED" else str(name)
