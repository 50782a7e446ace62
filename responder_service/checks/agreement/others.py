"""Whether a sentence answers for those beyond a limit: "later than that it costs €10", to somebody who is later."""

from responder_service.checks.agreement.units import units
from responder_service.checks.claim import Claim
from responder_service.checks.figures import figures
from responder_service.checks.wording import content, goes_beyond, halves, share


def answers_for_others(claim: Claim) -> bool:
    """Whether the sentence says what a part of its quote says of what is beyond the limit in another part."""
    for unit in units(claim.around):
        if not goes_beyond(unit):
            continue
        prices = [figure for figure in figures(unit) if figure.is_price]
        told = any(figure.is_same(other) for figure in prices for other in figures(claim.text))
        halved = halves(unit) and halves(claim.text)
        if told or halved or (not claim.translates and share(content(unit), content(claim.text)) >= _MOST):
            return True
    return False


_MOST = 0.6
