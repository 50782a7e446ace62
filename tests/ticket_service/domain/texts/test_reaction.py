"""Which texts are reactions, and which forms a list of them may have."""

import pytest

from ticket_service.domain.texts.reaction import Reactions
from ticket_service.words.lists import PHRASES

FLAG = "\U0001f1eb\U0001f1f7"


@pytest.mark.parametrize(
    "text",
    [
        *(
            f"{verb} “See you at six”"
            for verb in ("Loved", "Liked", "Disliked", "Laughed at", "Emphasized", "Questioned")
        ),
        *(f"Removed a{kind} from “ok”" for kind in (" heart", " like", " dislike", " laugh", "n exclamation")),
        "Removed a question mark from “ok”",
        "Liked “Your mug,\nwhich broke, is on its way.”",
        'Loved "See you at six"',
        "LIKED “ok”",
        "Liked “He said “no” to me”",
        "Liked “" + "very long " * 150 + "”",
        "Liked “" + "very long " * 10 + "…",
        "Reacted 😂 to “ha”",
        "Reacted 👍🏽 to “ha”",
        f"Reacted {FLAG} to “ha”",
        "👍 to “Your bowl is on its way”",
        "\u200b❤️\u200b to “\u200aYour bowl is on its way\u200a”",
        "❤️ “Your bowl is on its way”",
        "Loved an image",
        "Laughed at a photo",
        "Le encantó “Su pedido está en camino”",
        "Le dio risa “ja”",
        "Le gusto “hola”",
        "Exclamó por “no”",
        "Reaccionó con 😂 a “ja”",
        "Le encantó una imagen",
        "A aimé « À demain »",
        "a attribué la mention « Adore » à « À demain »",
        "a attribué la mention « J’aime » à « ok »",
        "a réagi avec 🔥 à « la photo »",
        "Hat „Bis morgen“ mit „Gefällt mir“ markiert",
        "Lachte über „Bis morgen“",
        "👍 zu „Bis morgen“",
        "Curtiu “até amanhã”",
        "Vindt “tot morgen” leuk",
        "Отреагировал(а) 👍 на «до завтра»",
        "😂 на «до завтра»",
        "「また明日」に「いいね」しました",
    ],
)
def test_reaction(text: str) -> None:
    assert PHRASES.reactions.are(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "👍",
        "❤️❤️",
        "I loved the bowl",
        "Loved it, thanks!",
        "Liked",
        "“See you at six”",
        "Liked “the blue bowl”, do you have it in green?",
        "My friend liked “the blue bowl”",
        'I saw "Blue bowl" in your shop',
        '"Blue bowl"',
        '- "Blue bowl"',
        '2 x "Blue bowl"',
        "Loved an image of a bowl on your site, is it for sale?",
        "He reacted badly to “blue”",
        "Me encanta “la taza azul”",
        "Mir gefällt „Blaue Schale“",
        "“" * 1600,
    ],
)
def test_ordinary_text(text: str) -> None:
    assert not PHRASES.reactions.are(text)


@pytest.mark.parametrize(
    ("form", "why"),
    [
        pytest.param("{quote}", "would fit", id="any quotation"),
        pytest.param("{emoji}", "would fit", id="any emoji"),
        pytest.param(" ", "would fit", id="nothing"),
        pytest.param("liked {qoute}", "{qoute} is not known", id="a misspelt part"),
    ],
)
def test_form_that_cannot_be_used(form: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Reactions([form])
