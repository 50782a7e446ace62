"""A greeting alone is answered in kind once nothing has followed; thanks and the like wait for nothing; whatever asks
for something is a question."""

import pytest

from responder_service.drafting.conversation import (
    Conversation,
    Draft,
    HandOff,
    HandOffReason,
    Line,
    NoReply,
    NoReplyReason,
    Profile,
    Role,
)
from responder_service.drafting.small_talk import small_talk

ENGLISH = "Hello! How can we help you?"
SPANISH = "¡Hola! ¿En qué podemos ayudarle?"
FRENCH = "Bonjour ! Comment pouvons-nous vous aider ?"
GERMAN = "Guten Tag! Wie können wir Ihnen helfen?"


def _conversation(*lines: Line, languages: tuple[str, ...] = ()) -> Conversation:
    return Conversation("o", "w", "t", lines, Profile(languages=languages), greeting_waited=True)


def _said(*texts: str, languages: tuple[str, ...] = ()) -> Conversation:
    return _conversation(*(Line(Role.CUSTOMER, text) for text in texts), languages=languages)


def _answer(conversation: Conversation) -> str | None:
    result = small_talk(conversation)
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
        *("?", "???", "thanks?", "team", "all", "you", "hello world", "high", "hellos", "ok is it today", "help"),
        *("good morning, is breakfast at 8", "thanks, and the price", "no I mean Sunday", "see you tomorrow at 5 pm"),
        *("thanks but it does not work", "ok when", "perfect, book it", "bis wann", "gracias pero no funciona"),
    ],
)
def test_what_says_more_or_less_is_no_greeting(text: str) -> None:
    assert small_talk(_said(text)) is None


def test_several_texts_are_a_greeting_together_if_each_is() -> None:
    assert _answer(_said("Hi", "👋", "anyone there?")) == ENGLISH
    assert small_talk(_said("Hi", "quick question")) is None


@pytest.mark.parametrize("text", ["hi", "thanks"])
def test_with_a_picture_it_is_about_the_picture(text: str) -> None:
    shown = _conversation(Line(Role.CUSTOMER, text, media_count=1))

    assert small_talk(shown) == HandOff(HandOffReason.NOT_KNOWN, "a picture")


@pytest.mark.parametrize(
    "text",
    [
        *("thanks!", "Thank you so much!!!", "ok great, bye", "👍", "❤️❤️", "🙏", "lol", "hahaha", "looool", "ok", "k"),
        *("got it will do", "Got it, thanks", "have a nice day, bye", "perfect", "sounds good see you tomorrow", "ty!"),
        *("awesome thanks for the quick reply", "okkk thankssss", "no worries", "yes", "good night", "that's all, thx"),
        *("Muchas gracias", "ok gracias, hasta luego", "perfecto, muy amable", "vale", "jajaja", "De nada"),
        *("Merci beaucoup, bonne journée", "d'accord merci", "super, à bientôt", "ok ça marche", "mdr"),
        *("Vielen Dank!", "alles klar, danke", "ok super, bis morgen", "Danke für die schnelle Antwort", "passt"),
        *("Loved “We are open until 6”", 'Liked "See you at six?"', "A aimé « Oui »", "👍👍 thanks", "hi, thanks!"),
    ],
)
def test_what_waits_for_nothing_gets_nothing(text: str) -> None:
    assert small_talk(_said(text)) == NoReply(NoReplyReason.SMALL_TALK)


def test_an_ok_to_a_question_of_ours_is_an_answer() -> None:
    asked = Line(Role.AGENT, "Shall I cancel it?")

    assert small_talk(_conversation(asked, Line(Role.CUSTOMER, "yes"))) is None
    assert small_talk(_conversation(asked, Line(Role.CUSTOMER, "thanks"))) == NoReply(NoReplyReason.SMALL_TALK)


def test_a_greeting_waits_for_its_question() -> None:
    greeted = Conversation("o", "w", "t", (Line(Role.CUSTOMER, "Good morning"),))

    assert small_talk(greeted) == NoReply(NoReplyReason.GREETING)


def test_however_long_it_is_it_is_read_at_once() -> None:
    assert small_talk(_said("thank you " * 400 + "refund")) is None


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

    again = small_talk(_conversation(*greeted, Line(Role.CUSTOMER, "hello?")))

    assert again == NoReply(NoReplyReason.SMALL_TALK)


def test_a_greeting_after_something_else_was_answered_is_answered() -> None:
    before = [
        *(Line(Role.CUSTOMER, "Hi"), Line(Role.AI, ENGLISH), Line(Role.CUSTOMER, "Do you ship to Canada?")),
        Line(Role.AI, "Yes."),
    ]

    assert _answer(_conversation(*before, Line(Role.CUSTOMER, "hi again"))) == ENGLISH
