"""What the AI reads of a conversation, whether an answer is owed, and how long it waits."""

from datetime import datetime, timedelta

import pytest

from tests.ticket_service.domain.examples import BEFORE, DANA, NOW, OPERATOR, OUR_NUMBER, message
from ticket_service.domain import ai_turn
from ticket_service.domain.ai_turn import THE_RESPONDER, Line, Patience, Role, TurnStart
from ticket_service.domain.message import Direction, Media, Message
from ticket_service.words.lists import PHRASES

CUSTOMER, AI, AGENT = Role


def _reply(body: str, author: object = DANA, **fields: object) -> Message:
    return message(body, Direction.OUTBOUND, author=author, **fields)


def _says_nothing(text: str) -> bool:
    return PHRASES.say_nothing_to_us(text, OUR_NUMBER)


EARLIER = message("a", message_time=BEFORE, recovered=True)
LATEST = message("d", message_time=NOW, recovered=True)
NOTE = message("sounds like fraud", Direction.NOTE)
NOTICE = _reply("A person will answer you.", THE_RESPONDER, is_notice=True)


@pytest.mark.parametrize(
    ("messages", "lines"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([message("hi")], [(CUSTOMER, "hi")], id="a text"),
        pytest.param([_reply("hello", THE_RESPONDER)], [(AI, "hello")], id="the AI's reply"),
        pytest.param([_reply("hello")], [(AGENT, "hello")], id="an agent's reply"),
        pytest.param([_reply("hello", OPERATOR)], [(AGENT, "hello")], id="another program's reply"),
        pytest.param([message("hi"), NOTE], [(CUSTOMER, "hi")], id="without notes"),
        pytest.param([message("hi"), NOTICE], [(CUSTOMER, "hi")], id="without the notice of a hand-off"),
        pytest.param([message("STOP"), message("hi")], [(CUSTOMER, "hi")], id="without keywords"),
        pytest.param([message("hi"), message("STOP")], [(CUSTOMER, "hi")], id="without a keyword at the end"),
        pytest.param(
            [message("hi"), _reply("hello"), message("HELP")],
            [(CUSTOMER, "hi"), (AGENT, "hello"), (CUSTOMER, "HELP")],
            id="with a keyword when nothing else waits",
        ),
        pytest.param([message("hi"), message("👍 to “hi”")], [(CUSTOMER, "hi")], id="without a reaction"),
        pytest.param([message("HELP")], [(CUSTOMER, "HELP")], id="with a keyword that is all"),
        pytest.param([message("hi"), _reply("STOP")], [(CUSTOMER, "hi"), (AGENT, "STOP")], id="our STOP is none"),
        pytest.param(
            [message("yes"), message("hi")],
            [(CUSTOMER, "yes"), (CUSTOMER, "hi")],
            id="YES is an answer, and no keyword",
        ),
    ],
)
def test_conversation(messages: list[Message], lines: list[tuple[Role, str]]) -> None:
    assert [(line.role, line.text) for line in ai_turn.conversation(messages, _says_nothing)] == lines


def test_line_says_when_and_with_how_many_media() -> None:
    media = (Media("u", "image/png"), Media("v", "image/png"))

    assert ai_turn.conversation([message("hi", media=media)], _says_nothing) == [
        Line(CUSTOMER, "hi", BEFORE, 2, "msg_1")
    ]


@pytest.mark.parametrize(
    ("messages", "owed"),
    [
        pytest.param([], False, id="nothing was said"),
        pytest.param([message()], True, id="the customer has the last word"),
        pytest.param([message(), _reply("hello")], False, id="we have it"),
        pytest.param([message(), _reply("hello", THE_RESPONDER)], False, id="the AI has it"),
        pytest.param([message(), NOTICE], True, id="a notice answers nothing"),
        pytest.param([_reply("hello"), message("HELP")], True, id="a keyword that was asked of us"),
    ],
)
def test_whether_an_answer_is_owed(messages: list[Message], owed: bool) -> None:
    assert ai_turn.is_unanswered(ai_turn.conversation(messages, _says_nothing)) == owed


def test_turn_waits_for_the_customers_next_text() -> None:
    patience = Patience(timedelta(seconds=3), timedelta(seconds=20))

    assert ai_turn.start(NOW, patience) == TurnStart(NOW + patience.pause, NOW + patience.longest)


@pytest.mark.parametrize(
    ("messages", "waiting"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([message("a"), message("b")], ["a", "b"], id="all of them"),
        pytest.param([message("a"), _reply("c"), message("b"), message("d")], ["b", "d"], id="since our last word"),
        pytest.param([message("a"), _reply("c")], [], id="none after it"),
    ],
)
def test_texts_that_nobody_has_answered(messages: list[Message], waiting: list[str]) -> None:
    lines = ai_turn.conversation(messages, _says_nothing)

    assert [line.text for line in ai_turn.unanswered(lines)] == waiting


@pytest.mark.parametrize(
    ("messages", "sent"),
    [
        pytest.param([], None, id="nothing"),
        pytest.param([EARLIER, LATEST], NOW, id="all of them: the newest"),
        pytest.param([LATEST, EARLIER], NOW, id="all of them, the newest stored first"),
        pytest.param([EARLIER, message("b")], None, id="not the last one"),
        pytest.param([message("b"), EARLIER], None, id="the last one alone"),
        pytest.param([message("b"), _reply("c"), EARLIER], BEFORE, id="all since our last word"),
        pytest.param([EARLIER, _reply("c")], None, id="none that waits"),
    ],
)
def test_when_texts_were_sent_that_were_all_found_later(messages: list[Message], sent: datetime | None) -> None:
    assert ai_turn.found_later(ai_turn.conversation(messages, _says_nothing)) == sent
