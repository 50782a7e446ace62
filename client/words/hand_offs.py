"""Why the AI left a ticket to a person, in plain words."""

from dataclasses import dataclass

from client.words.enums import enum_name
from keva.ticket.v1 import hand_off_pb2


@dataclass(frozen=True)
class HandOffWords:
    """A reason in a few words, for a list, and as a clause that completes "the AI handed off: …"."""

    few: str
    clause: str


_WORDS = {
    "NOT_KNOWN": HandOffWords("not known", "the articles do not have the answer, or not for certain"),
    "ASKED_FOR_PERSON": HandOffWords("asked for a person", "the customer asks for a person"),
    "UPSET": HandOffWords("upset", "the customer is upset"),
    "PAYMENT_MATTER": HandOffWords("payment", "it is about the customer's money"),
    "LEGAL_MATTER": HandOffWords("legal", "it is about law or personal data"),
    "SAFETY_MATTER": HandOffWords("safety", "somebody's health or safety may be at stake"),
    "OPTED_OUT": HandOffWords("opted out", "the customer has opted out and must not be texted"),
    "NOT_A_QUESTION": HandOffWords("no question", "nothing was asked that waits for an answer"),
    "WORKSPACE_RULE": HandOffWords("hand-off rule", "one of the workspace's hand-off rules applies"),
    "MODEL_FAILED": HandOffWords("model failed", "the model failed, was slow, or could not be understood"),
    "DRAFT_REFUSED": HandOffWords("draft refused", "the AI's draft broke a rule"),
    "RESPONDER_UNAVAILABLE": HandOffWords("no responder", "no responder answered"),
    "TOO_MANY_REPLIES": HandOffWords("too many replies", "the AI has answered as often in a row as it may"),
    "CANNOT_REPLY": HandOffWords("cannot reply", "the number was removed, or the customer's address takes no texts"),
    "ASKED_FOR_NO_TEXTS": HandOffWords("wants no texts", "the customer asks not to be texted"),
    "AUTOMATED_SENDER": HandOffWords("no person", "a program texts from there, not a person"),
    "AI_OFF": HandOffWords("switched off", "the AI is switched off for this number"),
    "SUGGESTED": HandOffWords("suggested", "the AI has an answer, and may only suggest it on this number"),
    "REPLY_LIMIT": HandOffWords("reply limit", "the AI has texted as often as it may for now"),
}


def hand_off_words(reason: int) -> HandOffWords:
    """A reason that only a newer service knows keeps its number."""
    name = enum_name(hand_off_pb2.HandOffReason, reason)
    return _WORDS.get(name, HandOffWords(name, f"reason {name}"))


def few_words_of(name: str) -> str:
    """The same in a few words, by the reason's name, as the audit trail has it; a name that only a newer service knows,
    as it is."""
    return _WORDS[name].few if name in _WORDS else name
