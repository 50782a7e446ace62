"""What is to be answered, and what comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

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
    """A ticket's latest texts, oldest first."""

    organization_id: str
    workspace_id: str
    ticket_id: str
    lines: tuple[Line, ...]
    profile: Profile = field(default_factory=Profile)
    opted_out: bool = False
    # When the answer is written; None: now. Whoever reads "tomorrow" takes it in `time_zone`, an IANA name (empty:
    # UTC).
    ask_time: datetime | None = None
    time_zone: str = ""
    # Whether nothing has followed a greeting for as long as one waits for it.
    greeting_waited: bool = False

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
class Draft:
    """An answer and the passages that it rests on, the best first; none when it rests on the profile alone."""

    text: str
    passages: tuple[Passage, ...]
    language: str = ""


class Mode(Enum):
    """What drafts rest on."""

    KNOWLEDGE_BASE = "KNOWLEDGE_BASE"
    MODEL = "MODEL"


@dataclass(frozen=True)
class Drafted:
    """A draft, a hand-off or nothing, and what it took."""

    result: Draft | HandOff | NoReply
    mode: Mode
    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    duration: timedelta = timedelta()
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
