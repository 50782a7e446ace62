"""Writes docs/settings.md from the settings' own names, defaults and descriptions: `make docs`. A test compares."""

from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import Literal, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from dev.process_list import PROCESSES
from servicekit.settings import PREFIX, GrpcSettings, HttpSettings, MongoSettings, ServiceSettings

FILE = Path(__file__).parents[1] / "docs" / "settings.md"

_SHARED: dict[type[ServiceSettings], str] = {
    ServiceSettings: "Every process",
    HttpSettings: "Every public HTTP process",
    GrpcSettings: "Every gRPC service",
    MongoSettings: "Every service with a database",
}
_OPENING = """\
# Settings

`make docs` writes this page from the descriptions in the code: `servicekit/settings.py`, and the `settings.py` of each
process.

A process reads its settings once, at start, from environment variables. It names everything that is wrong or missing at
once, and ends. Any setting can be given as a file instead, with `_FILE` after its name:
`KEVA_MONGODB_URI_FILE=/run/secrets/mongodb`. An empty variable counts as one that is not set. Where an address may be
several, calls go to all of them in turn.

[operations.md](operations.md) says how the processes are run, and [commands.md](commands.md) what the `keva` command
reads from the environment.
"""
_LOCAL_STACK = """\
## On your machine: `make run` and `keva up`

These choose addresses, keys and certificates themselves, and keep their data in `.keva/`. They pass on the variables
named here, and no others:

| variable | effect |
|---|---|
| `KEVA_MONGODB_URI` | uses this replica set; no MongoDB is started |
| `KEVA_TWILIO_API_URL`, `KEVA_TWILIO_MESSAGING_URL` | uses this Twilio; no simulator is started |
| `KEVA_GATEWAY_PORT`, `KEVA_CONSOLE_PORT` | the port of the gateway (8080) and of the console (8070). One that is \
named here and taken, or, with `KEVA_PUBLIC_URL` or `KEVA_TWILIO_API_URL`, any of the two that is taken, keeps Keva \
from starting; else another port is used, which is said |
| `KEVA_RESPONDER_SERVICE` | uses this responder; responder_service is not started |
| `KEVA_KNOWLEDGE_BASE_DIR` | answers from these articles; without it from sample ones, `dev/knowledge_base/` |
| `KEVA_PUBLIC_URL`, `KEVA_TRUSTED_PROXIES`, `KEVA_DEFAULT_REGION`, `KEVA_LOST_KEY_IDS`, `KEVA_LOG_LEVEL`, \
`KEVA_DRAIN_SECONDS`, `KEVA_REFLECTION`, `KEVA_RPC_POLICY_FILE`, `KEVA_RPC_POLICY_OVERLAY_FILE` | as above |
| `KEVA_AI_…`, `KEVA_AUDIT_ANCHOR_SECONDS`, `KEVA_AUDIT_ANCHORS_FILE` | as above, save `KEVA_AI_CONCURRENCY` and \
`KEVA_AI_POLL_SECONDS` |
| `KEVA_BACKFILL_…`, `KEVA_SEND_…`, `KEVA_DELIVERY_CHECK_SECONDS`, `KEVA_MEDIA_MAX_BYTES`, `KEVA_TWILIO_MEDIA_HOSTS`, \
`KEVA_TWILIO_TIMEOUT_SECONDS` | as above |
"""


def render() -> str:
    """The whole page."""
    sections = [section(title, settings, []) for settings, title in _SHARED.items()]
    for process in reversed(PROCESSES):
        settings = process.settings()
        shared = [title for base, title in _SHARED.items() if issubclass(settings, base)]
        sections.append(section(process.name, settings, shared))
    return "\n".join([_OPENING, *sections, _LOCAL_STACK])


def section(title: str, settings: type[ServiceSettings], shared: list[str]) -> str:
    """The part of the page on the settings that this class adds; `shared` are the titles of the parts on the others."""
    links = ", ".join(f"[{name[0].lower()}{name[1:]}](#{name.lower().replace(' ', '-')})" for name in shared)
    lead = [f"Also those of {links}.", ""] if links else []
    rows = [row(name, field) for name, field in _own_fields(settings)]
    heading = title if title in _SHARED.values() else f"`{title}`"
    return "\n".join([f"## {heading}", "", *lead, "| variable | default | meaning |", "|---|---|---|", *rows, ""])


def _own_fields(settings: type[ServiceSettings]) -> Iterator[tuple[str, FieldInfo]]:
    """Those that it does not share with other processes."""
    inherited = {
        name for base in _SHARED if base is not settings and issubclass(settings, base) for name in base.model_fields
    }
    return ((name, field) for name, field in settings.model_fields.items() if name not in inherited)


def row(name: str, field: FieldInfo) -> str:
    """A line of a table. Raises ValueError for a setting without a description."""
    if not field.description:
        raise ValueError(f"{PREFIX}{name.upper()} has no description")
    meaning = field.description + (f" ({limits})" if (limits := _limits(field)) else "")
    return f"| `{PREFIX}{name.upper()}` | {_default(field)} | {meaning} |"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.default
    if isinstance(value, SecretStr) or value in (None, ""):
        return "none"
    if isinstance(value, Enum | bool):
        return f"`{value.value if isinstance(value, Enum) else str(value).lower()}`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def _limits(field: FieldInfo) -> str:
    """What values it takes: its choices, or its range."""
    if isinstance(field.annotation, type) and issubclass(field.annotation, Enum):
        return _choices([choice.value for choice in field.annotation])
    if get_origin(field.annotation) is Literal:
        return _choices(get_args(field.annotation))
    lowest, highest = (_limit(field, name) for name in ("ge", "le"))
    if highest is None:
        return ""
    return f"up to {highest}" if lowest is None else f"{lowest} to {highest}"


def _limit(field: FieldInfo, name: str) -> int | float | None:
    return next((value for limit in field.metadata if (value := getattr(limit, name, None)) is not None), None)


def _choices(choices: Iterable[str]) -> str:
    return ", ".join(f"`{choice}`" for choice in choices)


def main() -> None:
    """Writes the page."""
    FILE.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main()
