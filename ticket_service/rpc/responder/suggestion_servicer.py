"""What the AI would answer, over gRPC."""

from typing import Any

import grpc

from keva.ticket.v1 import hand_off_pb2, suggestion_pb2, ticket_service_pb2_grpc
from servicekit.rpc.proto_values import enum_to_proto, require
from ticket_service.domain.ai.kept_suggestions import SuggestedReply
from ticket_service.domain.ai_turn import Draft
from ticket_service.rpc.convert_values import acting
from ticket_service.rpc.responder.convert_suggestions import reply_to_proto
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

    async def GetSuggestions(
        self, request: suggestion_pb2.GetSuggestionsRequest, context: Context
    ) -> suggestion_pb2.GetSuggestionsResponse:
        require(request, "workspace_id", "ticket_id")
        kept = await self.suggestions.kept(request.workspace_id, request.ticket_id)
        if kept is None:
            return suggestion_pb2.GetSuggestionsResponse()
        replies = map(reply_to_proto, kept.replies)
        return suggestion_pb2.GetSuggestionsResponse(suggestions=replies, message_id=kept.message_id)

    async def DismissSuggestions(
        self, request: suggestion_pb2.DismissSuggestionsRequest, context: Context
    ) -> suggestion_pb2.DismissSuggestionsResponse:
        require(request, "workspace_id", "ticket_id")
        await self.suggestions.dismiss(request.workspace_id, request.ticket_id, acting())
        return suggestion_pb2.DismissSuggestionsResponse()


def _to_proto(suggestion: Suggestion) -> suggestion_pb2.SuggestReplyResponse:
    result = suggestion.result
    if isinstance(result, Draft):
        draft = reply_to_proto(SuggestedReply(result.text, result.articles, is_draft=True))
        return suggestion_pb2.SuggestReplyResponse(suggestion=draft, message_id=suggestion.message_id)
    none = suggestion_pb2.NoSuggestion(
        reason=enum_to_proto(hand_off_pb2.HandOffReason, result.reason.value),
        detail=result.detail,
        suggestions=map(reply_to_proto, suggestion.near),
    )
    return suggestion_pb2.SuggestReplyResponse(no_suggestion=none, message_id=suggestion.message_id)
