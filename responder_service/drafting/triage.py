"""What goes to a person whatever the articles or a model would say: decided by rules, before anything is drafted."""

import re
from collections.abc import Iterable

from responder_service.drafting.conversation import Conversation, HandOff, HandOffReason
from responder_service.drafting.marks import mark
from responder_service.language.words import split

_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")


def triage(conversation: Conversation) -> HandOff | None:
    """Why a person must take over, or None when a drafter may try."""
    if conversation.opted_out:
        return HandOff(HandOffReason.OPTED_OUT)
    lines = conversation.unanswered
    if reason := mark(lines):
        return HandOff(reason)
    said = " ".join(" ".join(split(line.text)) for line in lines)
    rule = _workspace_rule(said, conversation.profile.hand_off_rules)
    return HandOff(HandOffReason.WORKSPACE_RULE, rule) if rule else None


def _workspace_rule(said: str, rules: Iterable[str]) -> str:
    for rule in rules:
        words = " ".join(split(rule))
        # Scripts without spaces have no whole words to look for.
        found = words in said if _UNSPACED.search(words) else re.search(rf"(?<!\w){re.escape(words)}(?!\w)", said)
        if words and found:
            return rule
    return ""
