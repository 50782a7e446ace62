"""What Twilio makes of a webhook's answer: nothing, texts to the customer, or an error.

Rule: https://www.twilio.com/docs/messaging/twiml, "Twilio's request to your application".
"""

from xml.etree import ElementTree  # nosec B405

from dev.twilio_simulator.log import Attempt

TWIML_TYPES = frozenset({"text/xml", "application/xml", "text/html"})


class TwimlError(ValueError):
    """The answer is not what Twilio can use; `code` is Twilio's error code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"error {code}")
        self.code = code


def replies_in(answer: Attempt) -> list[str]:
    """The texts that a successful answer makes Twilio send to the customer. Raises TwimlError.

    A plain text is a reply as it stands, which surprises everybody once: "ok" is texted to the customer.
    """
    if answer.status == 204:
        return []
    media_type = (answer.content_type or "").partition(";")[0].strip().lower()
    if media_type == "text/plain":
        return [answer.body] if answer.body.strip() else []
    if media_type not in TWIML_TYPES:
        raise TwimlError(12300)
    return _messages_in(answer.body)


def _messages_in(document: str) -> list[str]:
    try:
        root = ElementTree.fromstring(document)  # noqa: S314 - the answer of our own gateway  # nosec B314
    except ElementTree.ParseError as error:
        raise TwimlError(12100) from error
    if root.tag != "Response":
        raise TwimlError(12200)
    verbs = [verb for verb in root if verb.tag in ("Message", "Sms")]
    return [text for verb in verbs if (text := _text_of(verb))]


def _text_of(verb: ElementTree.Element) -> str:
    body = verb.find("Body")
    return ((verb.text if body is None else body.text) or "").strip()
