"""What a model is asked to decide, what the verifier is asked to judge, and what comes back."""

from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field

_MOST_CHARACTERS = 4_000
# Whoever quotes more shows nothing, and each sentence is compared with all of its quote.
_MOST_QUOTED_CHARACTERS = 1_000
_MOST_SENTENCES = 20
HandOffCause = Literal["", "not_in_articles", "in_part", "own_account", "asks_for_person", "instructions"]


class Strict(BaseModel):
    """Takes what was asked for, and nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class QuotedSentence(Strict):
    """A sentence of the answer, and the words of an article, or of the profile, that it rests on."""

    text: str = Field(max_length=_MOST_CHARACTERS)
    article_id: str = Field(max_length=_MOST_CHARACTERS)
    quote: str = Field(max_length=_MOST_QUOTED_CHARACTERS)


class Decision(Strict):
    """What the model is asked for: sentences, or the cause for a hand-off."""

    decision: Literal["answer", "hand_off"]
    sentences: list[QuotedSentence] = Field(max_length=_MOST_SENTENCES)
    hand_off: HandOffCause


class SentenceVerdict(Strict):
    """Whether the quote of a sentence, which are counted from 1, says what the sentence says."""

    number: int
    entailed: bool


class Verdict(Strict):
    """What the verifier is asked for."""

    sentences: list[SentenceVerdict] = Field(max_length=_MOST_SENTENCES)
    answers: bool

    def covers(self, count: int) -> bool:
        """Whether there is a verdict on each of so many sentences, once and in their order."""
        return [verdict.number for verdict in self.sentences] == list(range(1, count + 1))


Wanted = TypeVar("Wanted", Decision, Verdict)


@dataclass(frozen=True)
class Form(Generic[Wanted]):
    """What an answer must look like: `schema` as strict endpoints take it, without limits, which they refuse."""

    name: str
    kind: type[Wanted]
    schema: dict[str, Any]


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_STRING = {"type": "string"}
DECISION = Form(
    "decision",
    Decision,
    _object(
        decision={"type": "string", "enum": ["answer", "hand_off"]},
        sentences=_list(_object(text=_STRING, article_id=_STRING, quote=_STRING)),
        hand_off={"type": "string", "enum": [*get_args(HandOffCause)]},
    ),
)
VERDICT = Form(
    "verdict",
    Verdict,
    _object(
        sentences=_list(_object(number={"type": "integer"}, entailed={"type": "boolean"})),
        answers={"type": "boolean"},
    ),
)


@dataclass(frozen=True)
class ModelFailure:
    """No answer. `detail` says why: "timed out", "429", "not JSON"."""

    detail: str


@dataclass(frozen=True)
class Asked(Generic[Wanted]):
    """What came of one question, and the tokens that it took as far as the endpoint said."""

    result: Wanted | ModelFailure
    input_tokens: int = 0
    output_tokens: int = 0
