"""Sections of one article with the same heading: a model sees each of them, and under which other heading it stands."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dev.model_simulator.client import ModelSimulatorClient
from tests.responder_service.written_articles import write_articles

StartResponder = Callable[..., Any]
CLASSES = """---
title: Classes
---
# Pilates
## Price
It costs $15 per hour.

# Yoga
## Price
It costs $12 per hour.

# Boxing
Boxing costs $20 per hour.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The articles of a studio."""
    return write_articles(tmp_path, {"classes.md": CLASSES})


def _objects(request: Any) -> list[dict[str, Any]]:
    lines = request["messages"][1]["content"].splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param("How much is yoga, and how much is pilates?", id="both are found"),
        pytest.param("Boxing?", id="both go with what is found"),
        pytest.param("Is there parking?", id="nothing is found"),
    ],
)
async def test_model_is_shown_each_section(
    start_responder: StartResponder, simulator: ModelSimulatorClient, folder: Path, asked: str
) -> None:
    responder = await start_responder(
        ai_base_url=simulator.api_url, ai_model="simulated-model", ai_timeout_seconds=90, knowledge_base_dir=folder
    )

    await responder.ask(asked)

    given = [found for found in _objects((await simulator.requests())[0]) if "article_id" in found]
    assert sorted((each["section"], each["text"]) for each in given) == [
        ("Boxing", "Boxing costs $20 per hour."),
        ("Pilates / Price", "It costs $15 per hour."),
        ("Yoga / Price", "It costs $12 per hour."),
    ]


async def test_verifier_is_told_what_a_quote_stands_under(
    start_responder: StartResponder, simulator: ModelSimulatorClient, folder: Path
) -> None:
    responder = await start_responder(
        ai_base_url=simulator.api_url, ai_model="simulated-model", ai_timeout_seconds=90, knowledge_base_dir=folder
    )
    sentence = {"text": "Yoga costs $12 per hour.", "article": "classes", "quote": "It costs $12 per hour."}
    await simulator.replay([sentence], verdict=True)

    response = await responder.ask("How much is yoga?")

    assert response.draft.text == "Yoga costs $12 per hour."
    (judged,) = [found for found in _objects((await simulator.requests())[1]) if "quote" in found]
    assert judged["stands_under"] == "Classes / Yoga / Price"
