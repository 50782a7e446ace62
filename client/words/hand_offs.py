"""Why the AI left a ticket to a person, in plain words."""

from dataclasses import dataclass

from client.words.enums import enum_name
from client.words.language import marked, say
from keva.ticket.v1 import hand_off_pb2


@dataclass(frozen=True)
class HandOffWords:
    """A reason in a few words, for a list, and as a clause that completes "the AI handed off: …"."""

    few: str
    clause: str


_WORDS = {
    "NOT_KNOWN": HandOffWords(marked("not known"), marked("the articles do not have the answer, or not for certain")),
    "ASKED_FOR_PERSON": HandOffWords(marked("asked for a person"), marked("the customer asks for a person")),
    "UPSET": HandOffWords(marked("upset"), marked("the customer is upset")),
    "PAYMENT_MATTER": HandOffWords(marked("payment"), marked("it is about the customer's money")),
    "LEGAL_MATTER": HandOffWords(marked("legal"), marked("it is about law or personal data")),
    "SAFETY_MATTER": HandOffWords(marked("safety"), marked("somebody's health or safety may be at stake")),
    "OPTED_OUT": HandOffWords(marked("opted out"), marked("the customer has opted out and must not be texted")),
    "NOT_A_QUESTION": HandOffWords(marked("no question"), marked("nothing was asked that waits for an answer")),
    "WORKSPACE_RULE": HandOffWords(marked("hand-off rule"), marked("one of the workspace's hand-off rules applies")),
    "MODEL_FAILED": HandOffWords(
        marked("model failed"), marked("the model failed, was slow, or could not be understood")
    ),
    "DRAFT_REFUSED": HandOffWords(marked("draft refused"), marked("the AI's draft broke a rule")),
    "RESPONDER_UNAVAILABLE": HandOffWords(marked("no responder"), marked("no responder answered")),
    "TOO_MANY_REPLIES": HandOffWords(
        marked("too many replies"), marked("the AI has answered as often in a row as it may")
    ),
    "CANNOT_REPLY": HandOffWords(
        marked("cannot reply"), marked("the number was removed, or the customer's address takes no texts")
    ),
    "ASKED_FOR_NO_TEXTS": HandOffWords(marked("wants no texts"), marked("the customer asks not to be texted")),
    "AUTOMATED_SENDER": HandOffWords(marked("no person"), marked("a program texts from there, not a person")),
    "AI_OFF": HandOffWords(marked("switched off"), marked("the AI is switched off for this number")),
    "SUGGESTED": HandOffWords(
        marked("suggested"), marked("the AI has an answer, and may only suggest it on this number")
    ),
    "REPLY_LIMIT": HandOffWords(marked("reply limit"), marked("the AI has texted as often as it may for now")),
}


def hand_off_words(reason: int) -> HandOffWords:
    """A reason that only a newer service knows keeps its number."""
    name = enum_name(hand_off_pb2.HandOffReason, reason)
    if name not in _WORDS:
        return HandOffWords(name, say("reason %(name)s", name=name))
    return HandOffWords(say(_WORDS[name].few), say(_WORDS[name].clause))


def few_words_of(name: str) -> str:
    """The same in a few words, by the reason's name, as the audit trail has it; a name that only a newer service knows,
    as it is."""
    return say(_WORDS[name].few) if name in _WORDS else name
