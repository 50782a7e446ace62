"""The column about a customer, and what is done there."""

from console.words.phone_numbers import international
from dev.local_stack.desk import Desk
from keva.ticket.v1 import agent_service_pb2, customer_note_pb2, ticket_service_pb2
from tests.e2e.console.conftest import SignIn

SCRIPT = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


async def test_a_customer_is_known_edited_and_noted(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    ticket = await desk.ticket()
    page = await dana.get(f"/t/{ticket.number}")
    assert international(ticket.customer_address) in page.one("#customer").get_text()

    form = await dana.get(f"/c/{ticket.customer_id}/edit?back=/t/{ticket.number}")
    wrong = await dana.submit(form, 'form[action$="/edit"]', {"display_name": "x" * 5000, "city": "Bremen"})
    assert wrong.status == 422
    assert wrong.one("#field-city")["value"] == "Bremen"
    assert wrong.all(".error")
    saved = await dana.submit(wrong, 'form[action$="/edit"]', {"display_name": SCRIPT[:60], "city": "Bremen"})
    assert saved.url == f"/t/{ticket.number}"
    assert SCRIPT[:60] in saved.one("#customer").get_text()
    assert "Saved." in saved.text

    noted = await dana.submit(saved, ".note-form", {"known": SCRIPT})
    assert SCRIPT in noted.one(".customer-note").get_text()
    assert not noted.all("#customer script, #customer img")
    asked = await dana.get(str(noted.one('.customer-note a[href*="/delete"]')["href"]))
    assert SCRIPT in asked.one(".customer-note").get_text()
    gone = await dana.submit(asked, 'form[action$="/delete"]')
    assert gone.url == f"/t/{ticket.number}"
    assert not gone.all(".customer-note")


async def test_what_they_texted_while_blocked_is_on_their_page(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    ticket = await desk.ticket()
    page = await dana.get(f"/c/{ticket.customer_id}")
    assert not page.all("#texts")
    await dana.submit(page, 'form[action$="/block"]', {"reason": "spam"})
    said = [SCRIPT, *(f"text {number}" for number in range(1, 21))]
    for text in said:
        await desk.text(text)

    freed = await dana.submit(await dana.get(f"/c/{ticket.customer_id}"), 'form[action$="/unblock"]')
    older = await dana.get(str(freed.one('a[href*="texts="]')["href"]))
    newest = await dana.get(str(older.one('.more a[href$="#texts"]')["href"]))

    assert "is on no ticket: their page shows it" in freed.text
    shown = [[text.get_text() for text in page.all(".stray-text")] for page in (freed, older, newest)]
    assert shown == [said[:0:-1], said[:1], said[:0:-1]]
    assert not older.all(".page script, .page img")


async def test_every_note_can_be_read_and_deleted(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    ticket = await desk.ticket()
    for number in range(1, 22):
        noted = customer_note_pb2.AddCustomerNoteRequest(
            workspace_id=ticket.workspace_id, customer_id=ticket.customer_id, text=f"note {number}"
        )
        await desk.clients.tickets.AddCustomerNote(noted)

    beside = await dana.get(f"/t/{ticket.number}")
    newest = await dana.get(str(beside.one('#customer a[href$="#notes"]')["href"]))
    older = await dana.get(str(newest.one('a[href*="notes="]')["href"]))
    asked = await dana.get(str(older.one('.customer-note a[href*="/delete"]')["href"]))
    gone = await dana.submit(asked, 'form[action$="/delete"]')

    said = [[note.get_text() for note in page.all(".customer-note-text")] for page in (beside, newest, older, asked)]
    expected = [f"note {number}" for number in range(21, 0, -1)]
    assert said == [expected[:20], expected[:20], expected[20:], expected[20:]]
    assert [link.get_text() for link in older.all(".more a")] == ["Newest notes"]
    assert (gone.status, gone.url, gone.all(".customer-note")) == (200, older.url, [])
    assert (await dana.get(f"/c/{ticket.customer_id}/notes/cno_00000000000000000000000000/delete")).status == 404


async def test_a_form_for_a_note_takes_another_text_after_a_lost_answer(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    page = await dana.get(f"/c/{(await desk.ticket()).customer_id}")

    for text in ("prefers texts", "prefers texts", "prefers texts by day"):
        noted = await dana.submit(page, ".note-form", {"known": text})

    said = [note.get_text() for note in noted.all(".customer-note-text")]
    assert (noted.status, said) == (200, ["prefers texts by day", "prefers texts"])


async def test_what_somebody_else_changed_of_a_customer_meanwhile_stays(desk: Desk, sign_in: SignIn) -> None:
    dana, eli = await sign_in("dana"), await sign_in("eli")
    await desk.text("hello")
    path = f"/c/{(await desk.ticket()).customer_id}/edit"
    opened = await dana.get(path)

    await eli.submit(await eli.get(path), 'form[action$="/edit"]', {"email": "ann@example.com"})
    await dana.submit(opened, 'form[action$="/edit"]', {"display_name": "Ann"})

    now = await eli.get(path)
    assert (now.one("#field-display_name")["value"], now.one("#field-email")["value"]) == ("Ann", "ann@example.com")


async def test_no_texts_and_block_can_be_taken_back(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    customer = f"/c/{(await desk.ticket()).customer_id}"

    page = await dana.get(customer)
    noted = await dana.submit(page, f'.act form[action="{customer}/consent"]', {"reason": "asked on the phone"})
    assert "Wants no texts. asked on the phone" in noted.text
    undone = await dana.submit(noted, ".toast form")
    assert "Wants no texts. asked" not in undone.text

    was = await desk.ticket()
    blocked = await dana.submit(undone, f'form[action="{customer}/block"]', {"reason": "spam"})
    assert "Blocked. spam" in blocked.text
    assert (await desk.ticket()).state == ticket_service_pb2.TICKET_STATE_RESOLVED
    undone = await dana.submit(blocked, ".toast form")
    assert not undone.all(f'form[action="{customer}/unblock"]')
    # Whoever waited goes on waiting.
    now = await desk.ticket()
    assert (now.state, now.waiting_since) == (ticket_service_pb2.TICKET_STATE_OPEN, was.waiting_since)


async def test_undo_of_no_texts_brings_back_on_which_basis_they_took_some(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    await desk.text("hello")
    ticket = await desk.ticket()
    customer = f"/c/{ticket.customer_id}"
    basis = ticket_service_pb2.SetConsentRequest(
        workspace_id=ticket.workspace_id, customer_id=ticket.customer_id, reason="signed a form"
    )
    await desk.clients.tickets.SetConsent(basis)
    page = await dana.get(customer)
    before = page.one(".fold li").get_text()

    noted = await dana.submit(page, f'.act form[action="{customer}/consent"]', {"reason": "a misclick"})
    undone = await dana.submit(noted, ".toast form")

    assert [said.get_text() for said in undone.all(".fold li")] == [before]
    assert "signed a form" in before


async def test_what_stood_before_is_nothing_that_undo_takes_away(desk: Desk, sign_in: SignIn) -> None:
    dana, eli = await sign_in("dana"), await sign_in("eli")
    await desk.text("hello")
    customer = f"/c/{(await desk.ticket()).customer_id}"
    opened, of_eli = await dana.get(customer), await eli.get(customer)

    for path in ("consent", "block"):
        form = f'.act form[action="{customer}/{path}"]'
        await eli.submit(of_eli, form, {"reason": "eli knows"})
        done = await dana.submit(opened, form, {"reason": "dana knows"})

        assert "dana knows" in done.text
        assert not done.all(".toast form")


async def test_forgetting_asks_first_and_is_for_administrators(desk: Desk, sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    vic = await sign_in("vic", agent_service_pb2.AGENT_ROLE_VIEWER)
    alex = await sign_in("alex", agent_service_pb2.AGENT_ROLE_AGENT)
    await desk.text("hello")
    customer = f"/c/{(await desk.ticket()).customer_id}"

    for path in ("edit", "consent", "block", "unblock", "notes", "forget"):
        fields = {"display_name": "x", "no_texts": "yes", "reason": "x", "known": "x"}
        assert (await vic.post(f"{customer}/{path}", fields)).status == 403, path
    assert (await alex.post(f"{customer}/forget")).status == 403
    assert not (await vic.get(customer)).all(f'form[action^="{customer}"]')

    asked = await dana.get(f"{customer}/forget")
    done = await dana.submit(asked, f'form[action="{customer}/forget"]')
    assert "Forgotten" in done.text
