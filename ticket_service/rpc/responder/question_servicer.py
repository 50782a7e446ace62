"""What the AI could not answer, over gRPC."""

from typing import Any

import grpc

from keva.ticket.v1 import hand_off_pb2, question_pb2, suggestion_pb2, ticket_service_pb2_grpc
from servicekit.paging import Page
from servicekit.rpc.proto_values import enum_to_proto, require, timestamp
from ticket_service.domain.ai.questions import UnansweredQuestion
from ticket_service.rpc.convert_values import acting
from ticket_service.rpc.responder.convert_suggestions import article_to_proto, reply_to_proto
from ticket_service.use_cases.ai.questions import Questions

Context = grpc.aio.ServicerContext[Any, Any]


class QuestionServicer(ticket_service_pb2_grpc.TicketServiceServicer):
    """The part of TicketService that is about questions that nobody could answer. `questions` is set before it
    serves."""

    questions: Questions

    async def ListUnansweredQuestions(
        self, request: question_pb2.ListUnansweredQuestionsRequest, context: Context
    ) -> question_pb2.ListUnansweredQuestionsResponse:
        require(request, "workspace_id")
        page = Page(request.page_size, request.page_token)
        found, token = await self.questions.list_questions(request.workspace_id, page)
        return question_pb2.ListUnansweredQuestionsResponse(questions=map(_to_proto, found), next_page_token=token)

    async def DismissQuestions(
        self, request: question_pb2.DismissQuestionsRequest, context: Context
    ) -> question_pb2.DismissQuestionsResponse:
        require(request, "workspace_id")
        dismissed = await self.questions.dismiss(request.workspace_id, request.question_ids, acting())
        return question_pb2.DismissQuestionsResponse(dismissed=dismissed)


def _to_proto(found: UnansweredQuestion) -> question_pb2.UnansweredQuestion:
    question = found.question
    used: suggestion_pb2.SuggestedArticle | None = article_to_proto(found.used) if found.used else None
    return question_pb2.UnansweredQuestion(
        question_id=question.question_id,
        ticket_id=question.ticket_id,
        ticket_number=found.ticket_number,
        ask_time=timestamp(question.ask_time),
        reason=enum_to_proto(hand_off_pb2.HandOffReason, question.reason.value),
        texts=found.texts,
        suggestions=map(reply_to_proto, question.suggestions),
        answer=found.answer,
        used_article=used,
    )
