"""A sentence of a draft with what it rests on, as the rules compare them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from responder_service.checks.wording import parts

# Characters of the customer's of which dates and hours are counted.
_MOST_COUNTED = 600


@dataclass(frozen=True)
class Claim:
    """`text` is the sentence; `quote` its evidence, and `around` the whole sentences that it is taken from. `heading`
    is what those stand under. `draft` is the whole draft, `customer` what the customer wrote (not evidence), and
    `now` the customer's clock. `translates` when the sentence is in another language than its quote. `hours` are the
    business's opening hours, `quotes` the evidence of all sentences of the draft."""

    text: str
    quote: str
    around: str
    heading: str
    draft: str
    customer: str
    now: datetime
    translates: bool = False
    language: str = ""
    hours: str = ""
    quotes: str = ""

    @cached_property
    def evidence(self) -> str:
        """All that the sentence may rest on."""
        return f"{self.around}\n{self.quote}\n{self.heading}"

    @cached_property
    def latest(self) -> str:
        """The end of what the customer wrote: what is counted in it is what they ask now."""
        return self.customer[-_MOST_COUNTED:]

    def day(self, offset: int) -> date:
        """The day that is `offset` days from the customer's today."""
        return self.now.date() + timedelta(days=offset)

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The parts of the sentence."""
        return parts(self.text)
