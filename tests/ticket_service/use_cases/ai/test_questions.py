"""What customers ask and the AI cannot answer is listed, with what a person answered, until somebody deals with it."""

from typing import Any

import pytest

from dev.local_stack.mongod import Mongod
from keva.responder.v1 import responder_service_pb2 as responder_pb2
from keva.ticket.v1 import hand_off_pb2, question_pb2, suggestion_pb2, ticket_service_pb2
from tests.ticket_service.desk import AGENT, THE_AI, WORKSPACE, Desk, details, error_of, fresh_address
from tests.ticket_service.raw_documents import documents
from tests.ticket_service.responder_peer import ResponderPeer, always, draft, hand_off
from tests.ticket_service.use_cases.outgoing.later import IN_AN_HOUR, scheduled_at

SECTION = "We ship to Canada for $18."
ARTICLE = suggestion_pb2.SuggestedArticle(article_id="shipping", title="Shipping", section="Canada")


def _not_known(reason: str = "NOT_KNOWN") -> responder_pb2.DraftReplyResponse:
    response = hand_off(reason)
    article = responder_pb2.Article(article_id="shipping", title="Shipping", section="Canada")
    response.suggestions.append(responder_pb2.Suggestion(article=article, text=SECTION))
    return response


async def _asked(desk: Desk, *texts: str, **fields: Any) -> str:
    fields = {"customer_address": fresh_address(), **fields}
    for text in texts:
        ticket_id = (await desk.text(text, **fields)).stored.ticket_id
    await desk.until_recorded("ai.handed_off", ticket_id)
    return ticket_id


async def _listed(desk: Desk, **page: Any) -> question_pb2.ListUnansweredQuestionsResponse:
    request = question_pb2.ListUnansweredQuestionsRequest(workspace_id=WORKSPACE, **page)
    return await desk.tickets.ListUnansweredQuestions(request, metadata=AGENT)


async def _dismiss(desk: Desk, *question_ids: str) -> None:
    request = question_pb2.DismissQuestionsRequest(workspace_id=WORKSPACE, question_ids=question_ids)
    await desk.tickets.DismissQuestions(request, metadata=AGENT)


async def test_question_is_listed_with_what_a_person_answered(ai_desk: Desk, responder: ResponderPeer) -> None:
    responder.answer = always(_not_known())
    ticket_id = await _asked(ai_desk, "Do you send bowls up north?")

    (before,) = (await _listed(ai_desk)).questions
    await ai_desk.note(ticket_id, "no idea")
    await ai_desk.reply(ticket_id, "Hi! We ship to Canada for $18.")
    await ai_desk.reply(ticket_id, "Anything else?")
    (after,) = (await _listed(ai_desk)).questions

    assert list(before.texts) == ["Do you send bowls up north?"]
    assert (before.ticket_id, before.ticket_number) == (ticket_id, 1)
    assert before.reason == hand_off_pb2.HAND_OFF_REASON_NOT_KNOWN
    assert [reply.text for reply in before.suggestions] == [SECTION]
    assert (before.answer, before.HasField("used_article")) == ("", False)
    assert (after.answer, after.used_article) == ("Hi! We ship to Canada for $18.", ARTICLE)
    assert after.question_id == before.question_id


async def test_a_reply_that_waits_or_was_cancelled_is_no_answer(ai_desk: Desk, responder: ResponderPeer) -> None:
    responder.answer = always(_not_known())
    ticket_id = await _asked(ai_desk, "Do you send bowls up north?")
    later = {"text": "We send them for nothing.", "send_time": scheduled_at(IN_AN_HOUR)}
    planned = (await ai_desk.call("ReplyToTicket", ticket_id, metadata=AGENT, **later)).message

    (waits,) = (await _listed(ai_desk)).questions
    request = ticket_service_pb2.CancelScheduledMessageRequest(workspace_id=WORKSPACE, message_id=planned.message_id)
    await ai_desk.tickets.CancelScheduledMessage(request, metadata=AGENT)
    (cancelled,) = (await _listed(ai_desk)).questions
    await ai_desk.reply(ticket_id, "We ship to Canada for $18.")
    (answered,) = (await _listed(ai_desk)).questions

    assert (waits.answer, cancelled.answer, answered.answer) == ("", "", "We ship to Canada for $18.")


async def test_what_articles_do_not_lack_is_no_question(ai_desk: Desk, responder: ResponderPeer) -> None:
    responder.answer = always(_not_known("ASKED_FOR_PERSON"))
    await _asked(ai_desk, "a person, please")
    responder.answer = always(_not_known("DRAFT_REFUSED"))
    refused = await _asked(ai_desk, "Do you ship?")

    assert [question.ticket_id for question in (await _listed(ai_desk)).questions] == [refused]


async def test_same_texts_that_are_handed_off_again_are_one_question(ai_desk: Desk, responder: ResponderPeer) -> None:
    responder.answer = always(_not_known())
    ticket_id = await _asked(ai_desk, "Do you ship to Mars?")

    await ai_desk.change("AssignTicket", ticket_id, assignee=THE_AI)
    await ai_desk.until_recorded("ai.handed_off", ticket_id, 2)

    assert len((await _listed(ai_desk)).questions) == 1


async def test_questions_are_read_page_by_page_newest_first(ai_desk: Desk, responder: ResponderPeer) -> None:
    responder.answer = always(_not_known())
    tickets = [await _asked(ai_desk, f"question {number}") for number in range(3)]

    first = await _listed(ai_desk, page_size=2)
    rest = await _listed(ai_desk, page_size=2, page_token=first.next_page_token)

    assert [question.ticket_id for question in (*first.questions, *rest.questions)] == tickets[::-1]
    assert not rest.next_page_token


async def test_question_that_is_dealt_with_is_gone(ai_desk: Desk, responder: ResponderPeer) -> None:
    responder.answer = always(_not_known())
    ticket_id = await _asked(ai_desk, "Do you ship to Mars?")
    (question,) = (await _listed(ai_desk)).questions

    await _dismiss(ai_desk, question.question_id)
    await _dismiss(ai_desk, question.question_id, "qst_none")

    assert not (await _listed(ai_desk)).questions
    (record,) = await ai_desk.records(action="ai.question_dismissed")
    assert (record.subject_id, details(record)) == (question.question_id, {"ticket_id": ticket_id})


async def test_question_of_another_workspace_stays(ai_desk: Desk, responder: ResponderPeer) -> None:
    responder.answer = always(_not_known())
    await _asked(ai_desk, "Do you ship to Mars?")
    (question,) = (await _listed(ai_desk)).questions
    sales = await ai_desk.new_workspace()

    request = question_pb2.DismissQuestionsRequest(workspace_id=sales, question_ids=[question.question_id])
    await ai_desk.tickets.DismissQuestions(request, metadata=AGENT)
    theirs = question_pb2.ListUnansweredQuestionsRequest(workspace_id=sales)

    assert not (await ai_desk.tickets.ListUnansweredQuestions(theirs, metadata=AGENT)).questions
    assert len((await _listed(ai_desk)).questions) == 1


@pytest.mark.parametrize(("ids", "reason"), [([], "FIELD_REQUIRED"), (["q"] * 101, "FIELD_INVALID")])
async def test_some_questions_are_named_and_not_too_many(desk: Desk, ids: list[str], reason: str) -> None:
    assert (await error_of(_dismiss(desk, *ids))).reason == reason


async def test_question_goes_with_the_customer(
    ai_desk: Desk, responder: ResponderPeer, mongod: Mongod, database: str
) -> None:
    responder.answer = always(_not_known())
    ticket_id = await _asked(ai_desk, "Do you ship to Mars?")
    responder.answer = always(draft("In 5 days."))
    customer_id = (await ai_desk.ticket(ticket_id)).customer_id

    request = ticket_service_pb2.ForgetCustomerRequest(workspace_id=WORKSPACE, customer_id=customer_id)
    await ai_desk.tickets.ForgetCustomer(request, metadata=AGENT)

    assert documents(mongod, database, "questions") == []
    assert not (await _listed(ai_desk)).questions
