"""The conversations of an evaluation, and what else stands in its files, read from YAML and checked."""

from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

Outcome = Literal["answer", "hand_off", "either", "quiet"]
Set = Literal["tuning", "held_out", "first_sight"]
Mark = Literal[
    "SAFETY_MATTER", "PAYMENT_MATTER", "LEGAL_MATTER", "ASKED_FOR_PERSON", "UPSET", "SMALL_TALK", "NONE"
]  # fmt: skip


class CaseError(Exception):
    """A file of cases that cannot be used; the message says where and why."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(_Strict):
    """One text of a conversation: exactly one of the three; `media` counts attachments of a customer's."""

    customer: str | None = None
    ai: str | None = None
    agent: str | None = None
    media: int = 0

    @model_validator(mode="after")
    def _one_author(self) -> Self:
        if sum(text is not None for text in (self.customer, self.ai, self.agent)) != 1:
            raise ValueError("say exactly one of customer, ai and agent")
        return self


class Profile(_Strict):
    """What the responder knows of the workspace. `business_hours` may be given as the hours of each weekday."""

    business_name: str = ""
    business_hours: str = ""
    time_zone: str = ""
    languages: list[str] = Field(default_factory=list)
    hand_off_rules: list[str] = Field(default_factory=list)

    @field_validator("business_hours", mode="before")
    @classmethod
    def _as_an_owner_writes_them(cls, hours: Any) -> Any:
        return _hours_text(hours) if isinstance(hours, dict) else hours

    def with_changes(self, other: "Profile") -> "Profile":
        """This one, with what `other` says."""
        return self.model_copy(update=other.model_dump(exclude_unset=True))


class Case(_Strict):
    """One conversation and what is right for it. Patterns are regular expressions without case.

    `articles`: an answer must rest on one of them; `sections`: any one of these ("article-id#Heading") is right to
    suggest; `mentions`: an answer must match all; `must_not_mention`: it must match none; `reasons`: a hand-off must
    have one of them, any if empty. `outcome` either: a hand-off is right, and so is an answer that fulfils the rest;
    quiet: nothing waits for an answer, and nobody is to be sent for.
    """

    id: str
    kind: str
    set: Set
    outcome: Outcome
    texts: list[str] = Field(default_factory=list)
    messages: list[Text] = Field(default_factory=list)
    opted_out: bool = False
    greeting_waited: bool = False
    profile: Profile = Profile()
    articles: list[str] = Field(default_factory=list)
    sections: list[str] = Field(default_factory=list)
    mentions: list[str] = Field(default_factory=list)
    must_not_mention: list[str] = Field(default_factory=list)
    language: str = ""
    reasons: list[str] = Field(default_factory=list)
    ask_time: datetime | None = None

    @model_validator(mode="after")
    def _has_texts(self) -> Self:
        if bool(self.texts) == bool(self.messages):
            raise ValueError("give either texts or messages")
        return self

    @property
    def conversation(self) -> list[Text]:
        """The texts, oldest first."""
        return self.messages or [Text(customer=text) for text in self.texts]


class MarkCase(_Strict):
    """A customer's texts, and what they have to be recognised as; NONE: as none of these."""

    id: str
    language: str
    texts: list[str] = Field(min_length=1)
    mark: Mark


class Sentence(_Strict):
    """A sentence of a model's answer, and the quote of an article that it is said to rest on."""

    text: str
    article: str
    quote: str


class DraftCase(_Strict):
    """What a model might answer to a customer's texts, and whether that may be sent."""

    id: str
    texts: list[str] = Field(min_length=1)
    sentences: list[Sentence] = Field(min_length=1)
    right: bool
    why: str
    ask_time: datetime | None = None


# The one in C, where there is one, is ten times as fast.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
C = TypeVar("C", Case, MarkCase, DraftCase)


def load(folder: Path) -> list[Case]:
    """All conversations of the folder's files. Raises CaseError."""
    cases: list[Case] = []
    for path in sorted(folder.glob("*.yaml")):
        cases += read(path, Case)
    refuse_doubles([case.id for case in cases])
    if not cases:
        raise CaseError(f"there are no cases in {folder}")
    return cases


def read(path: Path, kind: type[C], **shared: object) -> list[C]:
    """A file's cases; what stands beside `cases`, and `shared`, holds for all that do not say otherwise. Raises
    CaseError."""
    content = content_of(path)
    beside = {name: value for name, value in content.items() if name != "cases"}
    found = []
    for fields in content["cases"]:
        try:
            found.append(kind(**{**shared, **beside, **fields}))
        except ValidationError as error:
            raise CaseError(f"{path.name}, case {fields.get('id', '?')}: {problems_of(error)}") from error
    return found


def content_of(path: Path) -> dict[str, Any]:
    """What a YAML file holds. Raises CaseError."""
    try:
        content: dict[str, Any] = _Loader(path.read_text(encoding="utf-8")).get_single_data()
    except (OSError, yaml.YAMLError) as error:
        raise CaseError(f"{path.name}: {error}") from error
    return content


def problems_of(error: ValidationError) -> str:
    """What is wrong, on one line."""
    return "; ".join(f"{'.'.join(map(str, e['loc']))} {e['msg']}" for e in error.errors())


def refuse_doubles(ids: list[str]) -> None:
    """Raises CaseError when an id stands twice."""
    if doubled := sorted({id for id in ids if ids.count(id) > 1}):
        raise CaseError(f"these ids stand twice: {', '.join(doubled)}")


def _hours_text(hours: dict[str, Any]) -> str:
    """Weekdays with their hours on one line; days that follow each other and have the same ones together."""
    groups: list[tuple[list[str], str]] = []
    for day, times in hours.items():
        said = _times_text(times)
        if groups and groups[-1][1] == said:
            groups[-1][0].append(str(day))
        else:
            groups.append(([str(day)], said))
    return "; ".join(f"{_days_text(days)} {said}" for days, said in groups)


def _times_text(times: Any) -> str:
    return " and ".join(times if isinstance(times, list) else [str(times)] if times else []) or "closed"


def _days_text(days: list[str]) -> str:
    return " to ".join(day.capitalize() for day in ([days[0], days[-1]] if len(days) > 1 else days))
