"""What responder_service is told."""

from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from responder_service.drafting.endpoint import ResponseFormat
from servicekit.limits import DRAFT_SEGMENTS
from servicekit.settings import GrpcSettings


class ResponderServiceSettings(GrpcSettings):
    """Environment variables with the prefix KEVA_."""

    knowledge_base_dir: Path = Field(description="Folder with one folder of articles per workspace id")
    ai_base_url: str = Field(
        "", description="OpenAI-compatible endpoint, such as https://ai.example.com/v1; empty: answers from articles"
    )
    ai_model: str = Field("", description="The model's name at the endpoint")
    ai_api_key: SecretStr = Field(SecretStr(""), description="The endpoint's key; empty for one that asks for none")
    ai_response_format: ResponseFormat = Field(
        ResponseFormat.JSON_SCHEMA, description="json_object for an endpoint that knows no schemas"
    )
    ai_timeout_seconds: float = Field(15, gt=0, le=120, description="Time that one draft may take, retries included")
    ai_max_output_tokens: int = Field(400, ge=50, le=4000, description="Most tokens that the model may write")
    ai_max_segments: int = Field(DRAFT_SEGMENTS, ge=1, le=10, description="Most SMS segments that a draft may take")
    ai_max_drafts: int = Field(32, ge=1, le=1000, description="Drafts written at the same time; more are refused")

    @field_validator("ai_base_url")
    @classmethod
    def _is_base_url(cls, value: str) -> str:
        if not value:
            return value
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must be like https://ai.example.com/v1")
        if parts.query or parts.fragment or parts.username:
            raise ValueError("must have no user, no query and no fragment")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _model_and_endpoint_go_together(self) -> Self:
        if bool(self.ai_base_url) != bool(self.ai_model):
            raise ValueError("KEVA_AI_BASE_URL and KEVA_AI_MODEL are given together, or neither")
        if self.ai_api_key.get_secret_value() and not self.ai_base_url:
            raise ValueError("KEVA_AI_API_KEY is given without KEVA_AI_BASE_URL: whose key is it?")
        return self
