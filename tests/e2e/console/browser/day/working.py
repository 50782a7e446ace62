"""The rest of the inbox: what is put aside, resolved together, sent later, begun, blocked and found again."""

from datetime import timedelta

from playwright.async_api import expect

from keva.ticket.v1 import ticket_service_pb2
from servicekit.clock import utc_now
from tests.e2e.console.browser.day.answering import MAYA, choose_in_menu, reply_box
from tests.e2e.console.browser.day.day import Customer, Day

# A text of 1,600 characters, a name of 60 letters, no text at all, a place that Twilio does not know.
_LONG = ("I ordered the anniversary box on Monday, and the tracking page says that it is being packed. " * 18)[:1600]
TEXTS = (
    (Customer("+12065550177", "Jonas Weber"), "Is the shop open on Labor Day?"),
    (Customer("+15035550112", "", "Portland", "OR"), "My parcel has not arrived 😕 order 4417"),
    (Customer("+12065550190", "Priya Raghunathan"), "Thanks, that was quick!"),
    (Customer("+12065550121", "Ana-Sofía de la Concepción Montenegro y Villanueva-Castellanos"), _LONG),
    (Customer("+442071838750", "", "", "", "GB"), "Can you deliver to the UK before the 24th?"),
    (Customer("+16045550148", "Noor Haddad", "Vancouver", "BC", "CA"), "Do you ship to Canada?"),
    (Customer("+12065550166", "Theo Marsh"), "STOP sending me the same question twice, I mean: where is my refund?"),
)
_RUDE = Customer("+12065550199", "", "Reno", "NV")


async def snooze_until_the_next_text(day: Day) -> None:
    """And it comes back with it."""
    page = day.page
    await choose_in_menu(day, "menu-snooze", "Until the next text")
    await expect(page.locator(".ticket-facts")).to_contain_text("Snoozed")
    await day.go("/inbox/snoozed")
    await day.live()
    await expect(page.locator(".row")).to_contain_text("Maya Lindqvist")
    await day.look_at("inbox-snoozed")
    await page.mouse.move(0, 0)
    await day.text(MAYA, "Could one of them be without nuts?")
    await expect(page.locator(".row")).to_have_count(0)
    await day.go("/inbox/mine")
    await expect(page.locator(".row")).to_contain_text("without nuts")


async def see_a_full_inbox(day: Day) -> None:
    """Several customers text; colleagues have given some of them their names."""
    for customer, body in TEXTS:
        await day.text(customer, body)
        if customer.name:
            await _name(day, customer)
    await day.go("/inbox/all")
    await expect(day.page.locator(".row")).to_have_count(len(TEXTS) + 1)
    # All views in two lines, beside each other on a phone.
    tops = await day.page.locator(".view").evaluate_all("views => views.map((view) => view.offsetTop)")
    assert len(set(tops)) <= 2
    await day.look_at("inbox")


async def _name(day: Day, customer: Customer) -> None:
    tickets = day.running.clients.tickets
    theirs = ticket_service_pb2.ListTicketsRequest(workspace_id=day.workspace_id, customer=customer.number)
    (ticket,) = (await tickets.ListTickets(theirs)).tickets
    named = ticket_service_pb2.Customer(customer_id=ticket.customer_id, display_name=customer.name)
    change = ticket_service_pb2.UpdateCustomerRequest(workspace_id=day.workspace_id, customer=named)
    change.update_mask.paths.append("display_name")
    await tickets.UpdateCustomer(change)


async def resolve_several(day: Day) -> None:
    """Two at once."""
    page = day.page
    for name in ("Priya Raghunathan", "Jonas Weber"):
        await day.press(page.locator(".row", has_text=name).locator(".row-check"))
    await expect(page.locator("[data-selected]")).to_have_text("2 selected")
    await day.look_at("inbox-selected")
    await day.press(page.get_by_role("button", name="Resolve", exact=True))
    await expect(page.get_by_text("2 tickets resolved.")).to_be_visible()
    await expect(page.locator(".row-settled")).to_have_count(2)


async def let_the_ai_answer(day: Day) -> None:
    """Or leave it to a person: that depends on the articles."""
    await day.press(day.page.locator(".row", has_text="Noor Haddad").get_by_role("link"))
    await choose_in_menu(day, "menu-assign", "Hand back to the AI")
    await expect(day.page.locator(".bubble-ours").first.locator(".delivery")).to_have_attribute("title", "Delivered")
    await day.look_at("ticket-ai")
    # There are articles where pictures are taken.
    if day.pictures.are_wanted:
        await day.press(day.page.locator(".bubble-articles a"))
        await expect(day.page.locator("#meant")).to_be_in_viewport()
        await day.look_at("article")
    await day.go("/inbox/all")


async def send_later(day: Day) -> None:
    """It waits in the conversation, and can be cancelled there."""
    page = day.page
    await day.press(page.locator(".row", has_text="Theo Marsh").get_by_role("link"))
    await reply_box(day).fill("Your refund left us this morning, and is with your bank by Tuesday.")
    await day.press(page.locator("#menu-later > summary"))
    time = (utc_now() + timedelta(days=3)).strftime("%Y-%m-%dT09:30")
    await page.locator("#menu-later input[name=send_time]").fill(time)
    await day.look_at("ticket-send-later")
    await day.press(page.locator("#menu-later").get_by_role("button", name="Send later", exact=True))
    await expect(page.locator(".scheduled")).to_contain_text("Your refund left us")
    await expect(page.locator(".scheduled").get_by_role("button", name="Cancel it")).to_be_visible()
    await day.look_at("ticket-scheduled")


async def read_a_long_text(day: Day) -> None:
    """Of somebody with a long name, on a ticket with as many tags as people make."""
    await day.go("/inbox/all")
    await day.press(day.page.locator(".row", has_text="Ana-Sofía").get_by_role("link"))
    await day.press(day.page.locator("#menu-more > summary"))
    await day.press(day.page.locator("#menu-tags > summary"))
    await day.page.locator("#menu-tags input[name=add]").fill(",".join(f"tag {number}" for number in range(20)))
    await day.press(day.page.locator("#menu-tags").get_by_role("button", name="Add", exact=True))
    await expect(day.page.locator(".ticket-tags")).to_contain_text("tag 19")
    await day.look_at("ticket-long")


async def begin_a_conversation(day: Day) -> None:
    """With somebody who has never texted."""
    page = day.page
    await day.go("/new")
    await page.get_by_label("Phone number").fill("(206) 555-0155")
    await page.get_by_label("Name").fill("Ruth Adeyemi")
    await page.get_by_label("Text", exact=True).fill("Hi Ruth, your repaired mixer is ready to be picked up.")
    await page.get_by_label("Why they may be texted").fill("Asked for it when she left the mixer, 3 May")
    await day.look_at("new")
    await day.press(page.get_by_role("button", name="Send", exact=True))
    await page.wait_for_url("**/t/**")
    await expect(page.locator(".bubble-ours")).to_contain_text("Hi Ruth, your repaired mixer")


async def block_somebody(day: Day) -> None:
    """Nobody hears of what they text from then on."""
    page = day.page
    await day.text(_RUDE, "BUY CHEAP WATCHES")
    await day.go("/inbox/unassigned")
    await day.press(page.locator(".row", has_text="CHEAP WATCHES").get_by_role("link"))
    await day.show_customer()
    await day.look_at("customer-beside")
    await day.press(page.locator("#customer .act > summary", has_text="Block"))
    await page.get_by_label("Why, for colleagues").last.fill("Advertises")
    await day.press(page.get_by_role("button", name="Block this customer"))
    await expect(page.locator("#customer")).to_contain_text("Blocked.")
    await day.text(_RUDE, "LAST CHANCE FOR WATCHES")
    await day.go("/inbox/all")
    await expect(page.locator(".row").first).to_be_visible()
    await expect(page.locator(".ticket-list")).not_to_contain_text("LAST CHANCE")


async def find_it_again(day: Day) -> None:
    """By its words."""
    page = day.page
    await day.go("/search")
    await page.get_by_placeholder("Words, a name, a number, #12").fill("lemon cake")
    await day.press(page.locator(".search-form button"))
    await expect(page.locator(".found mark").first).to_have_text("lemon", ignore_case=True)
    await day.look_at("search")
