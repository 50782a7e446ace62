"""A ticket's page: its conversation, and answers."""

import pytest

from dev.local_stack.desk import Desk, new_number
from keva.ticket.v1 import agent_service_pb2
from tests.e2e.console.conftest import SignIn


async def test_a_text_is_answered(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("Are you open on Sunday?")
    number = (await desk.ticket()).number

    page = await dana.get(f"/t/{number}")
    after = await dana.submit(page, "form[data-box=reply]", {"text": "Yes, from ten.", "do": "send"})

    assert "Are you open on Sunday?" in page.one(".bubble-theirs").text
    assert (after.status, after.url) == (200, f"/t/{number}")
    assert "Yes, from ten." in after.one(".bubble-ours").text
    (sent,) = await desk.sent(1)
    assert sent.body == "Yes, from ten."
    assert "Yours" in after.one("#ticket-head").text


async def test_a_double_click_sends_once(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    page = await dana.get(f"/t/{(await desk.ticket()).number}")

    for _ in range(2):
        page_after = await dana.submit(page, "form[data-box=reply]", {"text": "once", "do": "send"})

    assert len(page_after.all(".bubble-ours")) == 1


async def test_a_newer_text_is_read_before_one_answers(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("I want two")
    page = await dana.get(f"/t/{(await desk.ticket()).number}")
    await desk.text("No, three")

    refused = await dana.submit(page, "form[data-box=reply]", {"text": "Two it is.", "do": "send"})
    sent = await dana.submit(refused, "form[data-box=reply]", {"do": "send"})

    assert refused.status == 409
    assert "No, three" in refused.one(".newer").text
    assert refused.one("textarea[name=text]").text == "Two it is."
    assert "Send anyway" in refused.text
    assert [bubble["data-side"] for bubble in sent.all(".bubble")] == ["theirs", "theirs", "ours"]


async def test_what_strangers_write_is_text(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text('<script>alert(1)</script> "><img src=x onerror=alert(1)> javascript:alert(1) https://a.example/x')

    page = await dana.get(f"/t/{(await desk.ticket()).number}")

    text = page.one(".bubble-theirs .bubble-text")
    assert [child.name for child in text.find_all(True)] == ["a"]
    assert text.a is not None
    assert text.a["href"] == "https://a.example/x"
    assert set(text.a["rel"]) == {"noopener", "noreferrer", "nofollow"}


async def test_a_viewer_reads_and_cannot_answer(desk: Desk, sign_in: SignIn) -> None:
    viewer = await sign_in("vera", agent_service_pb2.AGENT_ROLE_VIEWER)
    await desk.text("hello")
    number = (await desk.ticket()).number

    page = await viewer.get(f"/t/{number}")
    refused = await viewer.post(f"/t/{number}/reply", {"text": "hi", "do": "send"})

    assert "hello" in page.text
    assert page.all("form[data-box]") == []
    assert refused.status == 403


async def test_a_ticket_that_is_not_there(sign_in: SignIn) -> None:
    dana = await sign_in("dana")

    assert (await dana.get("/t/999999")).status == 404
    assert (await dana.get(f"/t/{'9' * 5000}")).status == 422


@pytest.mark.parametrize("digits", [30, 5000])
async def test_numbers_that_nothing_has_are_passed_over(desk: Desk, sign_in: SignIn, digits: int) -> None:
    dana, endless = await sign_in("dana"), "9" * digits
    await desk.text("hello")
    number = (await desk.ticket()).number

    pages = [
        await dana.get(f"/inbox/all?selected={endless}"),
        await dana.get(f"/inbox/all?rows={endless}"),
        await dana.get(f"/t/{number}?before=..{endless}"),
        await dana.post(f"/inbox/all/several?selected={endless}", {"do": "read"}),
    ]

    assert [page.status for page in pages] == [200] * 4


async def test_what_one_opens_has_been_read_in_the_list_beside_it(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("the first")
    await desk.text("the second", new_number())
    first, second = sorted(await desk.tickets(), key=lambda ticket: ticket.number)
    listed = f"view=all&channel={desk.channel.channel_id}"

    before = await dana.get(f"/inbox/all?channel={desk.channel.channel_id}")
    page = await dana.get(f"/t/{first.number}?{listed}")
    only_unread = await dana.get(f"/t/{second.number}?{listed}&unread=1")

    assert {row["data-ticket"] for row in before.all(".row-unread")} == {first.ticket_id, second.ticket_id}
    assert {row["data-ticket"] for row in page.all(".row")} == {first.ticket_id, second.ticket_id}
    assert [row["data-ticket"] for row in page.all(".row-unread")] == [second.ticket_id]
    assert only_unread.all(".row") == []
