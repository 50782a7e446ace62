"""Twilio's error codes: what kind of failure each is, and what a support agent should know and do about it.

One line says all of a code. Its kind decides, here and in ticket_service, whether the text may go again later, whether
its number or account is stopped, and whether the customer counts as opted out. Source:
https://www.twilio.com/docs/api/errors; the kinds are our judgement of its pages.
"""

from sms_service.domain.provider_errors import Failure, FailureKind
from sms_service.twilio.sending_rate import is_short_code

TEMPORARY = FailureKind.TEMPORARY
RECIPIENT = FailureKind.RECIPIENT
OPTED_OUT = FailureKind.OPTED_OUT
CONTENT = FailureKind.CONTENT
SENDER = FailureKind.SENDER
ACCOUNT = FailureKind.ACCOUNT
PERMISSION = FailureKind.PERMISSION


_TABLE: dict[int, tuple[FailureKind, str]] = {
    # Not now.
    14107: (TEMPORARY, "Too many replies went to this customer in a short time. It is tried again later."),
    20429: (TEMPORARY, "Twilio is receiving too many requests from this account. It is tried again shortly."),
    20500: (
        TEMPORARY,
        "Twilio has a fault of its own. Keva finds out whether the text was sent, and tries again if not.",
    ),
    20503: (TEMPORARY, "Twilio is overloaded. Keva finds out whether the text was sent, and tries again if not."),
    21611: (
        TEMPORARY,
        "Too many texts are waiting to leave this number. It is tried again when the queue is shorter.",
    ),
    21730: (TEMPORARY, "Twilio is under maintenance. It is tried again shortly."),
    30001: (
        TEMPORARY,
        "Too many texts were waiting to leave this number, so this one was dropped. Send it again later.",
    ),
    30017: (TEMPORARY, "The customer's carrier is congested. Send the text again later."),
    30020: (TEMPORARY, "Twilio had a fault of its own while sending. Send the text again."),
    30021: (TEMPORARY, "Twilio had a fault of its own while sending. Send the text again."),
    30022: (
        TEMPORARY,
        "This number sent more texts than its A2P 10DLC registration allows. Send the text again later.",
    ),
    30023: (TEMPORARY, "The daily limit of this number's A2P 10DLC registration is reached. Send the text tomorrow."),
    30027: (TEMPORARY, "The daily limit for T-Mobile customers is reached. Send the text again tomorrow."),
    30036: (TEMPORARY, "The text waited too long and expired. Send it again."),
    30410: (TEMPORARY, "The customer's carrier did not answer in time. Send the text again later."),
    60728: (TEMPORARY, "The account's hourly limit is reached. Send the text again in an hour."),
    63038: (TEMPORARY, "The account's limit of texts in 24 hours is reached. Send the text again tomorrow."),
    30003: (TEMPORARY, "The customer's phone is switched off or out of reach. Send the text again later."),
    30008: (TEMPORARY, "The carrier gave no reason. Send the text once more; if it fails again, call the customer."),
    # The customer's number.
    21211: (RECIPIENT, "The customer's number does not exist. Check the number, or reach the customer another way."),
    21214: (RECIPIENT, "The customer's number cannot be reached. Check the number."),
    21217: (RECIPIENT, "The customer's number does not look like a phone number. Check the number."),
    21612: (RECIPIENT, "Twilio has no route from our number to this customer. Use another of our numbers, or e-mail."),
    21610: (OPTED_OUT, "The customer has opted out of our texts. They get texts again only after they send START."),
    21614: (RECIPIENT, "The customer's number is not a mobile number. Ask them for one that can receive texts."),
    21635: (RECIPIENT, "The customer's number is a landline, which cannot receive texts. Ask for a mobile number."),
    30004: (RECIPIENT, "The customer's carrier blocks this text, or the phone does. Reach the customer another way."),
    30005: (RECIPIENT, "The customer's number is unknown or no longer in use. Check the number."),
    30006: (RECIPIENT, "The customer's number is a landline, or its carrier takes no texts. Ask for a mobile number."),
    30024: (
        RECIPIENT,
        "The customer's carrier does not know our number, or the customer has just changed carriers or takes no texts. "
        "Send the text again later; if that happens with other customers too, ask Twilio's support.",
    ),
    30450: (RECIPIENT, "Twilio blocks texts to this range of numbers as likely fraud. Reach the customer another way."),
    # The text.
    11751: (CONTENT, "The attached media are too large. Send fewer or smaller ones."),
    21602: (CONTENT, "The text was empty. Write something and send it again."),
    21604: (CONTENT, "The text had no recipient. Open the ticket again and reply from there."),
    21617: (CONTENT, "The text is longer than 1,600 characters. Shorten it, or send it in parts."),
    21619: (CONTENT, "The text was empty, and no media came with it. Write something and send it again."),
    21620: (CONTENT, "The attached media could not be used. Check the link to it."),
    21623: (CONTENT, "There are more than ten attached media. Send fewer."),
    30007: (CONTENT, "The carrier's spam filter stopped the text. Reword it without links or sales talk."),
    30019: (CONTENT, "The attached media are too large for the customer's carrier. Send smaller ones."),
    30038: (CONTENT, "The text looked like a one-time password, which the carrier refuses here. Reword it."),
    30039: (CONTENT, "The same text went back and forth too often, so Twilio stopped it as a loop. Check for a robot."),
    # Our number.
    21212: (SENDER, "Our number is not one that Twilio accepts as sender. Check the channel's number."),
    21408: (
        PERMISSION,
        "Texts to the customer's country are switched off. Allow it in Twilio's geographic permissions.",
    ),
    21603: (SENDER, "The text had no sender. Check the channel's number."),
    21606: (SENDER, "Our number cannot send texts from this account. Check the number in the Twilio console."),
    21609: (SENDER, "Twilio cannot use the address for delivery reports. Check KEVA_PUBLIC_URL."),
    21659: (SENDER, "Our number is not a Twilio number. Check the channel's number."),
    21660: (SENDER, "Our number belongs to another Twilio account. Connect that account, or correct the channel."),
    21661: (SENDER, "Our number cannot send texts. Choose one that can, in the Twilio console."),
    21701: (SENDER, "The Twilio messaging service does not exist. Check it in the Twilio console."),
    21702: (SENDER, "The Twilio messaging service cannot be used. Check it in the Twilio console."),
    21703: (SENDER, "The Twilio messaging service has no numbers. Add one in the Twilio console."),
    21704: (SENDER, "The Twilio messaging service has no number for this customer. Add one in the Twilio console."),
    21705: (SENDER, "The Twilio messaging service is not valid. Check it in the Twilio console."),
    30032: (SENDER, "Our toll-free number is not verified. Verify it in the Twilio console."),
    30033: (SENDER, "The A2P 10DLC campaign of our number is suspended. See the campaign in the Twilio console."),
    30034: (SENDER, "Our number is not registered for A2P 10DLC. Register it in the Twilio console."),
    30035: (SENDER, "Our number is being set up for A2P 10DLC or was misconfigured. See it in the Twilio console."),
    30037: (SENDER, "Sending is switched off for our number. See it in the Twilio console."),
    30040: (SENDER, "The carrier has not registered our sender. See the number in the Twilio console."),
    30041: (SENDER, "The carrier refuses our sender's registration. See the number in the Twilio console."),
    30042: (
        SENDER,
        "The carrier does not allow our sender for this kind of text. See the number in the Twilio console.",
    ),
    # Our account.
    20003: (
        ACCOUNT,
        "Twilio refuses the account's Auth Token, or has suspended the account. See its state in the Twilio console; "
        "if the token was changed, connect the account again with the current one.",
    ),
    20005: (ACCOUNT, "The Twilio account is not active. See its state in the Twilio console."),
    20008: (ACCOUNT, "These are Twilio's test credentials. Connect the account with its live Auth Token."),
    20403: (ACCOUNT, "Twilio does not allow this account to do that. See its state in the Twilio console."),
    20404: (ACCOUNT, "Twilio does not know this account. Check the Account SID."),
    21608: (PERMISSION, "A trial account can only text verified numbers. Verify the number, or upgrade the account."),
    30002: (ACCOUNT, "The Twilio account is suspended. See its state in the Twilio console."),
    30044: (PERMISSION, "A trial account cannot send a text this long. Shorten it, or upgrade the account."),
    90010: (ACCOUNT, "The Twilio account is not active. See its state in the Twilio console."),
}

_FAILURES = {code: Failure(code, *row) for code, row in _TABLE.items()}

# A short code texts its own country alone, and these codes do not say whether that was it.
_MAY_BE_ABROAD = frozenset({21606, 21659})
_ABROAD = (
    "Our short code cannot text this customer: it texts customers of its own country alone. Reach the customer another "
    "way; if it fails for others too, see the short code in the Twilio console."
)

_NO_CODE = Failure(
    0,
    CONTENT,
    "Twilio could not deliver the text and gave no reason. Reach the customer another way.",
)


def explain(code: int, from_address: str = "") -> Failure:
    """What `code` means of a text from `from_address`, our number; 0 is a failure without a code.

    An unknown code fails its own message only: Twilio adds codes, and none of them may stop everybody's replies.
    """
    if code == 0:
        return _NO_CODE
    if code in _MAY_BE_ABROAD and is_short_code(from_address):
        return Failure(code, RECIPIENT, _ABROAD)
    unknown = f"Twilio refused the text with error {code}; see https://www.twilio.com/docs/api/errors/{code}."
    return _FAILURES.get(code, Failure(code, CONTENT, unknown))
