"""What responder_service is told, and what it refuses."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from responder_service.drafting.endpoint import ResponseFormat
from responder_service.settings import ResponderServiceSettings
from tests.identities import tls_dir

ENDPOINT = {"ai_base_url": "https://ai.example.com/v1/", "ai_model": "m"}


def settings(**given: Any) -> ResponderServiceSettings:
    return ResponderServiceSettings(
        knowledge_base_dir=Path("/kb"), health_listen="127.0.0.1:0", tls_dir=tls_dir("responder_service"), **given
    )


def test_the_defaults_need_no_model() -> None:
    told = settings()

    assert (told.ai_base_url, told.ai_model, told.ai_max_segments) == ("", "", 2)
    assert (told.ai_timeout_seconds, told.ai_max_output_tokens) == (15, 800)
    assert told.ai_response_format is ResponseFormat.JSON_SCHEMA


def test_a_slash_at_the_end_of_an_endpoint_is_dropped() -> None:
    assert settings(**ENDPOINT).ai_base_url == "https://ai.example.com/v1"


def test_a_key_does_not_print() -> None:
    assert "sesame" not in repr(settings(**ENDPOINT, ai_api_key="sesame"))


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"ai_base_url": "https://ai.example.com/v1"}, id="an endpoint without a model"),
        pytest.param({"ai_model": "m"}, id="a model without an endpoint"),
        pytest.param({"ai_api_key": "k"}, id="a key without an endpoint"),
        pytest.param({**ENDPOINT, "ai_base_url": "ai.example.com"}, id="no scheme"),
        pytest.param({**ENDPOINT, "ai_base_url": "ftp://ai.example.com"}, id="another scheme"),
        pytest.param({**ENDPOINT, "ai_base_url": "https://u:p@ai.example.com"}, id="a password in the address"),
        pytest.param({**ENDPOINT, "ai_base_url": "https://ai.example.com/v1?key=k"}, id="a query"),
        pytest.param({"ai_verifier_model": "v"}, id="a verifier without a model"),
        pytest.param({"ai_verifier_api_key": "k"}, id="a verifier's key without a model"),
        pytest.param({**ENDPOINT, "ai_verifier_base_url": "https://v.example.com/v1"}, id="no verifier there"),
        pytest.param({**ENDPOINT, "ai_verifier_model": "v", "ai_verifier_base_url": "v.example.com"}, id="its scheme"),
        pytest.param({"ai_timeout_seconds": 0}, id="no time"),
        pytest.param({"ai_max_segments": 0}, id="no segments"),
        pytest.param({"ai_max_drafts": 0}, id="no drafts"),
        pytest.param({"ai_max_output_tokens": 1}, id="no tokens"),
    ],
)
def test_what_cannot_work_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        settings(**given)

    assert "u:p@" not in str(refused.value)
