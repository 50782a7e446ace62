"""Model mode: what a model might return, replayed by the model simulator through a running responder. Which of the
right answers go out, and which of the wrong ones."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dev.evaluation.businesses import Business
from dev.evaluation.cases import DraftCase
from dev.evaluation.conversations import by_group
from dev.evaluation.figures import Bound, Row, Share
from dev.evaluation.runner import RunningResponder, customer_asks, request_of
from dev.model_simulator.client import ModelSimulatorClient

_MOST_WRONG_SENT, _LEAST_RIGHT_SENT = 0.02, 0.90


@dataclass(frozen=True)
class Verifier:
    """A stand-in for the second model: it says what is right, and errs in `error_rate` (0 to 1) of the answers, always
    the same ones for a `seed`. None errs by saying yes to everything: then code alone decides."""

    error_rate: float | None
    seed: int = 0

    def verdicts(self, cases: Sequence[DraftCase]) -> Iterator[bool]:
        """What it says of each."""
        chance = random.Random(self.seed)
        for case in cases:
            yield self.error_rate is None or case.right != (chance.random() < self.error_rate)


@dataclass(frozen=True)
class Sent:
    """A case of a business, and whether its answer went out."""

    business: str
    right: bool
    sent: bool


async def replay(
    responder: RunningResponder,
    model: ModelSimulatorClient,
    businesses: Sequence[Business],
    verifier: Verifier,
    progress: Callable[[], None],
) -> list[Sent]:
    """What became of each answer, one after the other: the model says what it is told next."""
    found = []
    cases = [(business, case) for business in businesses for case in business.drafts]
    verdicts = verifier.verdicts([case for _, case in cases])
    for (business, case), verdict in zip(cases, verdicts, strict=True):
        await model.reset()
        await model.replay([sentence.model_dump() for sentence in case.sentences], verdict)
        asked = customer_asks(case.id, case.texts, case.ask_time)
        response = await responder.ask(request_of(asked, business))
        found.append(Sent(business.name, case.right, response.WhichOneof("result") == "draft"))
        progress()
    await model.reset()
    return found


def rows(by_code: Sequence[Sent], with_verifier: Sequence[Sent], error_rate: float) -> list[Row]:
    """What code alone stopped, and what went out behind a verifier."""
    alone, both = "drafts, by code alone", f"drafts, verifier errs in {error_rate:.0%}"
    # Which answers the verifier errs in is chance: so many of those that code lets through are to be expected.
    through = sum(each.sent for each in by_code if not each.right) * error_rate
    expected = f"expected, whatever the seed: {through / max(1, sum(not each.right for each in by_code)):.1%}"
    return [
        _share(alone, "wrong ones stopped", [_stopped(each) for each in by_code if not each.right]),
        _share(alone, "right ones sent", [each for each in by_code if each.right]),
        _share(both, "wrong ones sent", [e for e in with_verifier if not e.right], _MOST_WRONG_SENT, expected),
        _share(both, "right ones sent", [each for each in with_verifier if each.right], _LEAST_RIGHT_SENT),
    ]


def _stopped(each: Sent) -> Sent:
    return Sent(each.business, each.right, not each.sent)


def _share(part: str, measure: str, found: Sequence[Sent], line: float | None = None, detail: str = "") -> Share:
    names = sorted({each.business for each in found})
    of = {name: [each.sent for each in found if each.business == name] for name in names}
    groups = by_group({name: (sum(sent), len(sent)) for name, sent in of.items()})
    bound: Bound = "at most" if line == _MOST_WRONG_SENT else "at least"
    details = "\n".join(filter(None, (detail, groups)))
    return Share(part, measure, sum(each.sent for each in found), len(found), line, bound, details)
