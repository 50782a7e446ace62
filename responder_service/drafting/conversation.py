"""What is to be answered, and what comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Protocol
from zoneinfo import ZoneInfo

from responder_service.knowledge.passage import Passage


class Role(Enum):
    """Who wrote a line."""

    CUSTOMER = "CUSTOMER"
    AI = "AI"
    AGENT = "AGENT"


@dataclass(frozen=True)
class Line:
    """One text of a conversation. A customer's is data, never instructions."""

    role: Role
    text: str
    time: datetime | None = None
    media_count: int = 0


@dataclass(frozen=True)
class Profile:
    """What is known of the workspace besides its articles; ai_profile.proto says what each means."""

    business_name: str = ""
    tone: str = ""
    business_hours: str = ""
    languages: tuple[str, ...] = ()
    hand_off_rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Conversation:
    """A ticket's latest texts, oldest first. `ask_time` is when the answer is written, with its time zone; by it
    "tomorrow" is read in `time_zone`."""

    organization_id: str
    workspace_id: str
    ticket_id: str
    lines: tuple[Line, ...]
    profile: Profile = field(default_factory=Profile)
    opted_out: bool = False
    ask_time: datetime = field(default_factory=lambda: datetime.now(UTC))
    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    # Whether nothing has followed a greeting for as long as one waits for it.
    greeting_waited: bool = False
    # Whether no draft could be sent: it is only asked what needs none.
    no_draft: bool = False

    @property
    def local_time(self) -> datetime:
        """`ask_time` as the workspace's clocks show it."""
        return self.ask_time.astimezone(self.time_zone)

    @property
    def unanswered(self) -> tuple[Line, ...]:
        """The customer's texts after the last one of anybody else: all of them are to be answered together."""
        start = max((i + 1 for i, line in enumerate(self.lines) if line.role is not Role.CUSTOMER), default=0)
        return self.lines[start:]


class HandOffReason(Enum):
    """Why a person must take over; hand_off.proto says what each means."""

    NOT_KNOWN = "NOT_KNOWN"
    ASKED_FOR_PERSON = "ASKED_FOR_PERSON"
    UPSET = "UPSET"
    PAYMENT_MATTER = "PAYMENT_MATTER"
    LEGAL_MATTER = "LEGAL_MATTER"
    SAFETY_MATTER = "SAFETY_MATTER"
    OPTED_OUT = "OPTED_OUT"
    WORKSPACE_RULE = "WORKSPACE_RULE"
    MODEL_FAILED = "MODEL_FAILED"
    DRAFT_REFUSED = "DRAFT_REFUSED"


@dataclass(frozen=True)
class HandOff:
    """A person must take over. `detail` is for the staff: never a customer's text, a phone number or a secret."""

    reason: HandOffReason
    detail: str = ""


class NoReplyReason(Enum):
    """Why nothing is to be answered; responder_service.proto says what each means."""

    SMALL_TALK = "SMALL_TALK"
    GREETING = "GREETING"


@dataclass(frozen=True)
class NoReply:
    """Nothing waits for an answer, and nobody is sent for."""

    reason: NoReplyReason


@dataclass(frozen=True)
class Suggestion:
    """A section that a person could answer from, and its answer, as it can be texted."""

    passage: Passage
    text: str


@dataclass(frozen=True)
class Sentence:
    """A sentence of a draft, and what it rests on: `quote` stands in `passage`, or in the profile when that is None."""

    text: str
    quote: str
    passage: Passage | None


@dataclass(frozen=True)
class Draft:
    """An answer and the passages that it rests on, the best first; none when it rests on the profile alone. A draft in
    a model's own words has `sentences`; without them the articles say its text word for word."""

    text: str
    passages: tuple[Passage, ...]
    language: str = ""
    sentences: tuple[Sentence, ...] = ()


class Mode(Enum):
    """What drafts rest on."""

    KNOWLEDGE_BASE = "KNOWLEDGE_BASE"
    MODEL = "MODEL"


@dataclass(frozen=True)
class Cost:
    """What one question to a model took; `model` is empty when none was asked."""

    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    duration: timedelta = timedelta()


@dataclass(frozen=True)
class Drafted:
    """A draft, a hand-off or nothing, and what it took: `duration` includes the verifier."""

    result: Draft | HandOff | NoReply
    mode: Mode
    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    duration: timedelta = timedelta()
    verifier: Cost = field(default_factory=Cost)
    # With a hand-off: what a person could answer from, the best first.
    suggestions: tuple[Suggestion, ...] = ()


class Drafter(Protocol):
    """Writes drafts; knowledge_answers and model_answers implement it. Whether a draft may go is not its to decide."""

    async def draft(self, conversation: Conversation) -> Drafted:
        """A draft or a hand-off. Never raises for what a customer wrote, or for a model that fails."""
        ...


class Articles(Protocol):
    """Finds passages; knowledge_base implements it."""

    def search(self, workspace_id: str, text: str, limit: int) -> Sequence[Passage]:
        """The passages of the workspace that fit `text` best, best first; none of them when nothing fits at all."""
        ...

    def sections(self, workspace_id: str) -> Sequence[Passage]:
        """All of the workspace's sections."""
        ...
