"""Saves of a draft come in any order: what was sent, or written later, is not undone by one that comes late."""

from collections.abc import Awaitable, Callable

import pytest

from dev.local_stack.desk import Desk
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.kept import Kept
from tests.e2e.console.person import Person

REPLY, NOTE = "form[data-box=reply]", "form[data-box=note]"


@pytest.fixture
async def dana(sign_in: SignIn) -> Person:
    return await sign_in("dana")


@pytest.fixture
async def path(desk: Desk) -> str:
    await desk.text("hello")
    return f"/t/{(await desk.ticket()).number}"


async def _save(dana: Person, path: str, box: str, number: int, text: str, kind: str = "reply") -> int:
    fields = {"kind": kind, "text": text, "by_script": "1", "request_id": box, "save": str(number)}
    return (await dana.post(f"{path}/draft", fields)).status


async def _draft(dana: Person, path: str, field: str = "text") -> str:
    return (await dana.get(path)).one(f"textarea[name={field}]").text


async def _reply(dana: Person, path: str, text: str) -> str:
    page = await dana.get(path)
    box = str(page.one(f"{REPLY} input[name=request_id]")["value"])
    await dana.submit(page, REPLY, {"text": text, "do": "send"})
    return box


async def _note(dana: Person, path: str, text: str) -> str:
    page = await dana.get(path)
    box = str(page.one(f"{NOTE} input[name=request_id]")["value"])
    await dana.submit(page, NOTE, {"note": text})
    return box


@pytest.mark.parametrize(
    ("send", "kind", "field"),
    [pytest.param(_reply, "reply", "text", id="reply"), pytest.param(_note, "note", "note", id="note")],
)
async def test_what_was_sent_is_no_draft_again(
    dana: Person, path: str, send: Callable[[Person, str, str], Awaitable[str]], kind: str, field: str
) -> None:
    first = await send(dana, path, "The first.")
    second = await send(dana, path, "The second.")

    late = [await _save(dana, path, box, 9, "late", kind) for box in (first, second)]
    nothing = await _draft(dana, path, field)
    await _save(dana, path, "the box that came then", 1, "The third", kind)
    later = [await _save(dana, path, box, 10, "later", kind) for box in (first, second)]

    assert (late, later) == ([204, 204], [204, 204])
    assert nothing == ""
    assert await _draft(dana, path, field) == "The third"


async def test_the_highest_number_counts(dana: Person, path: str) -> None:
    await _save(dana, path, "box", 2, "It is ready")
    await _save(dana, path, "box", 1, "It is")
    overtaken = await _draft(dana, path)
    await _save(dana, path, "box", 4, "")
    await _save(dana, path, "box", 3, "It is ready.")
    emptied = await _draft(dana, path)
    await _save(dana, path, "box", 5, "No")

    assert (overtaken, emptied, await _draft(dana, path)) == ("It is ready", "", "No")


async def test_another_box_and_a_page_without_scripts_come_after_all(dana: Person, path: str) -> None:
    await _save(dana, path, "box", 5, "one")
    await _save(dana, path, "another box", 1, "two")
    of_another = await _draft(dana, path)
    await dana.post(f"{path}/draft", {"kind": "reply", "text": "three"})

    assert (of_another, await _draft(dana, path)) == ("two", "three")


async def test_a_mark_has_no_text_and_goes_after_an_hour(dana: Person, path: str, desk: Desk, kept: Kept) -> None:
    await _save(dana, path, "box", 1, "The first")
    box = await _reply(dana, path, "The first.")
    of_ticket = {"ticket_id": (await desk.ticket()).ticket_id}

    marks = await kept.drafts.find(of_ticket).to_list(None)
    indexes = await kept.drafts.index_information()
    await _save(dana, path, "another box", 1, "The second")
    drafts = await kept.drafts.find(of_ticket).to_list(None)

    assert [(mark["sent"], "text" in mark, "update_time" in mark) for mark in marks] == [([box], False, False)]
    assert marks[0]["mark_time"]
    assert indexes["marks"]["expireAfterSeconds"] == 3600
    assert [(draft["text"], "mark_time" in draft) for draft in drafts] == [("The second", False)]


@pytest.mark.parametrize("number", ["", "x", "-1", "1.5", "9" * 40, "²"])
async def test_numbers_that_are_none_are_as_without(dana: Person, path: str, number: str) -> None:
    await _save(dana, path, "box", 5, "before")

    fields = {"kind": "reply", "text": "after", "request_id": "box", "save": number, "by_script": "1"}
    answer = await dana.post(f"{path}/draft", fields)

    assert answer.status == 204
    assert await _draft(dana, path) == "after"


async def test_another_text_under_the_same_id_stays_a_draft(dana: Person, path: str) -> None:
    page = await dana.get(path)
    await dana.submit(page, REPLY, {"text": "The first.", "do": "send"})

    refused = await dana.submit(page, REPLY, {"text": "Another one.", "do": "send", "save": "7"})

    assert refused.status >= 400
    assert await _draft(dana, path) == "Another one."


async def test_what_is_sent_again_leaves_what_was_written_since(dana: Person, path: str) -> None:
    page = await dana.get(path)
    box = str(page.one(f"{REPLY} input[name=request_id]")["value"])
    await _save(dana, path, box, 4, "It is rea")
    await dana.submit(page, REPLY, {"text": "It is ready.", "do": "send", "save": "5"})
    sent = await _draft(dana, path)
    await _save(dana, path, "the box that came then", 6, "Bring a bag")

    await dana.submit(page, REPLY, {"text": "It is ready.", "do": "send", "save": "5"})

    assert sent == ""
    assert await _draft(dana, path) == "Bring a bag"
    assert len((await dana.get(path)).all(".bubble-ours")) == 1


async def test_what_an_earlier_box_has_kept_goes_with_what_is_sent(dana: Person, path: str) -> None:
    await _save(dana, path, "the box before", 4, "It is rea")
    page = await dana.get(path)

    await dana.submit(page, REPLY, {"text": "It is ready.", "do": "send", "save": "5"})

    assert await _draft(dana, path) == ""
