"""Who asks in plain words not to be texted, in each of the languages that the AI may be asked in."""

import pytest

from responder_service.language.vocabulary import LANGUAGES
from ticket_service.domain.texts.plain_words import PlainWords, Wording
from ticket_service.words.lists import PHRASES

WISHES = {
    "en": [
        "STOP!",
        "Stop.",
        "stop\u200e",
        "\u200fSTOP",
        "Stop!!!",
        "stop stop stop",
        "please stop",
        "STOP PLEASE",
        "Stop now",
        "Please stop texting me",
        "pls stop txt",
        "Stop messaging me please!",
        "Don’t text me again",
        "do not contact me",
        "Take me off your list",
        "take me off this list please",
        "unsubscribe me",
        "How do I unsubscribe?",
        "Unsubscribe.",
        "Wrong number",
        "wrong number!",
        "Sorry, wrong number",
        "You have the wrong number",
        "I think you have the wrong person",
        "opt out",
        "OPT-OUT",
        "Remove my number",
        "remove me from your list",
        "Leave me alone",
        "No more texts",
        "not interested",
        "I never signed up for this",
        "Who is this? You have the wrong number.",
        "Hi, quit texting me",
        "I don't want any more texts",
        "Delete my number please",
        "cancel.",
        "END!",
        "S.T.O.P.",
        "ｓｔｏｐ",
        "Stop\nplease",
    ],
    "es": [
        "No me escriban más",
        "Dejen de escribirme",
        "número equivocado",
        "Por favor, bórrenme de su lista",
        "ALTO",
        "No quiero más mensajes",
        "Tiene el número equivocado, gracias",
    ],
    "fr": [
        "Arrêtez de m’écrire",
        "arretez de m'envoyer des sms",
        "Désabonnez-moi",
        "Mauvais numéro",
        "Ne me contactez plus svp",
        "ARRÊT",
    ],
    "de": [
        "Bitte schreiben Sie mir nicht mehr",
        "Hören Sie auf, mir zu schreiben",
        "falsche Nummer",
        "Nehmen Sie mich von der Liste",
        "Keine SMS mehr bitte",
        "Stopp!",
        "Sie haben die falsche Nummer",
    ],
    "pt": ["Pare de me mandar mensagens", "número errado", "Não quero mais receber mensagens", "me tire da lista"],
    "it": ["Smettetela di scrivermi", "numero sbagliato", "Non voglio più messaggi", "Cancellatemi dalla lista"],
    "nl": ["Stuur me geen berichten meer", "verkeerd nummer", "Haal me van de lijst", "Laat me met rust"],
    "da": ["Stop med at skrive til mig", "forkert nummer", "Fjern mig fra listen"],
    "no": ["Slutt å sende meg meldinger", "feil nummer", "Meld meg av"],
    "sv": ["Sluta skicka sms", "fel nummer", "Ta bort mig från listan"],
    "fi": ["Lopettakaa viestien lähettäminen", "väärä numero", "Poistakaa numeroni"],
    "pl": ["Proszę do mnie nie pisać", "zły numer", "Usuńcie mnie z listy", "pomyłka"],
    "cs": ["Přestaňte mi psát", "špatné číslo", "Nechci žádné SMS"],
    "hu": ["Ne írjanak nekem többet", "rossz szám", "Nem kérek több üzenetet"],
    "ro": ["Nu îmi mai scrieți", "număr greșit", "Nu mai vreau mesaje"],
    "tr": ["Bana mesaj atmayın", "yanlış numara", "Numaramı silin"],
    "vi": ["Đừng nhắn tin cho tôi nữa", "nhầm số", "Ngừng gửi tin nhắn"],
    "el": ["Σταματήστε να μου στέλνετε μηνύματα", "λάθος αριθμός", "Δεν θέλω άλλα μηνύματα"],
    "ru": ["Не пишите мне больше", "вы ошиблись номером", "Отпишите меня", "СТОП"],
    "uk": ["Не пишіть мені більше", "ви помилилися номером", "Видаліть мій номер"],
    "ar": ["لا تراسلوني", "رقم خاطئ", "توقفوا عن إرسال الرسائل"],
    "he": ["תפסיקו לשלוח לי הודעות", "מספר לא נכון", "הסירו אותי מהרשימה"],
    "hi": ["मुझे मैसेज मत भेजो", "गलत नंबर", "mujhe message mat bhejo"],
    "ja": ["メッセージを送らないでください", "番号違いです", "やめてください"],
    "ko": ["문자 그만 보내세요", "번호가 틀렸어요", "문자 보내지 마세요", "수신거부"],
    "th": ["หยุดส่งข้อความ", "ผิดเบอร์ครับ", "อย่าส่งข้อความมาอีก"],
    "zh": ["请不要再发短信给我", "退订", "你打错了", "请停止"],
}
ORDINARY = [
    "We must STOP this delivery",
    "Please stop the delivery to my old address",
    "Can I stop by tomorrow?",
    "Where is the bus stop?",
    "I gave you the wrong number for the delivery",
    "I got the wrong number of plates",
    "You have the wrong number of mugs in my order",
    "My order number is wrong",
    "Can I cancel my order?",
    "Please cancel my order",
    "I want to cancel my subscription",
    "When does the class end?",
    "Don't stop texting me updates",
    "Can you text me when it ships?",
    "Please text me back",
    "Why did you stop texting me?",
    "Did you stop sending texts?",
    "I'm not interested in the blue one, do you have green?",
    "Remove the mug from my order",
    "Take 5% off the list price",
    "Is it 10% off your list price?",
    "take me off the waitlist please",
    "no",
    "No thanks",
    "Yes please",
    "ok",
    "thank you",
    "please",
    "now",
    "I think so",
    "Delete the second item please",
    "It doesn't stop leaking",
    "The kiln won't stop beeping!",
    "Mi pedido no ha llegado",
    "¿Pueden parar la entrega?",
    "Quiero cancelar mi pedido",
    "Ya no más tazas azules, por favor",
    "Je veux annuler ma commande",
    "Où est l'arrêt de bus ?",
    "Ich habe die falsche Nummer angegeben",
    "Bitte die Lieferung stoppen",
    "Wann ist Schluss am Samstag?",
    "mă interesează cana albastră",
    "mă interesează",
    "Я указал не тот номер",
    "Заказ не тот, вы ошиблись",
    "订单号码错了",
    "我地址打错了",
    "注文番号が間違っています",
    "สินค้าผิดคน",
    "",
    "👍",
    "?",
    "\u200e",
]


@pytest.mark.parametrize(
    "text", [pytest.param(text, id=f"{language}: {text!r}") for language, texts in WISHES.items() for text in texts]
)
def test_wish_for_no_texts(text: str) -> None:
    assert PHRASES.no_texts.are_in(text)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text(text: str) -> None:
    assert not PHRASES.no_texts.are_in(text)


def test_every_language_that_the_ai_may_be_asked_in_has_its_words() -> None:
    assert set(WISHES) == set(LANGUAGES.common)


def test_words_beside_a_phrase_are_those_of_its_own_language() -> None:
    words = PlainWords([Wording(alone=["nu interesat"]), Wording(alone=["hou op"], fillers=["nu"])])

    assert words.are_in("Nu, hou op!")
    assert not words.are_in("interesat")


def test_phrase_counts_where_nothing_covers_it() -> None:
    words = PlainWords([Wording(within=["stop texting"], unless=["dont stop"])])

    assert words.are_in("Stop texting.")
    assert not words.are_in("Don't stop texting")
    assert words.are_in("Don't stop texting Ann, but stop texting me")
