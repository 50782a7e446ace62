"""The settings of responder_service."""

from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from responder_service.drafting.endpoint import ResponseFormat
from servicekit.limits import DRAFT_SEGMENTS, LONGEST_CALL_SECONDS
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
    ai_verifier_model: str = Field(
        "",
        description="The model that looks at each draft again before it is sent. If empty, `KEVA_AI_MODEL`. Another "
        "one makes other mistakes, so fewer pass both",
    )
    ai_verifier_base_url: str = Field(
        "", description="OpenAI-compatible endpoint of that model. If empty, `KEVA_AI_BASE_URL`"
    )
    ai_verifier_api_key: SecretStr = Field(
        SecretStr(""),
        description="Key for the verifier's endpoint. If empty, `KEVA_AI_API_KEY`, unless `KEVA_AI_VERIFIER_BASE_URL` "
        "is set: a key goes to its own endpoint alone",
    )
    ai_embedding: bool = Field(
        False,
        description="Whether sections are also found by what they mean, with a small model that runs here "
        "(`pip install keva-sms[embedding]`, Linux on x86-64). It costs 65 MB of memory, about a fifth of a second of "
        "processor time per section at the start, and up to 20 ms per draft",
    )
    ai_response_format: ResponseFormat = Field(
        ResponseFormat.JSON_SCHEMA,
        description="How the model is asked for a structured answer. Set `json_object` for endpoints that do not know "
        "JSON schemas",
    )
    ai_timeout_seconds: float = Field(
        15,
        gt=0,
        le=LONGEST_CALL_SECONDS,
        description="How long, in seconds, one draft may take, with the model, the verifier and "
        "all retries. The model may take 60 % of it, and the verifier what is left",
    )
    ai_max_output_tokens: int = Field(
        800, ge=50, le=4000, description="How many tokens the model, and the verifier, may write per draft"
    )
    ai_max_segments: int = Field(DRAFT_SEGMENTS, ge=1, le=10, description="How many SMS segments a draft may have")
    ai_max_drafts: int = Field(
        32,
        ge=1,
        le=1000,
        description="How many drafts may be in work at the same time. More are refused, and asked for again",
    )

    @field_validator("ai_base_url", "ai_verifier_base_url")
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

    @model_validator(mode="after")
    def _verifier_needs_a_model(self) -> Self:
        verifier = (self.ai_verifier_model, self.ai_verifier_base_url, self.ai_verifier_api_key.get_secret_value())
        if any(verifier) and not self.ai_base_url:
            raise ValueError("KEVA_AI_VERIFIER_… is set without KEVA_AI_BASE_URL: only a model's drafts are verified")
        if self.ai_verifier_base_url and not self.ai_verifier_model:
            raise ValueError(
                "KEVA_AI_VERIFIER_BASE_URL is set without KEVA_AI_VERIFIER_MODEL, the model at that endpoint"
            )
        return self
