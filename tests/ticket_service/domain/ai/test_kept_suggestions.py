"""Which suggestions are kept."""

from ticket_service.domain.ai.kept_suggestions import SuggestedReply, kept


def test_the_first_three_that_say_something_are_kept() -> None:
    replies = [SuggestedReply(text) for text in (" ", "one", "two", "one ", "three", "four")]

    suggestions = kept("msg_1", replies)

    assert suggestions is not None
    assert [reply.text for reply in suggestions.replies] == ["one", "two", "three"]
    assert suggestions.message_id == "msg_1"


def test_nothing_is_kept_of_nothing() -> None:
    assert kept("msg_1", [SuggestedReply("\n")]) is None
