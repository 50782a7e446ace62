"""What a form showed when it was opened: only what somebody changes in it is changed, whatever others have changed
meanwhile. The form repeats it in fields `was_…` (`was` in macros.html)."""

from collections.abc import Mapping

from aiohttp import web

_PREFIX = "was_"


async def shown(request: web.Request, known: Mapping[str, str]) -> dict[str, str]:
    """What the form that was sent had shown; `known`, what there is now, where it does not say, or none was sent."""
    sent = await request.post()
    return {name: str(sent.get(f"{_PREFIX}{name}", value)).strip() for name, value in known.items()}


def changed(typed: Mapping[str, str], was: Mapping[str, str]) -> list[str]:
    """The fields that hold something else than was shown."""
    return [name for name, value in was.items() if typed[name] != value]


def as_if_shown(values: Mapping[str, str]) -> dict[str, str]:
    """The fields of a form that showed these values."""
    return {f"{_PREFIX}{name}": value for name, value in values.items()}
