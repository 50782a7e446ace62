"""Settings > Knowledge base: what nobody could answer is copied into the articles, and taken off the list."""

import asyncio
import uuid
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from yarl import URL

from dev.local_stack.desk import RunningStack
from keva.ticket.v1 import agent_service_pb2, routing_pb2
from tests.e2e.console.conftest import SignIn

PATH = "/settings/knowledge-base"
VIEWER, AGENT = agent_service_pb2.AGENT_ROLE_VIEWER, agent_service_pb2.AGENT_ROLE_AGENT
EVIL = '<img src=x onerror=alert(1)> "><script>alert(1)</script>'


async def _left(running: RunningStack, question: str, answer: str) -> None:
    """A question that the AI has left, and a person has answered."""
    desk = await running.open_desk(auto_assign=routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI))
    await desk.text(question)
    async with asyncio.timeout(90):
        while True:
            ticket = await desk.ticket()
            if ticket.hand_off_reason:
                break
            await asyncio.sleep(0.05)
    await desk.reply(ticket, answer)
    await desk.close()


async def test_a_question_is_shown_with_its_answer_until_it_is_done_with(
    running: RunningStack, sign_in: SignIn
) -> None:
    thing = f"zyx{uuid.uuid4().hex[:12]}"
    await _left(running, f"Do you repair a {thing}? {EVIL}", f"We repair each {thing} {EVIL}")
    eve = await sign_in("eve", AGENT)

    page = await eve.get(PATH)
    (card,) = [card for card in page.all("#question-list .card") if thing in card.text]
    done = await eve.submit(page, f'section[id="{card["id"]}"] form')

    assert page.status == 200
    assert f"We repair each {thing}" in card.select("pre")[0].text
    assert "As a new section:" in card.text
    assert not page.all("img")
    assert "It is off the list." in done.one("#toast").text
    assert thing not in done.one("#question-list").text


async def test_all_that_ask_for_the_same_are_done_with_at_once(running: RunningStack, sign_in: SignIn) -> None:
    thing = f"zyx{uuid.uuid4().hex[:12]}"
    await _left(running, f"Do you repair a {thing}?", "We do.")
    client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(running.stack.database_uri("ticket_service"), tz_aware=True)
    questions = client["keva_tickets"]["questions"]
    [newest] = await questions.find().sort("_id", -1).to_list(1)
    await questions.insert_many([{**newest, "_id": f"{newest['_id'][:-3]}{number:03}"} for number in range(101)])
    client.close()
    eve = await sign_in("eve", AGENT)

    page = await eve.get(PATH)
    (card,) = [card for card in page.all("#question-list .card") if thing in card.text]
    every = [str(field["value"]) for field in card.select("[name=question_id]")]
    done = await eve.post(f"{PATH}/dismiss", {"question_id": every})

    assert len(every) > 100
    assert "It is off the list." in done.one("#toast").text
    assert thing not in done.one("#question-list").text


async def test_who_is_done_with_a_question_is_where_they_were(running: RunningStack, sign_in: SignIn) -> None:
    thing = f"zyx{uuid.uuid4().hex[:12]}"
    await _left(running, f"Do you ship a {thing} to Canada? The parcel is not heavy.", "We do.")
    eve = await sign_in("eve", AGENT)
    where = {"article": "shipping", "section": "Canada", "ticket": "1"}

    page = await eve.get(PATH, params=where)
    (card,) = [card for card in page.all("#question-list .card") if thing in card.text]
    done = await eve.submit(page, f'section[id="{card["id"]}"] form')

    assert "It is off the list." in done.one("#toast").text
    assert URL(done.url) == URL(PATH).with_query(where)
    assert "Canada" in done.one(".article-section[aria-current] h2").text


async def test_an_article_can_be_read_from_the_ticket_with_what_is_asked_near_it(
    running: RunningStack, sign_in: SignIn
) -> None:
    the_ai = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI)
    desk = await running.open_desk(auto_assign=the_ai)
    thing = f"zyx{uuid.uuid4().hex[:12]}"
    await _left(running, f"Do you repair a {thing}?", "We do.")
    await desk.text("Do you ship to Canada?")
    await desk.sent(1)
    eve = await sign_in("eve", AGENT)

    number = (await desk.ticket()).number
    ticket = await eve.get(f"/t/{number}")
    (link,) = ticket.all(".bubble-articles a")
    read = await eve.get(str(link["href"]))
    nowhere = await eve.get(PATH, params={"article": EVIL, "section": EVIL, "ticket": EVIL})

    assert link.text.startswith("shipping")
    assert "Canada" in read.one(".article-section[aria-current] h2").text
    assert "Canada" in read.one(".article-section[aria-current] .article-words").text
    assert len(read.all(".article-section")) > 1
    assert "shipping.md" in read.text
    assert [back["href"] for back in read.all(f'a[href="/t/{number}"]')]
    assert "there is no article" in nowhere.one("#article").text.lower()
    assert thing not in nowhere.text
    assert not nowhere.all("img, script:not([src])")
    await desk.close()


async def test_viewers_read_articles_of_their_workspaces_alone(running: RunningStack, sign_in: SignIn) -> None:
    vera = await sign_in("vera", VIEWER)

    read = await vera.get(PATH, params={"article": "shipping"})
    elsewhere = await vera.get(PATH, params={"article": "shipping", "workspace": "elsewhere"})

    assert read.all(".article-section")
    assert not read.all(".article-section[aria-current]")
    assert elsewhere.status in (403, 404)
    assert not elsewhere.all(".article-section")


async def test_viewers_read_and_take_nothing_off(running: RunningStack, sign_in: SignIn) -> None:
    thing = f"zyx{uuid.uuid4().hex[:12]}"
    await _left(running, f"Do you repair a {thing}?", "We do.")
    vera = await sign_in("vera", VIEWER)

    page = await vera.get(PATH)
    refused = await vera.post(f"{PATH}/dismiss", {"question_id": "qst_1"})

    assert thing in page.text
    assert not page.all("#question-list form")
    assert refused.status == 403


@pytest.mark.parametrize("role", [VIEWER, AGENT])
async def test_the_settings_lead_there(sign_in: SignIn, role: agent_service_pb2.AgentRole.ValueType) -> None:
    page = await (await sign_in("eve", role)).get("/settings")

    assert page.all(f'a[href="{PATH}"]')
