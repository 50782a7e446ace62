"""The column about a customer, and what is done there."""

from console.words.phone_numbers import international
from dev.local_stack.desk import Desk
from keva.ticket.v1 import agent_service_pb2, customer_note_pb2
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

    blocked = await dana.submit(undone, f'form[action="{customer}/block"]', {"reason": "spam"})
    assert "Blocked. spam" in blocked.text
    undone = await dana.submit(blocked, ".toast form")
    assert "New texts are kept, and make no ticket." not in undone.text


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
