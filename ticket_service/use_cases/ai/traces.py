"""What the audit trail keeps of drafting: never a text."""

from collections.abc import Sequence

from servicekit.limits import HAND_OFF_DETAIL_CHARACTERS
from ticket_service.domain.ai.kept_suggestions import Article, KeptSuggestions
from ticket_service.domain.ai_turn import Draft, Drafted, NoReply


def of_drafted(drafted: Drafted) -> dict[str, str]:
    """The articles of a draft, or why there is none, and what it took."""
    return {**_of_result(drafted), **cost(drafted)}


def of_suggestions(suggestions: KeptSuggestions | None) -> dict[str, str]:
    """The articles that people are offered."""
    replies = suggestions.replies if suggestions else ()
    articles = _named([article for reply in replies for article in reply.articles])
    return {"suggested": articles} if articles else {}


def cost(drafted: Drafted) -> dict[str, str]:
    """What it took; what is not known is left out."""
    verifier = drafted.verifier
    numbers = {
        "milliseconds": drafted.milliseconds,
        "input_tokens": drafted.input_tokens,
        "output_tokens": drafted.output_tokens,
        "verifier_milliseconds": verifier.milliseconds,
        "verifier_input_tokens": verifier.input_tokens,
        "verifier_output_tokens": verifier.output_tokens,
    }
    names = {"mode": drafted.mode, "model": drafted.model, "verifier_model": verifier.model}
    return {name: str(value) for name, value in (names | numbers).items() if value}


def _of_result(drafted: Drafted) -> dict[str, str]:
    result = drafted.result
    if isinstance(result, Draft):
        articles = _named(result.articles)
        return {"articles": articles} if articles else {}
    if isinstance(result, NoReply):
        return {"reason": result.reason.value}
    return {"reason": result.reason.value, **({"detail": result.detail} if result.detail else {})}


def _named(articles: Sequence[Article]) -> str:
    return ", ".join(str(article)[:HAND_OFF_DETAIL_CHARACTERS] for article in articles)
