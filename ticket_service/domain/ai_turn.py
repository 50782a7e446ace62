"""The AI's turn on a ticket: from a customer's text that waits for the AI until it has answered or handed off."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from ticket_service.domain.ai.kept_suggestions import Article, SuggestedReply
from ticket_service.domain.ai_profile import AiProfile
from ticket_service.domain.audit import Actor, ActorKind
from ticket_service.domain.hand_off import HandOffReason
from ticket_service.domain.message import Direction, Message

THE_RESPONDER = Actor(ActorKind.AI, "responder")


@dataclass(frozen=True)
class Patience:
    """How long the AI waits for the customer's next text: `pause` after each, `longest` after the first, and
    `after_greeting` when nothing but a greeting came."""

    pause: timedelta = timedelta(seconds=3)
    longest: timedelta = timedelta(seconds=20)
    after_greeting: timedelta = timedelta(minutes=2)


@dataclass(frozen=True)
class TurnStart:
    """The AI owes an answer: it begins at `due`, which later texts put off, but at `latest` in any case."""

    due: datetime
    latest: datetime


@dataclass(frozen=True)
class TurnEnd:
    """The AI owes nothing any more."""


@dataclass(frozen=True)
class AiTurn:
    """A turn as it was claimed. `version` changes with all that a draft must take into account: a newer text, a new
    assignment. `failing_since`: when drafting failed first, if it has not succeeded since. `greeted`: the version that
    was a greeting and nothing else, and has been waited for."""

    ticket_id: str
    workspace_id: str
    version: str
    lease_id: str
    failing_since: datetime | None = None
    greeted: str = ""

    @property
    def greeting_waited(self) -> bool:
        """Whether nothing has followed the greeting."""
        return self.greeted == self.version


class Role(Enum):
    """Who wrote a line of a conversation."""

    CUSTOMER = "CUSTOMER"
    AI = "AI"
    AGENT = "AGENT"


@dataclass(frozen=True)
class Line:
    """One text of a conversation, as a responder gets it. `recovered`: it was found later in Twilio's log."""

    role: Role
    text: str
    time: datetime
    media_count: int = 0
    message_id: str = ""
    recovered: bool = False


@dataclass(frozen=True)
class Draft:
    """What a responder would answer, and the articles that it rests on."""

    text: str
    articles: tuple[Article, ...] = ()


@dataclass(frozen=True)
class HandOff:
    """A person must take over. `detail` is for the staff."""

    reason: HandOffReason
    detail: str = ""


class NoReplyReason(Enum):
    """Why nothing is to be answered; responder_service.proto says what each means."""

    SMALL_TALK = "SMALL_TALK"
    GREETING = "GREETING"


@dataclass(frozen=True)
class NoReply:
    """Nothing waits for an answer, and no person is needed."""

    reason: NoReplyReason


@dataclass(frozen=True)
class Verifier:
    """The model that checked a draft, and what that took. Without a name none was asked."""

    model: str = ""
    milliseconds: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True)
class Drafted:
    """A draft, a hand-off or nothing, and what it took: milliseconds, the verifier's among them, and the model's
    tokens. With a hand-off come `suggestions`, the best first, of what a person could answer from."""

    result: Draft | HandOff | NoReply
    mode: str = ""
    model: str = ""
    milliseconds: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    verifier: Verifier = Verifier()
    suggestions: tuple[SuggestedReply, ...] = ()


@dataclass(frozen=True)
class Asked:
    """What a responder goes by: for whom it speaks, what was said, and when the answer is written, by which clock (an
    IANA name, empty: UTC). `no_draft`: no draft could be sent."""

    profile: AiProfile
    lines: Sequence[Line]
    ask_time: datetime
    time_zone: str = ""
    greeting_waited: bool = False
    no_draft: bool = False


def start(now: datetime, patience: Patience) -> TurnStart:
    """A turn that a text starts, or a further text delays."""
    return TurnStart(now + patience.pause, now + patience.longest)


def conversation(messages: Sequence[Message], says_nothing: Callable[[str], bool]) -> list[Line]:
    """The lines of `messages`: without notes, without notices of a hand-off, and without texts that say nothing to us,
    such as keywords, which the carrier has answered, unless nothing else waits for an answer."""
    texts = [message for message in messages if message.direction is not Direction.NOTE and not message.is_notice]
    lines = [_line(m) for m in texts if m.direction is not Direction.INBOUND or not says_nothing(m.text)]
    return lines if is_unanswered(lines) else [_line(message) for message in texts]


def is_unanswered(lines: Sequence[Line]) -> bool:
    """Whether the customer has the last word."""
    return bool(lines) and lines[-1].role is Role.CUSTOMER


def unanswered(lines: Sequence[Line]) -> list[Line]:
    """The customer's texts after the last one of anybody else."""
    start = max((i + 1 for i, line in enumerate(lines) if line.role is not Role.CUSTOMER), default=0)
    return list(lines[start:])


def found_later(lines: Sequence[Line]) -> datetime | None:
    """When the newest of the customer's unanswered texts was sent, if all were found later; None when one came as it
    was sent."""
    waiting = unanswered(lines)
    return max((line.time for line in waiting), default=None) if all(line.recovered for line in waiting) else None


def _line(message: Message) -> Line:
    what = (_role(message), message.text, message.message_time, len(message.media), message.message_id)
    return Line(*what, recovered=message.recovered)


def _role(message: Message) -> Role:
    if message.direction is Direction.INBOUND:
        return Role.CUSTOMER
    return Role.AI if message.author.kind is ActorKind.AI else Role.AGENT
