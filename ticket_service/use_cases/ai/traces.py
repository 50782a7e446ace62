"""What the audit trail keeps of drafting: never a text."""

from servicekit.limits import HAND_OFF_DETAIL_CHARACTERS
from ticket_service.domain.ai_turn import Draft, Drafted


def of_drafted(drafted: Drafted) -> dict[str, str]:
    """The articles of a draft, or why there is none, and what it took."""
    return {**_of_result(drafted), **cost(drafted)}


def cost(drafted: Drafted) -> dict[str, str]:
    """What it took; what is not known is left out."""
    numbers = {
        "milliseconds": drafted.milliseconds,
        "input_tokens": drafted.input_tokens,
        "output_tokens": drafted.output_tokens,
    }
    known = {name: str(value) for name, value in numbers.items() if value}
    return {name: value for name, value in (("mode", drafted.mode), ("model", drafted.model)) if value} | known


def _of_result(drafted: Drafted) -> dict[str, str]:
    result = drafted.result
    if isinstance(result, Draft):
        articles = ", ".join(str(article)[:HAND_OFF_DETAIL_CHARACTERS] for article in result.articles)
        return {"articles": articles} if articles else {}
    return {"reason": result.reason.value, **({"detail": result.detail} if result.detail else {})}
