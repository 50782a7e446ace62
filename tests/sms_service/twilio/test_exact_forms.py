"""A captured webhook, cut into other names and values under the same signature, is refused, or says what it said."""

import random
from collections.abc import Iterator

import pytest

from dev.twilio_simulator.signature import sign
from sms_service.domain.message import InboundMessage
from sms_service.domain.webhook import Webhook, WebhookRefused
from sms_service.twilio.exact_forms import require_exact_forms
from sms_service.twilio.inbound import read_message

SID, OTHER_SID = "SM" + "0a" * 16, "SM" + "0b" * 16
ACCOUNT, OTHER_ACCOUNT = "AC" + "0c" * 16, "AC" + "0d" * 16
URL = "https://sms.example.com/api/webhooks/twilio"
Parameters = list[tuple[str, str]]
TEXT = {
    "AccountSid": ACCOUNT,
    "ApiVersion": "2010-04-01",
    "Body": "hello, my order has not come",
    "From": "+12065550123",
    "FromCity": "SEATTLE",
    "FromCountry": "US",
    "FromState": "WA",
    "FromZip": "98101",
    "MessageSid": SID,
    "NumMedia": "0",
    "NumSegments": "1",
    "SmsMessageSid": SID,
    "SmsSid": SID,
    "SmsStatus": "received",
    "To": "+12065550100",
    "ToCity": "",
    "ToCountry": "US",
    "ToState": "WA",
    "ToZip": "",
}
PICTURES = {
    **{name: value.replace("SM", "MM") if "Sid" in name else value for name, value in TEXT.items()},
    "Body": "",
    "NumMedia": "2",
    "MediaUrl0": "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1",
    "MediaContentType0": "image/jpeg",
    "MediaUrl1": "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME2",
    "MediaContentType1": "text/vcard",
}
CHANNEL = {
    **TEXT,
    "From": "whatsapp:+12065550123",
    "ProfileName": "Dana & Co.",
    "WaId": "12065550123",
    "ChannelMetadata": '{"type":"whatsapp","data":{"context":{"MessageSid":"SM"}}}',
    "OriginalRepliedMessageSid": OTHER_SID,
    "OriginalRepliedMessageSender": "whatsapp:+12065550100",
    "ReferralNumMedia": "0",
    "ButtonText": "Yes, please",
    "AFutureParameter": "of Twilio's",
}
FALLBACK = {**TEXT, "ErrorCode": "11200", "ErrorUrl": URL, "MessagingServiceSid": "MG" + "0e" * 16}


def refused(parameters: Parameters) -> str:
    """The parameter at fault; empty when there is none."""
    try:
        require_exact_forms(tuple(parameters))
    except WebhookRefused as refusal:
        return f"{refusal.field}" if refusal.reason == "FIELD_INVALID" else refusal.reason
    return ""


def changed(**values: str) -> Parameters:
    """A text with other values."""
    return list({**TEXT, **values}.items())


@pytest.mark.parametrize(
    "genuine", [TEXT, PICTURES, CHANNEL, FALLBACK], ids=["text", "pictures", "channel", "fallback"]
)
def test_what_twilio_sends_is_taken(genuine: dict[str, str]) -> None:
    assert refused(list(genuine.items())) == ""
    # Whatever its order, and repeated.
    assert refused([*reversed(genuine.items()), *genuine.items()]) == ""


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("NumMedia0 MessageSid SmsStatus", id="Twilio's words"),
        pytest.param(f"what is MessageSid{OTHER_SID}?", id="another message"),
        pytest.param(f"AccountSid{OTHER_ACCOUNT}", id="another account"),
        pytest.param("FromCityToZipMediaUrl0https://example.com", id="names run together"),
        pytest.param("\x00\r\n&=+%00 é 👋 \u202e", id="anything"),
    ],
)
def test_people_may_write_what_they_like(text: str) -> None:
    assert refused(changed(Body=text)) == ""


@pytest.mark.parametrize("name", ["MessageSid", "SmsSid", "SmsMessageSid"])
@pytest.mark.parametrize(
    "sid",
    [
        SID + "NumMedia0",
        SID[:-1],
        SID + "0",
        SID + "\n",
        " " + SID,
        SID.lower(),
        "SM" + "g" * 32,
        "SM" + "٣" * 32,
        "XX" + "0" * 32,
        ACCOUNT,
    ],
)
def test_a_message_is_named_exactly(name: str, sid: str) -> None:
    assert refused(changed(**{name: sid})) == name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MessageSid", OTHER_SID),
        ("SmsSid", OTHER_SID),
        ("SmsMessageSid", OTHER_SID),
        ("NumMedia", "0NumSegments1"),
        ("NumMedia", "-1"),
        ("NumMedia", "1e9"),
        ("NumMedia", "٣"),
        ("NumSegments", "1SmsMessageSid" + SID),
        ("ApiVersion", "2010-04-01Bodyhello"),
        ("MessagingServiceSid", "MG1"),
        ("SmsStatus", "receivedTo+12065550100"),
        ("MessageStatus", "delivered1"),
        ("OptOutType", "STOPTo+12065550100"),
        ("ErrorCode", "30003From+12065550123"),
        ("From", "+12065550123FromCitySEATTLE"),
        ("From", "+12065550123MessageSid" + SID),
        ("To", "+12065550100ToCity"),
        ("FromZip", "98101MessageSid" + SID),
        ("ToZip", "SmsSid"),
        ("ChannelMetadata", "no JSON"),
        ("AddOns", "{}ApiVersion2010-04-01Bodyhello"),
        ("ProfileName", "MessageSid" + OTHER_SID),
    ],
)
def test_what_decides_has_one_form(name: str, value: str) -> None:
    assert refused(changed(**{name: value})) != ""


@pytest.mark.parametrize(
    "name",
    [
        "",
        "0",
        "a b",
        "Body hello",
        "NumMedia0",
        "MessageSid" + SID,
        "FromCitySEATTLE",
        "SmsStatusreceived",
        "AccountSid" + ACCOUNT,
        "x" * 65,
        "é",
        "MediaUrl0https",
    ],
)
def test_names_are_names(name: str) -> None:
    assert refused([*TEXT.items(), (name, "")]) == name or name == ""
    assert refused([(name, "x"), *TEXT.items()]) == name or name == ""


def test_a_name_that_is_empty_is_none() -> None:
    with pytest.raises(WebhookRefused):
        require_exact_forms((("", "x"), *TEXT.items()))


@pytest.mark.parametrize("name", ["AccountSid", "MessageSid", "From", "To", "Body", "NumMedia"])
def test_what_decides_comes_once(name: str) -> None:
    assert refused([*TEXT.items(), (name, PICTURES[name] + "1")]) == name


@pytest.mark.parametrize("name", ["Bodyhello", "Bodyh"])
def test_a_text_is_not_the_end_of_its_own_name(name: str) -> None:
    without = [(known, value) for known, value in TEXT.items() if known != "Body"]

    assert refused(without) == ""
    assert refused([*without, (name, "")]) == name


def signed(parameters: Parameters) -> str:
    """What is signed of them."""
    return "".join(name + value for name, value in sorted(set(parameters)))


def regroupings(genuine: Parameters, dice: random.Random, count: int) -> Iterator[Parameters]:
    """Other names and values that are signed alike: borders are moved, taken away and made."""
    text = signed(genuine)
    borders: list[int] = []
    for name, value in sorted(set(genuine)):
        end = borders[-1] if borders else 0
        borders += [end + len(name), end + len(name) + len(value)]
    capitals = [at for at, letter in enumerate(text) if letter.isupper()]
    while count:
        cut = list(borders)
        for _ in range(dice.choice((1, 1, 2, 3, 4))):
            what = dice.randrange(4)
            at = dice.randrange(len(cut) - 1)
            if what == 0:
                del cut[at : at + 2]
            elif what == 1:
                cut[at] = max(cut[at] + dice.choice((-3, -1, 1, 2, 8, 34)), 0)
            elif what == 2:
                cut += sorted(dice.sample(capitals, 2))
            else:
                cut += [dice.choice(capitals), dice.randrange(len(text))]
        cut = sorted(cut)
        if len(cut) % 2 or not cut or cut[-1] > len(text):
            continue
        cut[-1] = len(text)
        begins = [0, *cut[:-1]]
        names = [text[begin:end] for begin, end in zip(begins[::2], cut[::2], strict=True)]
        # Most are in another order than they would be signed in: no need to put them together.
        if names != sorted(names):
            continue
        values = [text[begin:end] for begin, end in zip(begins[1::2], cut[1::2], strict=True)]
        regrouped = list(zip(names, values, strict=True))
        if regrouped != genuine and signed(regrouped) == text:
            count -= 1
            yield regrouped


def identity(message: InboundMessage) -> tuple[object, ...]:
    """What a text is known by, whose it is, and where it goes."""
    return message.account_sid, message.message_sid, message.customer_address, message.channel_address, message.media


# What a sender writes who can capture the webhook of the own text afterwards, and wants it to be another's.
MALICE = {
    "another message": f"hiMessageSid{OTHER_SID}NumMedia0Zz",
    "another sender": f"hiFrom+12065559999MessageSid{OTHER_SID}"
    f"SmsMessageSid{OTHER_SID}SmsSid{OTHER_SID}To+12065550100Zz",
    "another sender of the same message": "hiFrom+12065559999Gg",
    "another account": f"AccountSid{OTHER_ACCOUNT}Bodyhello",
    "another number": f"hiFrom+12065559999MessageSid{OTHER_SID}NumMedia0To+12065557777Zz",
}


@pytest.mark.parametrize("body", [TEXT["Body"], *MALICE.values()], ids=["plain", *MALICE])
@pytest.mark.parametrize("without", ["nothing", "places"])
@pytest.mark.parametrize("seed", range(2))
def test_no_regrouping_of_a_captured_webhook_is_another_message(body: str, without: str, seed: int) -> None:
    left_out = ("City", "Country", "State", "Zip") if without == "places" else ()
    values = {name: value for name, value in TEXT.items() if not name.endswith(left_out)} if left_out else TEXT
    genuine = sorted({**values, "Body": body}.items())
    original = read_message(Webhook(URL, "", tuple(genuine)), "US")
    signature = sign(URL, genuine, "token")
    taken = 0

    for regrouped in regroupings(genuine, random.Random(seed), 3000):
        assert sign(URL, regrouped, "token") == signature
        try:
            require_exact_forms(tuple(regrouped))
            message = read_message(Webhook(URL, "", tuple(regrouped)), "US")
        except WebhookRefused:
            continue
        taken += 1
        assert identity(message) == identity(original), regrouped
    # Else nothing was tried: a text may be cut short at some words, and the place of the sender is not one of them.
    assert taken or (without == "places" and body in MALICE.values())


@pytest.mark.parametrize(
    ("sender", "gone", "pieces"),
    [
        pytest.param(
            TEXT["From"], {"FromCity"}, {"Body": TEXT["Body"] + "From+12065550123", "From": "CitySEATTLE"}, id="a place"
        ),
        pytest.param(
            TEXT["From"],
            {"FromCity", "FromCountry"},
            {"Body": TEXT["Body"] + "From+12065550123FromCitySEATTLE", "From": "CountryUS"},
            id="another place",
        ),
        pytest.param(
            "whatsapp:+12065550123",
            {"FromCity"},
            {"F": "romwhatsapp:+12065550123", "From": "CitySEATTLE"},
            id="a scheme",
        ),
        pytest.param(TEXT["From"], {"FromCity"}, {"FromCi": "tySEATTLE"}, id="a name and its value"),
    ],
)
def test_a_sender_is_not_cut_out_of_what_stands_around_it(sender: str, gone: set[str], pieces: dict[str, str]) -> None:
    genuine = {**TEXT, "From": sender}
    forged = {**{name: value for name, value in genuine.items() if name not in gone}, **pieces}
    assert signed(list(forged.items())) == signed(list(genuine.items()))

    assert refused(list(genuine.items())) == ""
    assert refused(list(forged.items()))


@pytest.mark.parametrize(
    ("sender", "text"),
    [
        pytest.param("whatsapp:+12065550123", "hiFrom+12065559999FromA", id="a scheme"),
        pytest.param("12345", "hiFrom+12065559999FromA", id="a short code"),
        pytest.param("Uber", "hiFrom+12065559999FromA", id="a name"),
    ],
)
def test_a_sender_without_a_number_writes_no_webhook_of_another_one(sender: str, text: str) -> None:
    genuine = {**TEXT, "Body": text, "From": sender}
    forged = {**genuine, "Body": "hi", "From": "+12065559999", "FromA": f"From{sender}"}
    assert signed(list(forged.items())) == signed(list(genuine.items()))

    assert refused(list(genuine.items())) == ""
    assert refused(list(forged.items()))


@pytest.mark.parametrize("sender", ["CityBank", "StateFarm", "Country Store", "ZipCar"])
def test_a_sender_may_be_called_like_the_end_of_a_name(sender: str) -> None:
    assert refused(list({**TEXT, "From": sender}.items())) == ""


@pytest.mark.parametrize(
    ("name", "pieces"),
    [
        ("OptOutType", {"OptOutTypeSTART": ""}),
        ("OptOutType", {"OptOutTypeS": "TART"}),
        ("OptOutType", {"O": "ptOutTypeSTART"}),
        ("ErrorCode", {"ErrorCode3": "0007"}),
        ("ErrorCode", {"ErrorCode30007": ""}),
    ],
)
def test_what_else_a_webhook_says_is_not_cut_out_of_its_name(name: str, pieces: dict[str, str]) -> None:
    value = {"OptOutType": "START", "ErrorCode": "30007"}[name]
    assert signed([(name, value)]) == signed(list(pieces.items()))

    assert refused([*TEXT.items(), (name, value)]) == ""
    assert refused([*TEXT.items(), *pieces.items()])


def test_a_status_does_not_take_the_beginning_of_the_next_name() -> None:
    report = {"AccountSid": ACCOUNT, "MessageSid": SID, "MessageStatus": "delivered", "SmsSid": SID, "To": "+1206555"}
    cut = {**report, "MessageStatus": "deliveredSms", "SidSM0a0a": SID[6:]}
    del cut["SmsSid"]
    assert signed(list(cut.items())) == signed(list(report.items()))

    assert refused(list(report.items())) == ""
    assert refused(list(cut.items())) == "MessageStatus"


def test_the_regroupings_that_were_found_by_hand() -> None:
    """Each has the signature of the captured webhook."""
    text = MALICE["another sender"]
    genuine = sorted({**TEXT, "Body": text}.items())
    hidden = signed([pair for pair in genuine if pair[0] > "Body"])
    forged = [
        ("AccountSid", ACCOUNT),
        ("ApiVersion", "2010-04-01"),
        ("Body", "hi"),
        ("From", "+12065559999"),
        ("MessageSid", OTHER_SID),
        ("SmsMessageSid", OTHER_SID),
        ("SmsSid", OTHER_SID),
        ("To", "+12065550100"),
        ("Zz", hidden),
    ]
    assert signed(forged) == signed(genuine)

    assert refused(forged) == "Zz"
    merged = [(name, value) for name, value in TEXT.items() if name != "NumMedia"]
    merged = [(name, value + "NumMedia0" if name == "MessageSid" else value) for name, value in merged]
    assert signed(merged) == signed(list(TEXT.items()))
    assert refused(merged) == "MessageSid"
