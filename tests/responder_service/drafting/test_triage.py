"""What goes to a person whatever the articles say, and what must not."""

import pytest

from responder_service.drafting.conversation import Conversation, HandOffReason, Line, Profile, Role
from responder_service.drafting.triage import triage

UPSET = HandOffReason.UPSET
PERSON = HandOffReason.ASKED_FOR_PERSON
PAYMENT = HandOffReason.PAYMENT_MATTER
LEGAL = HandOffReason.LEGAL_MATTER
SAFETY = HandOffReason.SAFETY_MATTER
RULE = HandOffReason.WORKSPACE_RULE


def reason(*texts: str, profile: Profile | None = None, opted_out: bool = False) -> HandOffReason | None:
    """Why a person must take over when a customer writes the texts, one after the other."""
    lines = tuple(Line(Role.CUSTOMER, text) for text in texts)
    found = triage(Conversation("o", "w", "t", lines, profile or Profile(), opted_out))
    return found.reason if found else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Can I speak to a human?", PERSON, id="human"),
        pytest.param("let me talk to someone please", PERSON, id="someone"),
        pytest.param("agent", PERSON, id="one word"),
        pytest.param("I'd like to speak with a manager", PERSON, id="manager"),
        pytest.param("can someone call me back", PERSON, id="callback"),
        pytest.param("Am I talking to a robot?", PERSON, id="robot"),
        pytest.param("quiero hablar con una persona", PERSON, id="Spanish person"),
        pytest.param("¿Me pueden llamar?", PERSON, id="Spanish call"),
        pytest.param("Je voudrais parler à quelqu'un", PERSON, id="French person"),
        pytest.param("Pouvez-vous m'appeler ?", PERSON, id="French call"),
        pytest.param("Ich möchte mit einem Menschen sprechen", PERSON, id="German person"),
        pytest.param("Bitte rufen Sie mich zurück", PERSON, id="German call"),
        pytest.param("this is the worst service ever", UPSET, id="worst"),
        pytest.param("Unacceptable.", UPSET, id="unacceptable"),
        pytest.param("what the f*** is going on", UPSET, id="stars"),
        pytest.param("where is my sofa 😡", UPSET, id="angry face"),
        pytest.param("WHERE THE HELL IS MY TABLE", UPSET, id="capitals"),
        pytest.param("where is it!!!", UPSET, id="marks"),
        pytest.param("I will never order from you again", UPSET, id="leaves"),
        pytest.param("This is the third time I ask", UPSET, id="third time"),
        pytest.param("Es una vergüenza", UPSET, id="Spanish"),
        pytest.param("C'est une honte", UPSET, id="French"),
        pytest.param("Eine Frechheit ist das", UPSET, id="German"),
        pytest.param("You charged me twice", PAYMENT, id="twice"),
        pytest.param("my refund has not arrived", PAYMENT, id="refund missing"),
        pytest.param("I never got my money back", PAYMENT, id="money back"),
        pytest.param("here: 4242 4242 4242 4242 12/28", PAYMENT, id="card number"),
        pytest.param("I'll do a chargeback", PAYMENT, id="chargeback"),
        pytest.param("the invoice is wrong", PAYMENT, id="invoice"),
        pytest.param("me cobraron dos veces", PAYMENT, id="Spanish twice"),
        pytest.param("j'ai été débité deux fois", PAYMENT, id="French twice"),
        pytest.param("Es wurde doppelt abgebucht", PAYMENT, id="German twice"),
        pytest.param("you'll hear from my lawyer", LEGAL, id="lawyer"),
        pytest.param("I am going to sue you", LEGAL, id="sue"),
        pytest.param("delete all my data", LEGAL, id="data"),
        pytest.param("I'll call the police", LEGAL, id="police"),
        pytest.param("Voy a demandarlos", LEGAL, id="Spanish sue"),
        pytest.param("supprimez mes données", LEGAL, id="French data"),
        pytest.param("Ich gehe zum Anwalt", LEGAL, id="German lawyer"),
        pytest.param("the shelf fell on my foot and it is bleeding", SAFETY, id="bleeding"),
        pytest.param("I had an allergic reaction", SAFETY, id="allergic"),
        pytest.param("the lamp caught fire", SAFETY, id="fire"),
        pytest.param("there's smoke coming out of it", SAFETY, id="smoke"),
        pytest.param("my son swallowed a screw", SAFETY, id="swallowed"),
        pytest.param("i want to die", SAFETY, id="self-harm"),
        pytest.param("Mi hija se tragó un tornillo", SAFETY, id="Spanish swallowed"),
        pytest.param("Ma fille s'est blessée", SAFETY, id="French injured"),
        pytest.param("Die Lampe hat Feuer gefangen", SAFETY, id="German fire"),
        pytest.param("it burned my hand, I'll sue you, and I want to talk to a human", SAFETY, id="danger comes first"),
    ],
)
def test_goes_to_a_person(text: str, expected: HandOffReason) -> None:
    assert reason(text) is expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("how do I return my chair", id="return"),
        pytest.param("is the wood safe for children?", id="safe for children"),
        pytest.param("Is the glaze poisonous or toxic?", id="poisonous"),
        pytest.param("is it dangerous to put the pot on gas?", id="dangerous, asked"),
        pytest.param("is the fabric fire resistant?", id="fire resistant"),
        pytest.param("is the toy a choking hazard?", id="hazard, asked"),
        pytest.param("can you deliver to a hospital?", id="hospital"),
        pytest.param("can you cut my rug to size?", id="cut to size"),
        pytest.param("food got burnt in my pot, how do I clean it?", id="burnt food"),
        pytest.param("the bowl arrived in shards", id="shards"),
        pytest.param("what is your refund policy?", id="refund policy"),
        pytest.param("how long do refunds take?", id="refund time"),
        pytest.param("can I pay by card?", id="pay by card"),
        pytest.param("do you accept bank transfers?", id="bank transfer"),
        pytest.param("will I be charged for return shipping?", id="charged for, asked"),
        pytest.param("is there a charge for gift wrapping", id="a charge"),
        pytest.param("can I get an invoice for my company?", id="invoice, asked"),
        pytest.param("Hi, this is Sue. Are you open on Sunday?", id="a name"),
        pytest.param("is there a food court nearby?", id="food court"),
        pytest.param("Je cherche un tapis court", id="French short"),
        pytest.param("Bless you! When do you open?", id="bless you"),
        pytest.param("I've never ordered before, how does it work?", id="never ordered before"),
        pytest.param("last time I ordered shipping was free, is it still?", id="last time"),
        pytest.param("do you have a worst-case delivery time?", id="worst case"),
        pytest.param("how do I contact customer service?", id="contact"),
        pytest.param("can I call you?", id="customer calls"),
        pytest.param("¿Tienen una mesa para una persona?", id="Spanish for one person"),
        pytest.param("Perdone la molestia, ¿a qué hora abren?", id="Spanish courtesy"),
        pytest.param("Est-ce que quelqu'un peut me dire vos horaires ?", id="French courtesy"),
        pytest.param("Ist der Topf für Gerichte im Ofen geeignet?", id="German dishes"),
        pytest.param("my order number is 1234567890123456", id="no card number"),
        pytest.param("0000000000000000", id="zeros"),
        pytest.param("I LOVE THE NEW BOWLS!!! when will they be back?", id="glad"),
        pytest.param("ok?", id="a question after all"),
        pytest.param("Do you ship to Canada?", id="plain question"),
    ],
)
def test_may_be_answered(text: str) -> None:
    assert reason(text) is None


def test_an_opted_out_customer_is_left_alone_whatever_is_asked() -> None:
    assert reason("Do you ship to Canada?", opted_out=True) is HandOffReason.OPTED_OUT


def test_any_of_several_texts_counts() -> None:
    assert reason("Do you ship to Canada?", "and my refund never came", "thanks") is PAYMENT


def test_texts_that_were_answered_do_not_count() -> None:
    lines = (
        Line(Role.CUSTOMER, "you charged me twice"),
        Line(Role.AGENT, "We have refunded it."),
        Line(Role.CUSTOMER, "Do you ship to Canada?"),
    )

    assert triage(Conversation("o", "w", "t", lines)) is None


@pytest.mark.parametrize(
    ("rule", "text", "applies"),
    [
        pytest.param("wholesale", "Do you do WHOLESALE?", True, id="case"),
        pytest.param("café", "is the cafe open?", True, id="accents"),
        pytest.param("wedding list", "for my wedding-list", True, id="phrase"),
        pytest.param("art", "when does the party start", False, id="part of a word"),
        pytest.param("批发", "你们做批发吗", True, id="no spaces"),
        pytest.param("  ", "anything", False, id="blank rule"),
    ],
)
def test_workspace_rule(rule: str, text: str, applies: bool) -> None:
    found = reason(text, profile=Profile(hand_off_rules=(rule,)))

    assert found is (RULE if applies else None)
