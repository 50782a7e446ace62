"""Where the language model is, and what it may take."""

from dataclasses import dataclass
from enum import Enum

from servicekit.secret import Secret


class ResponseFormat(Enum):
    """How the endpoint is asked for a structured answer."""

    JSON_SCHEMA = "json_schema"
    JSON_OBJECT = "json_object"


@dataclass(frozen=True)
class Endpoint:
    """`max_output_tokens` is how many tokens the model may write per question."""

    base_url: str
    model: str
    api_key: Secret
    max_output_tokens: int
    response_format: ResponseFormat = ResponseFormat.JSON_SCHEMA
