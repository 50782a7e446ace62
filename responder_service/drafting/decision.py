"""What a model is asked to decide, and what comes back."""

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

_MOST_ANSWER_CHARACTERS = 4_000


class Decision(BaseModel):
    """What the model is asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    decision: Literal["answer", "hand_off"]
    answer: str = Field(max_length=_MOST_ANSWER_CHARACTERS)
    article_ids: list[str] = Field(max_length=50)
    reason: str = Field(max_length=_MOST_ANSWER_CHARACTERS)


@dataclass(frozen=True)
class ModelFailure:
    """No decision. `detail` says why: "timed out", "429", "not JSON"."""

    detail: str


@dataclass(frozen=True)
class Asked:
    """What came of one question, and the tokens that it took as far as the endpoint said."""

    result: Decision | ModelFailure
    input_tokens: int = 0
    output_tokens: int = 0
