"""What a draft must not do, whoever wrote it. The last thing that stands between a model and a customer's phone."""

import smsutil

from responder_service.conversation import Conversation, Draft


class Checks:
    """The rules, for drafts of at most `max_segments` SMS segments by a model that was told `instructions`."""

    def __init__(self, max_segments: int, instructions: str) -> None:
        self._max_segments = max_segments
        self._instructions = instructions

    def broken_rule(self, draft: Draft, conversation: Conversation) -> str | None:  # noqa: ARG002
        """The name of the first rule that `draft` breaks; None when it may go."""
        if not draft.text.strip():
            return "empty"
        if len(smsutil.split(draft.text).parts) > self._max_segments:
            return "too long"
        return None
