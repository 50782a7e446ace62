"""What the AI would answer, over gRPC."""

from typing import Any

import grpc

from keva.ticket.v1 import hand_off_pb2, suggestion_pb2, ticket_service_pb2_grpc
from servicekit.rpc.proto_values import enum_to_proto, require
from ticket_service.domain.ai_turn import Draft, HandOff
from ticket_service.rpc.convert_values import acting
from ticket_service.use_cases.ai.suggestions import Suggestion, Suggestions

Context = grpc.aio.ServicerContext[Any, Any]


class SuggestionServicer(ticket_service_pb2_grpc.TicketServiceServicer):
    """The part of TicketService that is about suggestions."""

    suggestions: Suggestions

    async def SuggestReply(
        self, request: suggestion_pb2.SuggestReplyRequest, context: Context
    ) -> suggestion_pb2.SuggestReplyResponse:
        require(request, "workspace_id", "ticket_id")
        return _to_proto(await self.suggestions.suggest(request.workspace_id, request.ticket_id, acting()))


def _to_proto(suggestion: Suggestion) -> suggestion_pb2.SuggestReplyResponse:
    result = suggestion.result
    if isinstance(result, Draft):
        draft = _draft_to_proto(result)
        return suggestion_pb2.SuggestReplyResponse(suggestion=draft, message_id=suggestion.message_id)
    reason = _reason_to_proto(result)
    return suggestion_pb2.SuggestReplyResponse(no_suggestion=reason, message_id=suggestion.message_id)


def _draft_to_proto(draft: Draft) -> suggestion_pb2.SuggestedReply:
    articles = (
        suggestion_pb2.SuggestedArticle(article_id=a.article_id, title=a.title, section=a.section)
        for a in draft.articles
    )
    return suggestion_pb2.SuggestedReply(text=draft.text, articles=articles)


def _reason_to_proto(hand_off: HandOff) -> suggestion_pb2.NoSuggestion:
    reason = enum_to_proto(hand_off_pb2.HandOffReason, hand_off.reason.value)
    return suggestion_pb2.NoSuggestion(reason=reason, detail=hand_off.detail)
