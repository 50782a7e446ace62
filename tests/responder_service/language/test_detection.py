"""Which language a text is in, also when it is three words long."""

import pytest

from responder_service.language import detection
from responder_service.language.detection import detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        pytest.param("do you ship to Canada?", "en", id="English"),
        pytest.param("how do i return", "en", id="English, short"),
        pytest.param("opening hours?", "en", id="English without grammar"),
        pytest.param("Do you ship to Mexico City?", "en", id="English with a Spanish name"),
        pytest.param("yo what time u open sunday", "en", id="English slang"),
        pytest.param("¿Hacen envíos a México?", "es", id="Spanish"),
        pytest.param("haceis envios a mexico", "es", id="Spanish without accents"),
        pytest.param("gracias", "es", id="Spanish, one word"),
        pytest.param("horario", "es", id="Spanish, a word of shops"),
        pytest.param("Livrez-vous au Canada ?", "fr", id="French"),
        pytest.param("Quels sont vos horaires", "fr", id="French, short"),
        pytest.param("C'est combien la livraison ?", "fr", id="French with an apostrophe"),
        pytest.param("Wie lange dauert der Versand?", "de", id="German"),
        pytest.param("Öffnungszeiten?", "de", id="German, one word"),
        pytest.param("Como posso devolver um produto que comprei?", "pt", id="Portuguese is not Spanish"),
        pytest.param("Fazem entregas para o Brasil?", "", id="Portuguese, as short as it could be Spanish"),
        pytest.param("Quando siete aperti la domenica?", "it", id="Italian"),
        pytest.param("Hoe lang duurt het verzenden naar België?", "nl", id="Dutch"),
        pytest.param("Czy wysyłacie paczki do Kanady?", "pl", id="Polish"),
        pytest.param("Когда вы открыты в воскресенье?", "ru", id="Russian"),
        pytest.param("Коли ви відчинені у неділю? Дякую", "uk", id="Ukrainian"),
        pytest.param("هل تشحنون إلى مصر", "ar", id="Arabic"),
        pytest.param("营业时间", "zh", id="Chinese, four letters"),
        pytest.param("你们可以寄到加拿大吗？", "zh", id="Chinese"),
        pytest.param("何時に開きますか", "ja", id="Japanese"),
        pytest.param("배송 되나요", "ko", id="Korean"),
        pytest.param("เปิดกี่โมง", "th", id="Thai"),
        pytest.param("Πότε ανοίγετε", "el", id="Greek"),
        pytest.param("מתי אתם פתוחים", "he", id="Hebrew"),
        pytest.param("Do you have 寿司 plates in stock?", "en", id="a few foreign letters"),
        pytest.param("ok", "", id="ok"),
        pytest.param("Maria Lopez", "", id="a name"),
        pytest.param("4411", "", id="a number"),
        pytest.param("👍👍", "", id="emoji"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_detect(text: str, language: str) -> None:
    assert detect(text) == language


def test_languages_of_the_profile_are_among_the_candidates() -> None:
    text = "Quan obriu la botiga els diumenges al matí? Moltes gràcies pel vostre ajut"

    assert detect(text, ["ca"]) == "ca"


def test_the_model_is_read_before_a_text_needs_it() -> None:
    detection._identifier.cache_clear()

    detection.load()
    read = detection._identifier.cache_info().misses
    detect("Dobry wieczor panstwu zycze")

    assert (read, detection._identifier.cache_info().misses) == (1, 1)
