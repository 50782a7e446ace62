"""A greeting alone is answered in kind, once; whatever asks for something is a question."""

import pytest

from responder_service.drafting.conversation import Conversation, Draft, HandOff, HandOffReason, Line, Profile, Role
from responder_service.drafting.greetings import greet

ENGLISH = "Hello! How can we help you?"
SPANISH = "¡Hola! ¿En qué podemos ayudarle?"
FRENCH = "Bonjour ! Comment pouvons-nous vous aider ?"
GERMAN = "Guten Tag! Wie können wir Ihnen helfen?"


def _conversation(*lines: Line, languages: tuple[str, ...] = ()) -> Conversation:
    return Conversation("o", "w", "t", lines, Profile(languages=languages))


def _said(*texts: str, languages: tuple[str, ...] = ()) -> Conversation:
    return _conversation(*(Line(Role.CUSTOMER, text) for text in texts), languages=languages)


def _answer(conversation: Conversation) -> str | None:
    result = greet(conversation)
    return result.text if isinstance(result, Draft) else None


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        *(
            (text, ENGLISH)
            for text in ("Hi", "hello there", "hello?", "HEY!!", "heyyy", "Hiiii", "Hi there :)", "hi 👋")
        ),
        *((text, ENGLISH) for text in ("Good morning", "Hello, how are you?", "hi team", "Hey guys", "anyone there?")),
        *((text, ENGLISH) for text in ("hi hi", "Hello again", "Good evening, sir", "whats up", "What's up?")),
        *((text, SPANISH) for text in ("Hola", "¡Hola!", "Buenos días", "Buenas tardes a todos", "hola, ¿qué tal?")),
        *((text, FRENCH) for text in ("Bonjour", "Bonsoir madame", "Salut", "Bonjour, comment allez-vous ?", "Coucou")),
        *(
            (text, GERMAN)
            for text in ("Guten Tag", "guten morgen", "Moin", "Hallöchen", "Grüß Gott", "Servus zusammen")
        ),
    ],
)
def test_a_greeting_is_answered_in_kind(text: str, answer: str) -> None:
    assert _answer(_said(text)) == answer


@pytest.mark.parametrize(
    "text",
    [
        *(
            "hi, where is my order?",
            "hello do you ship to canada",
            "Hola, ¿abren los domingos?",
            "good morning to refund",
        ),
        *("Bonjour, livrez-vous au Canada ?", "hi, stop", "hello my parcel", "Guten Tag, wo ist mein Paket?", "hip"),
        *("thanks", "ok", "yes", "", "👋", "?", "team", "all", "good", "you", "hello world", "high", "hellos"),
    ],
)
def test_what_says_more_or_less_is_no_greeting(text: str) -> None:
    assert greet(_said(text)) is None


def test_several_texts_are_a_greeting_together_if_each_is() -> None:
    assert _answer(_said("Hi", "👋", "anyone there?")) == ENGLISH
    assert greet(_said("Hi", "quick question")) is None


def test_a_greeting_with_a_picture_is_about_the_picture() -> None:
    assert greet(_conversation(Line(Role.CUSTOMER, "hi", media_count=1))) is None


@pytest.mark.parametrize(
    ("text", "languages", "answer"),
    [
        pytest.param("Hallo", (), GERMAN, id="any is spoken"),
        pytest.param("Hallo", ("en", "de"), GERMAN, id="the greeting's own, though second"),
        pytest.param("Hi", ("es",), SPANISH, id="another than the greeting's alone"),
        pytest.param("Bonjour", ("pt", "fr"), FRENCH, id="beside one without an answer"),
        pytest.param("Hi", ("pt",), None, id="none that there is an answer in"),
    ],
)
def test_it_is_answered_in_a_language_that_the_workspace_speaks(
    text: str, languages: tuple[str, ...], answer: str | None
) -> None:
    assert _answer(_said(text, languages=languages)) == answer


def test_a_greeting_is_never_answered_twice_in_a_row() -> None:
    greeted = [Line(Role.CUSTOMER, "Hi"), Line(Role.AI, ENGLISH)]

    again = greet(_conversation(*greeted, Line(Role.CUSTOMER, "hello?")))

    assert again == HandOff(HandOffReason.NOT_A_QUESTION, "a greeting again")


def test_a_greeting_after_something_else_was_answered_is_answered() -> None:
    before = [
        *(Line(Role.CUSTOMER, "Hi"), Line(Role.AI, ENGLISH), Line(Role.CUSTOMER, "Do you ship to Canada?")),
        Line(Role.AI, "Yes."),
    ]

    assert _answer(_conversation(*before, Line(Role.CUSTOMER, "hi again"))) == ENGLISH
