"""One conversation: a text, an answer, a text that crosses another, the AI, a note."""

import re

from playwright.async_api import Locator, expect

from keva.ticket.v1 import saved_reply_service_pb2
from tests.e2e.console.browser.day.day import Customer, Day

MAYA = Customer("+12065550134")
_SAVED = "Hi {customer.name}, we bake on order: Saturday from nine works. Shall I put one aside for you?"


def reply_box(day: Day) -> Locator:
    """Where one answers."""
    return day.page.locator("textarea[data-draft=reply]")


async def choose_in_menu(day: Day, menu: str, button: str) -> None:
    """Opens a menu of the ticket's head, and does what stands there."""
    await day.press(day.page.locator(f"#{menu} > summary"))
    await day.press(day.page.locator(f"#{menu}").get_by_role("button", name=button))


async def see_a_text_come(day: Day) -> None:
    """The inbox is open when it does."""
    await day.go("/inbox/all")
    await day.live()
    await day.text(MAYA, "Hi! Do you still have the lemon cake? I would pick one up on Saturday.")
    row = day.page.locator(".row")
    await expect(row).to_contain_text("Do you still have the lemon cake?")
    await expect(row).to_contain_text("waiting")
    await day.press(row.get_by_role("link"))
    await expect(day.page.locator(".bubble-theirs")).to_contain_text("lemon cake")
    await day.live()


async def say_who_it_is(day: Day) -> None:
    """What Twilio knows of her is where she is."""
    await day.show_customer()
    await day.press(day.page.locator("#customer").get_by_role("link", name="Edit"))
    await day.page.get_by_label("Name").fill("Maya Lindqvist")
    await day.look_at("customer-edit")
    await day.press(day.page.get_by_role("button", name="Save"))
    await expect(day.page.locator(".ticket-name")).to_have_text("Maya Lindqvist")


async def answer_with_a_saved_reply(day: Day) -> None:
    """By its shortcut; then the ticks of its delivery appear by themselves."""
    request = saved_reply_service_pb2.CreateSavedReplyRequest(
        workspace_id=day.workspace_id, shortcut="saturday", title="Pick up on Saturday", text=_SAVED
    )
    await day.running.clients.saved_replies.CreateSavedReply(request)
    box = reply_box(day)
    await box.press_sequentially("/sat")
    await expect(day.page.locator(".pane-reply [data-offers] button")).to_have_count(1)
    await day.look_at("ticket-saved-replies")
    await day.press(day.page.locator(".pane-reply [data-offers] button"))
    await expect(box).to_have_value(re.compile("Saturday from nine works"))
    await day.press(day.page.get_by_role("button", name="Send", exact=True).last)
    ours = day.page.locator(".bubble-ours")
    await expect(ours).to_contain_text("Hi Maya Lindqvist, we bake on order")
    await expect(ours.locator(".delivery")).to_have_attribute("title", "Delivered")
    await expect(box).to_have_value("")


async def be_crossed_by_a_text(day: Day) -> None:
    """What is being written waits until the newer text was looked at."""
    box, send = reply_box(day), day.page.locator("[data-send-anyway]")
    await box.fill("One lemon cake for Saturday, noted.")
    await day.text(MAYA, "Yes please, two of them")
    await expect(day.page.locator("[data-newer]")).to_contain_text("two of them")
    await expect(send).to_have_text("Send anyway")
    await day.look_at("ticket-crossed")
    await day.press(day.page.locator("[data-newer]"))
    await expect(send).to_have_text("Send")
    await box.fill("Two lemon cakes for Saturday, noted.")
    await day.press(send)
    await expect(day.page.locator(".bubble-ours").last).to_contain_text("Two lemon cakes")
    await expect(day.page.locator(".bubble-ours").last.locator(".delivery")).to_have_attribute("title", "Delivered")


async def hand_to_the_ai_and_take_over(day: Day) -> None:
    """Back and forth."""
    head = day.page.locator(".ticket-facts")
    await choose_in_menu(day, "menu-assign", "Hand back to the AI")
    await expect(head).to_contain_text("The AI answers")
    await day.press(day.page.get_by_role("button", name="Take over"))
    await expect(head).to_contain_text("Yours")
    await expect(day.page.get_by_text("It is yours.")).to_be_visible()


async def mention_a_colleague(day: Day) -> None:
    """Sam, who looks elsewhere, sees it in the title of the tab."""
    page, sam = day.page, day.colleague
    await day.live(sam)
    await sam.evaluate("document.hasFocus = () => false; window.dispatchEvent(new Event('blur'))")
    await day.press(page.locator(".tab").nth(1))
    note = page.locator("textarea[data-draft=note]")
    await note.press_sequentially("Two lemon cakes by Saturday, @sam")
    await day.press(page.locator(".pane-note [data-offers] button"))
    await expect(note).to_have_value(re.compile("@sam "))
    await day.press(page.get_by_role("button", name="Keep the note"))
    await expect(page.locator(".bubble-note")).to_contain_text("Two lemon cakes by Saturday")
    await expect(sam).to_have_title(re.compile(r"^\(1\) "))
    await day.press(page.locator(".tab").nth(0))
    await day.look_at("ticket")
