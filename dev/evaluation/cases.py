"""The conversations of an evaluation, read from YAML and checked."""

from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

Outcome = Literal["answer", "hand_off", "either"]
Set = Literal["tuning", "held_out"]


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
    """What the responder knows of the workspace."""

    business_hours: str = ""
    languages: list[str] = Field(default_factory=list)
    hand_off_rules: list[str] = Field(default_factory=list)


class Case(_Strict):
    """One conversation and what is right for it. Patterns are regular expressions without case.

    `articles`: an answer must rest on one of them; `mentions`: it must match all; `must_not_mention`: it must match
    none; `reasons`: a hand-off must have one of them, any if empty. `outcome` either: a hand-off is right, and so is an
    answer that fulfils the rest.
    """

    id: str
    kind: str
    set: Set
    outcome: Outcome
    texts: list[str] = Field(default_factory=list)
    messages: list[Text] = Field(default_factory=list)
    opted_out: bool = False
    profile: Profile = Profile()
    articles: list[str] = Field(default_factory=list)
    mentions: list[str] = Field(default_factory=list)
    must_not_mention: list[str] = Field(default_factory=list)
    language: str = ""
    reasons: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _has_texts(self) -> Self:
        if bool(self.texts) == bool(self.messages):
            raise ValueError("give either texts or messages")
        return self

    @property
    def conversation(self) -> list[Text]:
        """The texts, oldest first."""
        return self.messages or [Text(customer=text) for text in self.texts]


def load(folder: Path) -> list[Case]:
    """All cases of the folder's files. Raises CaseError."""
    cases: list[Case] = []
    for path in sorted(folder.glob("*.yaml")):
        cases += _read(path)
    ids = [case.id for case in cases]
    if doubled := sorted({id for id in ids if ids.count(id) > 1}):
        raise CaseError(f"these ids stand twice: {', '.join(doubled)}")
    if not cases:
        raise CaseError(f"there are no cases in {folder}")
    return cases


def _read(path: Path) -> list[Case]:
    """A file's cases; what stands beside `cases` holds for all that do not say otherwise."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise CaseError(f"{path.name}: {error}") from error
    shared = {name: value for name, value in content.items() if name != "cases"}
    found = []
    for fields in content["cases"]:
        try:
            found.append(Case(**{**shared, **fields}))
        except ValidationError as error:
            problems = "; ".join(f"{'.'.join(map(str, e['loc']))} {e['msg']}" for e in error.errors())
            raise CaseError(f"{path.name}, case {fields.get('id', '?')}: {problems}") from error
    return found
