"""The settings of responder_service."""

from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from responder_service.drafting.endpoint import ResponseFormat
from servicekit.limits import DRAFT_SEGMENTS
from servicekit.settings import GrpcSettings


class ResponderServiceSettings(GrpcSettings):
    """Environment variables with the prefix KEVA_."""

    knowledge_base_dir: Path = Field(
        description="Folder of the AI's articles, with one folder per workspace: its name is the workspace's id"
    )
    ai_base_url: str = Field(
        "",
        description="OpenAI-compatible endpoint of a language model, such as `https://api.openai.com/v1`. If empty, "
        "answers are taken from the articles word for word",
    )
    ai_model: str = Field("", description="The model's name at that endpoint")
    ai_api_key: SecretStr = Field(
        SecretStr(""), description="Key for that endpoint. May be empty if the endpoint needs none"
    )
    ai_response_format: ResponseFormat = Field(
        ResponseFormat.JSON_SCHEMA,
        description="How the model is asked for a structured answer. Set `json_object` for endpoints that do not know "
        "JSON schemas",
    )
    ai_timeout_seconds: float = Field(
        15, gt=0, le=120, description="How long, in seconds, one draft may take, retries of the model included"
    )
    ai_max_output_tokens: int = Field(400, ge=50, le=4000, description="How many tokens the model may write per draft")
    ai_max_segments: int = Field(DRAFT_SEGMENTS, ge=1, le=10, description="How many SMS segments a draft may have")
    ai_max_drafts: int = Field(
        32,
        ge=1,
        le=1000,
        description="How many drafts may be in work at the same time. More are refused, and asked for again",
    )

    @field_validator("ai_base_url")
    @classmethod
    def _is_base_url(cls, value: str) -> str:
        if not value:
            return value
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must be a URL such as https://api.openai.com/v1")
        if parts.query or parts.fragment or parts.username:
            raise ValueError("must not have a user, a query (?…) or a fragment (#…)")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _model_and_endpoint_go_together(self) -> Self:
        if bool(self.ai_base_url) != bool(self.ai_model):
            raise ValueError("KEVA_AI_BASE_URL and KEVA_AI_MODEL must both be set, or neither")
        if self.ai_api_key.get_secret_value() and not self.ai_base_url:
            raise ValueError("KEVA_AI_API_KEY is set without KEVA_AI_BASE_URL, the endpoint that it is for")
        return self
