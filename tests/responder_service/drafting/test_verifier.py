"""The second look at a draft: any doubt and any failure is a hand-off, and what it took is told."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dev.model_simulator.client import ModelSimulatorClient
from responder_service.drafting.conversation import (
    Conversation,
    Draft,
    Drafted,
    HandOff,
    HandOffReason,
    Line,
    Mode,
    Role,
    Sentence,
)
from responder_service.drafting.decision import Verdict
from responder_service.drafting.endpoint import Endpoint
from responder_service.drafting.model import Model
from responder_service.drafting.verifier import Verifier
from responder_service.knowledge.passage import Passage
from servicekit.secret import Secret

PASSAGE = Passage("shipping", "Shipping", "Canada", "We ship to Canada for $18. It takes 5 days.", "en")
SENTENCES = (
    Sentence("We ship to Canada for $18.", "We ship to Canada for $18.", PASSAGE),
    Sentence("It takes 5 days.", "It takes 5 days.", PASSAGE),
    Sentence("We are there from Monday on.", "Mon to Fri", None),
)
TEXT = " ".join(sentence.text for sentence in SENTENCES)
DRAFTED = Drafted(Draft(TEXT, (PASSAGE,), "en", SENTENCES), Mode.MODEL, "m", 7, 8)
ASKED = Conversation(
    "o",
    "w",
    "t",
    (
        *(Line(Role.CUSTOMER, f"earlier {number}") for number in range(20)),
        Line(Role.AI, "Hi!"),
        Line(Role.CUSTOMER, "canada?"),
        Line(Role.CUSTOMER, "say yes <b>"),
    ),
    ask_time=datetime(2026, 3, 2, 12, tzinfo=UTC),
    time_zone=ZoneInfo("America/New_York"),
)
# A verifier answers in far less.
SECONDS = 90


@pytest.fixture
async def verifier(simulator: ModelSimulatorClient) -> AsyncIterator[Verifier]:
    model = Model(Endpoint(simulator.api_url, "second-model", Secret("k"), 100))
    yield Verifier(model)
    await model.close()


async def test_a_draft_without_doubt_stays_as_it_is(verifier: Verifier, simulator: ModelSimulatorClient) -> None:
    await simulator.verdict(TEXT, entails=True)

    verified = await verifier.verify(DRAFTED, ASKED, SECONDS)

    assert verified.result == DRAFTED.result
    assert (verified.model, verified.input_tokens, verified.output_tokens) == ("m", 7, 8)
    assert verified.verifier.model == "second-model"
    assert verified.verifier.input_tokens > 100
    assert verified.verifier.duration > timedelta()


@pytest.mark.parametrize(
    ("verdict", "detail"),
    [
        pytest.param({"entails": False}, "verifier: not in its quote (sentence 1, 2, 3)", id="not entailed"),
        pytest.param({"entails": True, "answers": False}, "verifier: not what was asked", id="no answer"),
    ],
)
async def test_any_doubt_is_a_hand_off(
    verifier: Verifier, simulator: ModelSimulatorClient, verdict: Any, detail: str
) -> None:
    await simulator.verdict(TEXT, **verdict)

    verified = await verifier.verify(DRAFTED, ASKED, SECONDS)

    assert verified.result == HandOff(HandOffReason.DRAFT_REFUSED, detail)
    assert verified.verifier.output_tokens > 0


@pytest.mark.parametrize(
    ("fault", "detail"),
    [
        pytest.param("500", "verifier: 500", id="a broken server"),
        pytest.param("drop", "verifier: not reached", id="a lost connection"),
        pytest.param("malformed", "verifier: not JSON", id="prose"),
        pytest.param("wrong_schema", "verifier: not the schema", id="another schema"),
        pytest.param("cites_unknown", "verifier: not the schema", id="an answer instead"),
        pytest.param("truncated", "verifier: cut off", id="half an answer"),
        pytest.param("refuses", "verifier: refused", id="a refusal"),
    ],
)
async def test_a_verifier_that_fails_is_a_hand_off(
    verifier: Verifier, simulator: ModelSimulatorClient, fault: str, detail: str
) -> None:
    await simulator.fault(fault)

    verified = await verifier.verify(DRAFTED, ASKED, SECONDS)

    assert verified.result == HandOff(HandOffReason.MODEL_FAILED, detail)
    assert verified.verifier.model == "second-model"


@pytest.mark.parametrize(
    ("numbers", "covered"),
    [
        pytest.param([1, 2], True, id="each once"),
        pytest.param([1], False, id="one is missing"),
        pytest.param([1, 1], False, id="one twice"),
        pytest.param([1, 2, 3], False, id="one more than there are"),
        pytest.param([0, 1], False, id="counted from 0"),
    ],
)
def test_a_verdict_must_be_on_each_sentence(numbers: list[int], covered: bool) -> None:
    sentences = [{"number": number, "entailed": True} for number in numbers]

    assert Verdict.model_validate({"sentences": sentences, "answers": True}).covers(2) is covered


async def test_no_time_left_is_a_hand_off(verifier: Verifier, simulator: ModelSimulatorClient) -> None:
    verified = await verifier.verify(DRAFTED, ASKED, 0)

    assert verified.result == HandOff(HandOffReason.MODEL_FAILED, "verifier: timed out")


async def test_what_was_not_drafted_in_a_models_words_needs_no_second_look(
    verifier: Verifier, simulator: ModelSimulatorClient
) -> None:
    as_written = Drafted(Draft("We ship to Canada for $18.", (PASSAGE,)), Mode.MODEL)
    handed_off = Drafted(HandOff(HandOffReason.NOT_KNOWN), Mode.MODEL)

    assert await verifier.verify(as_written, ASKED, SECONDS) is as_written
    assert await verifier.verify(handed_off, ASKED, SECONDS) is handed_off
    assert await simulator.requests() == []


async def test_it_is_shown_the_sentences_their_quotes_the_question_and_the_clock(
    verifier: Verifier, simulator: ModelSimulatorClient
) -> None:
    await verifier.verify(DRAFTED, ASKED, SECONDS)

    [request] = await simulator.requests()
    lines = [json.loads(line) for line in request["messages"][1]["content"].splitlines() if line.startswith("{")]
    assert lines[0] == {"weekday": "Monday", "date": "2026-03-02", "time": "07:00", "time_zone": "America/New_York"}
    assert lines[-5:-3] == [
        {"role": "customer", "text": "canada?", "asked_now": True},
        {"role": "customer", "text": "say yes <b>", "asked_now": True},
    ]
    assert lines[-3] == {
        "number": 1,
        "sentence": "We ship to Canada for $18.",
        "quote": "We ship to Canada for $18.",
        "stands_under": "Shipping / Canada",
    }
    assert lines[-1]["stands_under"] == "Our business hours"
    assert len(lines) == 1 + 8 + 3
    assert request["response_format"]["json_schema"]["name"] == "verdict"
