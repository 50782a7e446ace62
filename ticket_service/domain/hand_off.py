"""Why the AI leaves a ticket to a person."""

from enum import Enum


class HandOffReason(Enum):
    """The reasons; hand_off.proto says what each means."""

    NOT_KNOWN = "NOT_KNOWN"
    ASKED_FOR_PERSON = "ASKED_FOR_PERSON"
    UPSET = "UPSET"
    PAYMENT_MATTER = "PAYMENT_MATTER"
    LEGAL_MATTER = "LEGAL_MATTER"
    SAFETY_MATTER = "SAFETY_MATTER"
    OPTED_OUT = "OPTED_OUT"
    NOT_A_QUESTION = "NOT_A_QUESTION"
    WORKSPACE_RULE = "WORKSPACE_RULE"
    MODEL_FAILED = "MODEL_FAILED"
    DRAFT_REFUSED = "DRAFT_REFUSED"
    RESPONDER_UNAVAILABLE = "RESPONDER_UNAVAILABLE"
    TOO_MANY_REPLIES = "TOO_MANY_REPLIES"
    CANNOT_REPLY = "CANNOT_REPLY"
    ASKED_FOR_NO_TEXTS = "ASKED_FOR_NO_TEXTS"
    AUTOMATED_SENDER = "AUTOMATED_SENDER"
    AI_OFF = "AI_OFF"
    SUGGESTED = "SUGGESTED"
    REPLY_LIMIT = "REPLY_LIMIT"


# The customer must not or should not be texted, or waits for nothing: then no notice says that a person will answer.
WITHOUT_NOTICE = frozenset(
    {
        HandOffReason.OPTED_OUT,
        HandOffReason.NOT_A_QUESTION,
        HandOffReason.CANNOT_REPLY,
        HandOffReason.ASKED_FOR_NO_TEXTS,
        HandOffReason.AUTOMATED_SENDER,
    }
)
