"""The use case around any drafter: one time limit over everything, and the checks for whatever it writes."""

import asyncio
import dataclasses
from datetime import timedelta

import pytest

from responder_service.checks.rules import Checks
from responder_service.drafting.conversation import (
    Conversation,
    Draft,
    Drafted,
    HandOff,
    HandOffReason,
    Line,
    Mode,
    NoReply,
    NoReplyReason,
    Profile,
    Role,
    Suggestion,
)
from responder_service.drafting.responder import Limits, Responder
from responder_service.drafting.triage import triage
from responder_service.knowledge.passage import Passage
from servicekit.errors import Unavailable

PASSAGE = Passage("shipping", "Shipping", "Canada", "We ship to Canada for $18.", "en")
ASKED = Conversation("o", "w", "t", (Line(Role.CUSTOMER, "Do you ship to Canada?"),), Profile())


NOT_DRAFTED = HandOff(HandOffReason.NOT_KNOWN, "no draft was asked for")
SUGGESTED = (Suggestion(PASSAGE, "We ship to Canada for $18."),)


def said(text: str) -> Conversation:
    """A text that waits."""
    return Conversation("o", "w", "t", (Line(Role.CUSTOMER, text),))


def nothing(_: Conversation) -> tuple[Suggestion, ...]:
    """Suggests nothing."""
    return ()


class Quick:
    """A drafter that writes `text`."""

    def __init__(self, text: str) -> None:
        self._text = text

    async def draft(self, conversation: Conversation) -> Drafted:
        return Drafted(Draft(self._text, (PASSAGE,), "en"), Mode.MODEL, "m", 7, 8)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        pytest.param("Good morning", "Hello! How can we help you?", id="a greeting, though made of courtesies"),
        pytest.param("Hi, do you ship to Canada?", "We ship to Canada for $18.", id="a question"),
    ],
)
async def test_a_greeting_alone_needs_no_drafter(text: str, answer: str) -> None:
    responder = Responder(
        triage, Quick("We ship to Canada for $18."), nothing, lambda *_: None, Limits(9, 9), Mode.MODEL
    )
    conversation = Conversation("o", "w", "t", (Line(Role.CUSTOMER, text),), Profile(), greeting_waited=True)

    result = (await responder.draft(conversation)).result

    assert isinstance(result, Draft)
    assert result.text == answer


@pytest.mark.parametrize("text", ["I want to talk to a human", "Do you ship to Canada? " * 100, "Why?"])
async def test_with_a_hand_off_goes_what_a_person_could_answer_from(text: str) -> None:
    drafted = await responder(Attentive()).draft(Conversation("o", "w", "t", (Line(Role.CUSTOMER, text),)))

    assert isinstance(drafted.result, HandOff)
    assert drafted.suggestions == SUGGESTED


@pytest.mark.parametrize(
    ("text", "opted_out"),
    [
        pytest.param("Do you ship to Canada?", True, id="nobody may answer"),
        pytest.param("Do you ship to Canada?", False, id="a draft"),
        pytest.param("thanks!", False, id="nothing to answer"),
    ],
)
async def test_else_nothing_is_suggested(text: str, opted_out: bool) -> None:
    asked = Conversation("o", "w", "t", (Line(Role.CUSTOMER, text),), opted_out=opted_out)

    drafted = await responder(Quick("We ship to Canada for $18.")).draft(asked)

    assert drafted.suggestions == ()


class Attentive:
    """A drafter that keeps what it was given."""

    def __init__(self) -> None:
        self.given = ASKED

    async def draft(self, conversation: Conversation) -> Drafted:
        self.given = conversation
        return Drafted(HandOff(HandOffReason.NOT_KNOWN), Mode.MODEL)


class Endless:
    """A drafter that never comes to an end."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def draft(self, conversation: Conversation) -> Drafted:
        self.asked.set()
        await asyncio.Event().wait()
        raise AssertionError


class Broken:
    """A drafter with a bug."""

    async def draft(self, conversation: Conversation) -> Drafted:
        raise KeyError("a bug")


def responder(drafter: Quick | Attentive | Endless | Broken, seconds: float = 5, drafts: int = 1) -> Responder:
    check = Checks(2, "You draft replies.").broken_rule
    return Responder(triage, drafter, lambda _: SUGGESTED, check, Limits(seconds, drafts), Mode.MODEL, "m")


async def test_a_draft_that_keeps_the_rules_goes() -> None:
    drafted = await responder(Quick("We ship to Canada for $18.")).draft(ASKED)

    assert drafted.result == Draft("We ship to Canada for $18.", (PASSAGE,), "en")
    assert (drafted.model, drafted.input_tokens, drafted.output_tokens) == ("m", 7, 8)
    assert drafted.duration > timedelta()


async def test_a_draft_that_breaks_one_is_a_hand_off_that_still_tells_what_it_took() -> None:
    drafted = await responder(Quick("We ship to Canada for $1.")).draft(ASKED)

    assert drafted.result == HandOff(HandOffReason.DRAFT_REFUSED, "not word for word")
    assert (drafted.model, drafted.input_tokens, drafted.output_tokens) == ("m", 7, 8)


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(["Do you ship to Canada? " * 100], id="one long text"),
        pytest.param(["Do you ship to Canada? " * 60] * 3, id="many texts"),
        pytest.param(["x" * 65_536] * 50, id="as much as a request may hold"),
    ],
)
async def test_more_text_than_is_read_is_a_hand_off(texts: list[str]) -> None:
    asked = Conversation("o", "w", "t", tuple(Line(Role.CUSTOMER, text) for text in texts))

    drafted = await responder(Quick("We ship to Canada for $18.")).draft(asked)

    assert drafted.result == HandOff(HandOffReason.NOT_KNOWN, "too much text")


async def test_whoever_opted_out_is_left_alone_however_much_they_write() -> None:
    asked = Conversation("o", "w", "t", (Line(Role.CUSTOMER, "x" * 65_536),), opted_out=True)

    drafted = await responder(Quick("We ship to Canada for $18.")).draft(asked)

    assert drafted.result == HandOff(HandOffReason.OPTED_OUT)


async def test_a_drafter_without_end_is_a_hand_off() -> None:
    drafted = await responder(Endless(), seconds=0.05).draft(ASKED)

    assert drafted.result == HandOff(HandOffReason.MODEL_FAILED, "timed out")
    assert drafted.model == "m"


async def test_a_bug_is_no_hand_off_and_makes_room_again() -> None:
    broken = responder(Broken())

    for _ in range(2):
        with pytest.raises(KeyError):
            await broken.draft(ASKED)


async def test_only_so_many_are_drafted_at_the_same_time() -> None:
    endless = Endless()
    busy = responder(endless)
    first = asyncio.create_task(busy.draft(ASKED))
    await endless.asked.wait()

    with pytest.raises(Unavailable) as refused:
        await busy.draft(ASKED)

    assert refused.value.reason == "OVERLOADED"
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_what_needs_no_draft_waits_for_none() -> None:
    endless = Endless()
    busy = responder(endless)
    first = asyncio.create_task(busy.draft(ASKED))
    await endless.asked.wait()

    danger, thanks = [await busy.draft(said(text)) for text in ("There is smoke coming out of the socket", "Thanks!")]

    assert danger.result == HandOff(HandOffReason.SAFETY_MATTER)
    assert thanks.result == NoReply(NoReplyReason.SMALL_TALK)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first


@pytest.mark.parametrize(
    ("text", "result"),
    [
        pytest.param("Thanks!", NoReply(NoReplyReason.SMALL_TALK), id="thanks"),
        pytest.param("There is smoke coming out of the socket", HandOff(HandOffReason.SAFETY_MATTER), id="danger"),
        pytest.param("I want to talk to a human", HandOff(HandOffReason.ASKED_FOR_PERSON), id="a person"),
        pytest.param("Do you ship to Canada?", NOT_DRAFTED, id="a question"),
        pytest.param("Good morning", NOT_DRAFTED, id="a greeting that was waited for"),
    ],
)
async def test_where_no_draft_could_be_sent_only_what_needs_none_is_said(text: str, result: HandOff | NoReply) -> None:
    endless = Endless()
    asked = dataclasses.replace(said(text), no_draft=True, greeting_waited=True)

    drafted = await responder(endless, drafts=0).draft(asked)

    assert (drafted.result, drafted.model, drafted.suggestions) == (result, "", ())
    assert not endless.asked.is_set()


async def test_characters_that_stand_for_many_are_read_as_those() -> None:
    drafter = Attentive()
    earlier = Line(Role.CUSTOMER, "\ufdfa" * 1_600)
    conversation = Conversation("o", "w", "t", (earlier, Line(Role.AGENT, "Yes?"), *ASKED.lines), Profile())

    await responder(drafter).draft(conversation)

    assert [len(line.text) for line in drafter.given.lines] == [1_600, 4, len(ASKED.lines[0].text)]
    assert "\ufdfa" not in drafter.given.lines[0].text


async def _read_of(*texts: str) -> list[str]:
    """What triage is given of a conversation of these texts."""
    asked = Conversation("o", "w", "t", tuple(Line(Role.CUSTOMER, text) for text in texts))
    read: list[str] = []

    def seen(conversation: Conversation) -> None:
        read.extend(line.text for line in conversation.unanswered)

    await Responder(seen, Attentive(), nothing, lambda _, __: None, Limits(5, 1), Mode.MODEL).draft(asked)
    return read


@pytest.mark.parametrize(
    ("texts", "read"),
    [
        pytest.param(["a", "b"], ["a", "b"], id="few are read as they are"),
        pytest.param(["a" * 1600, "b" * 1400], ["a" * 1600, "b" * 1400], id="as many as are read"),
        pytest.param(["a" * 1600, "b" * 1401], ["a" * 1599, "b" * 1401], id="one character more than that"),
        pytest.param([*"ab", *["c" * 1600] * 50], ["c" * 1400, "c" * 1600], id="as much as a request may hold"),
        pytest.param(["c" * 1600, *"x" * 49], ["c" * 1600, *"x" * 49], id="many short ones"),
    ],
)
async def test_triage_reads_no_more_than_is_answered(texts: list[str], read: list[str]) -> None:
    """So that what one customer writes holds nobody else's draft up."""
    seen = await _read_of(*texts)

    assert seen == read
    assert sum(map(len, seen)) <= 3_000


async def test_danger_is_seen_in_the_newest_of_too_much_text() -> None:
    texts = ["Do you ship to Canada? " * 60, "Do you ship to Canada? " * 60, "and i got burned by the kiln"]
    asked = Conversation("o", "w", "t", tuple(Line(Role.CUSTOMER, text) for text in texts))

    drafted = await responder(Quick("We ship to Canada for $18.")).draft(asked)

    assert drafted.result == HandOff(HandOffReason.SAFETY_MATTER)


async def test_thanks_after_too_much_text_hide_nothing() -> None:
    texts = [*["Do you ship to Canada? " * 60] * 3, *["thanks! " * 190] * 2]
    asked = Conversation("o", "w", "t", tuple(Line(Role.CUSTOMER, text) for text in texts))

    drafted = await responder(Quick("We ship to Canada for $18.")).draft(asked)

    assert drafted.result == HandOff(HandOffReason.NOT_KNOWN, "too much text")


async def test_the_verifier_gets_the_time_that_is_left_and_the_last_word() -> None:
    given: list[float] = []

    async def doubts(drafted: Drafted, _: Conversation, seconds: float) -> Drafted:
        given.append(seconds)
        return dataclasses.replace(drafted, result=HandOff(HandOffReason.DRAFT_REFUSED, "verifier: no"))

    limits = Limits(90, 1)
    asking = Responder(
        triage, Quick("We ship to Canada for $18."), nothing, lambda *_: None, limits, Mode.MODEL, "m", doubts
    )

    drafted = await asking.draft(ASKED)

    assert drafted.result == HandOff(HandOffReason.DRAFT_REFUSED, "verifier: no")
    assert 0 < given[0] < 90 * 0.95


async def test_what_breaks_a_rule_is_not_shown_to_the_verifier() -> None:
    async def never(drafted: Drafted, _: Conversation, __: float) -> Drafted:
        raise AssertionError

    asking = Responder(triage, Quick("It is $1."), nothing, lambda *_: "figure", Limits(90, 1), Mode.MODEL, "m", never)

    assert (await asking.draft(ASKED)).result == HandOff(HandOffReason.DRAFT_REFUSED, "figure")
