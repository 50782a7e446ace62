"""Forms that are wrong, and shown again: what was typed, and what is wrong beside each field."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from aiohttp import web

from client.failure import Failure
from console.failures import is_about_who_asks
from console.visit import Visit

WRONG = 422


@dataclass(frozen=True)
class Form:
    """`values` and `errors` by field. The error of the field `""` is about the form as a whole."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """Of the page that shows it."""
        return WRONG if self.errors else 200


async def typed(request: web.Request, names: Collection[str]) -> dict[str, str]:
    """What the fields of these names hold, without the spaces around it; empty where one is missing."""
    sent = await request.post()
    return {name: str(sent.get(name, "")).strip() for name in names}


def errors_of(visit: Visit, failure: Failure, fields: Collection[str], by_reason: Mapping[str, str]) -> dict[str, str]:
    """Where a form says what a service has refused: beside the field that it names, or that the reason is about.
    Raises the failure when it is about who asks. (Of an administrator it is about an agent whom the form names.)"""
    if is_about_who_asks(failure) and not visit.is_administrator:
        raise failure
    named = failure.metadata.get("field", "").rpartition(".")[2]
    place = named if named in fields else by_reason.get(failure.reason, "")
    return {place: " ".join(filter(None, (failure.message, failure.advice)))}
