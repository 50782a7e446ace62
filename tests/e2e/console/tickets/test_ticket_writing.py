"""What is written on a ticket: drafts, notes, replies that leave later, long ones, saved replies, the AI's draft."""

import asyncio
from datetime import UTC, datetime, timedelta

from dev.local_stack.desk import Desk, RunningStack
from keva.ticket.v1 import channel_service_pb2, message_pb2, routing_pb2, saved_reply_service_pb2
from tests.e2e.console.conftest import SignIn

FORM = "form[data-box=reply]"


async def test_a_draft_survives_until_it_is_sent(desk: Desk, sign_in: SignIn) -> None:
    dana, eve = await sign_in("dana"), await sign_in("eve")
    await desk.text("hello")
    path = f"/t/{(await desk.ticket()).number}"

    kept = await dana.post(f"{path}/draft", {"kind": "reply", "text": "I will loo", "by_script": "1"})
    note = await dana.post(f"{path}/draft", {"kind": "note", "text": "odd one"})
    page = await dana.get(path)
    others = await eve.get(path)

    assert kept.status == 204
    assert note.one("textarea[name=note]").text == "odd one"
    assert page.one("textarea[name=text]").text == "I will loo"
    assert others.one("textarea[name=text]").text == ""
    sent = await dana.submit(page, FORM, {"text": "I will look.", "do": "send"})
    assert sent.one("textarea[name=text]").text == ""
    assert sent.one("textarea[name=note]").text == "odd one"


async def test_a_note_stays_inside_and_names_a_colleague(desk: Desk, sign_in: SignIn) -> None:
    dana, eve = await sign_in("dana"), await sign_in("eve")
    await desk.text("hello")
    page = await dana.get(f"/t/{(await desk.ticket()).number}?tab=note")

    name = eve.agent.email.partition("@")[0]
    for _ in range(2):
        after = await dana.submit(page, "form[data-box=note]", {"note": f"@{name} <b>look</b>"})

    assert "<b>look</b>" in after.one(".bubble-note").text
    assert "Only colleagues see this" in after.one(".bubble-note").text
    assert "Your colleague learns of it." in after.one("#toast").text
    assert (await eve.get(f"/t/{(await desk.ticket()).number}")).all(".bubble-mention")
    assert after.one("input[id^=tab-note]").has_attr("checked")


async def test_a_reply_leaves_later_or_never(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    page = await dana.get(f"/t/{(await desk.ticket()).number}")
    tomorrow = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT%H:%M}"

    wrong = await dana.submit(page, FORM, {"text": "Later.", "do": "later", "send_time": ""})
    never = {"do": "later", "send_time": "0001-01-01T00:00"}
    too_far = await dana.submit(wrong, FORM, never, cookies={"keva-zone": "Asia/Tokyo"})
    later = await dana.submit(wrong, FORM, {"do": "later", "send_time": tomorrow})
    meanwhile = await dana.submit(later, FORM, {"text": "Now.", "do": "send"})
    cancelled = await dana.submit(meanwhile, ".scheduled form")

    assert (wrong.status, too_far.status) == (422, 422)
    assert "This is not a valid time." in wrong.text
    assert "This is not a valid time." in too_far.text
    assert wrong.one("textarea[name=text]").text == "Later."
    assert "Later." in later.one(".scheduled").text
    assert "Now." in meanwhile.one(".bubble-ours").text
    assert cancelled.all(".scheduled") == []


async def test_a_long_text_is_looked_at_before_it_leaves_as_several(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    page = await dana.get(f"/t/{(await desk.ticket()).number}")

    looked = await dana.submit(page, FORM, {"text": "A sentence of ours. " * 100, "do": "send"})
    sent = await dana.submit(looked, FORM, {"do": "send"})

    assert looked.status == 422
    assert len(looked.all(".parts li")) == 2
    assert len(sent.all(".bubble-ours")) == 2
    assert sent.all(".bubble-ours .fold")


async def test_a_saved_reply_is_put_into_the_box(running: RunningStack, desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    ticket = await desk.ticket()
    create = saved_reply_service_pb2.CreateSavedReplyRequest(
        workspace_id="default",
        shortcut=f"hours{ticket.number}",
        text="Hi {customer.name}, #{ticket.number}: ten to six.",
    )
    saved = (await running.clients.saved_replies.CreateSavedReply(create)).saved_reply
    path = f"/t/{ticket.number}"

    listed = await dana.get(f"{path}/saved?q=hours{ticket.number}")
    page = await dana.post(f"{path}/saved", {"saved": saved.saved_reply_id, "text": "Hello"})
    by_script = await dana.get(f"{path}/saved/{saved.saved_reply_id}")

    assert f"/hours{ticket.number}" in listed.text
    expected = f"Hi {{customer.name}}, #{ticket.number}: ten to six."
    assert page.one("textarea[name=text]").text == f"Hello\n{expected}"
    assert "customer.name" in page.one(".waits[data-missing]").text
    assert page.one("input[name=saved_reply_id]")["value"] == saved.saved_reply_id
    assert expected in by_script.html


async def test_what_a_text_costs_is_said(sign_in: SignIn) -> None:
    dana = await sign_in("dana")

    cheap = await dana.post("/segments", {"text": "hello"})
    costly = await dana.post("/segments", {"text": "It’s " + "long " * 20})
    none = await dana.post("/segments", {"text": ""})

    assert cheap.text == "1 segment"
    assert costly.text == "2 segments, because of ’ in line 1"
    assert none.text == ""


async def test_a_failed_reply_is_sent_again(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    ticket = await desk.ticket()
    await desk.simulator.outcome(desk.customer, "undelivered", 30003)
    reply = await desk.reply(ticket, "an answer")
    await desk.until_delivery(reply, message_pb2.DELIVERY_STATE_FAILED)

    page = await dana.get(f"/t/{ticket.number}")
    again = await dana.submit(page, ".bubble-trouble form")

    assert "30003" in page.one(".bubble-trouble").text
    assert len(again.all(".bubble-ours")) == 2


async def test_the_ai_says_what_it_would_answer(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("What are your opening hours?")
    page = await dana.get(f"/t/{(await desk.ticket()).number}")

    typed = {"text": "half a thought", "send_time": "2031-05-01T10:00", "media_urls": "https://example.com/a.png"}
    suggested = await dana.post(f"{page.url}/suggest", typed)

    assert suggested.one("textarea[name=text]").text == "half a thought"
    assert suggested.one("input[name=send_time]")["value"] == "2031-05-01T10:00"
    assert suggested.one("textarea[name=media_urls]").text == "https://example.com/a.png"
    assert suggested.one("#suggestion").text.strip()


async def test_who_sends_the_ais_draft_keeps_their_own(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("Do you ship to Canada?")
    path = f"/t/{(await desk.ticket()).number}"
    await dana.post(f"{path}/draft", {"kind": "reply", "text": "half a thought"})
    page = await dana.post(f"{path}/suggest", {"text": "half a thought"})
    send = page.one("#suggestion form[action*=reply]")

    too_long = await dana.submit(page, "#suggestion form[action*=reply]", {"text": "long " * 700})
    refused = await dana.get(path)
    sent = await dana.submit(page, "#suggestion form[action*=reply]")

    assert "Canada" in str(send.select_one("input[name=text]"))
    assert too_long.status == 422
    assert refused.one("textarea[name=text]").text == "half a thought"
    assert "Canada" in sent.one(".bubble-ours").text
    assert sent.one("textarea[name=text]").text == "half a thought"


async def test_what_the_ai_left_is_offered_until_it_is_used(running: RunningStack, sign_in: SignIn) -> None:
    desk = await running.open_desk(
        auto_assign=routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI),
        ai_autonomy=channel_service_pb2.AI_AUTONOMY_SUGGEST,
    )
    dana = await sign_in("dana")
    await desk.text("Do you ship to Canada?")
    async with asyncio.timeout(90):
        while True:
            ticket = await desk.ticket()
            if ticket.hand_off_reason:
                break
            await asyncio.sleep(0.05)

    page = await dana.get(f"/t/{ticket.number}")
    offered = page.one("#ticket-suggestions .suggestion-text").text
    used = await dana.submit(page, "#ticket-suggestions form[action*=draft]")
    live = await dana.get(f"/t/{ticket.number}", headers={"HX-Target": "ticket-suggestions"})
    sent = await dana.submit(used, FORM, {"do": "send"})

    assert "Canada" in offered
    assert used.one("textarea[name=text]").text == offered
    assert live.one("#ticket-suggestions .suggestion-text").text == offered
    assert not live.all("main")
    assert not sent.all("#kept-suggestions")
    assert [message.text for message in await desk.messages(ticket)][1:] == [offered]
    await desk.close()


async def test_whoever_wants_no_texts_gets_none(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    await desk.text("STOP")

    page = await dana.get(f"/t/{(await desk.ticket()).number}")

    assert "has opted out of texts from this number" in page.text
    assert page.all(FORM) == []
    assert page.all("form[data-box=note]") != []
