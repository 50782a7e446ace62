"""Two real articles, and what the checks say of answers that rest on them."""

from responder_service.checks.rules import Checks
from responder_service.drafting.conversation import Conversation, Draft, Line, Profile, Role
from responder_service.drafting.prompt import PRIVATE
from responder_service.knowledge.passage import Passage

RETURNS = Passage(
    "returns/returns",
    "Returns",
    "How to return",
    "You can return unworn boots within 30 days for a full refund to the card that you paid with. Start at "
    "[our returns page](https://alderfinch.example/returns) or call +1 206 555 0100. Refunds take 3-5 business days "
    "once the parcel is back. Sale items cannot be returned.\n\n"
    "Write to help@alderfinch.example with your order number.",
    "en",
)
SHIPPING = Passage(
    "shipping",
    "Shipping",
    "Costs",
    "Standard shipping is free for orders over $75; below that it costs $6.50. Parcels arrive in 3-5 business days. "
    "Express shipping to Canada takes two weeks and costs $1,250.00 for pallets.",
    "en",
)
PROFILE = Profile(business_name="Alder & Finch", business_hours="Mon to Fri 9:00-17:00 Pacific")
CHECKS = Checks(2, PRIVATE)


def rule(
    text: str, asked: str = "How do I return my boots?", *passages: Passage, profile: Profile = PROFILE
) -> str | None:
    """The rule that the draft breaks as an answer to `asked`, resting on `passages` or on both articles."""
    conversation = Conversation("o", "w", "t", (Line(Role.CUSTOMER, asked),), profile)
    return CHECKS.broken_rule(Draft(text, passages or (RETURNS, SHIPPING)), conversation)
