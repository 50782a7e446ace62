"""Who acts, and in which request: read from a call's metadata, passed on with every call made on its behalf."""

import re
import uuid
from contextvars import ContextVar
from dataclasses import dataclass

ACTOR_METADATA = "keva-actor"
REQUEST_ID_METADATA = "x-request-id"
# The organization that whoever asks means: a request that names a workspace alone does not say it.
ORGANIZATION_METADATA = "keva-organization"

_ACTOR_KINDS = frozenset({"agent", "ai", "operator", "service"})
_WELL_FORMED_ID = re.compile(r"[A-Za-z0-9._:@+-]{1,128}\Z")


@dataclass(frozen=True)
class Actor:
    """Who did something: `kind` is customer, agent, ai, operator, service or twilio."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True)
class RequestContext:
    """The acting person or service, and the id that ties the log lines of one request together."""

    actor: Actor
    request_id: str


_current: ContextVar[RequestContext | None] = ContextVar("keva_request_context", default=None)


def parse_actor(text: str) -> Actor | None:
    """`kind:id` as an Actor, or None when it is not well formed or names a kind that callers may not claim."""
    kind, _, actor_id = text.partition(":")
    if kind not in _ACTOR_KINDS or not _WELL_FORMED_ID.match(actor_id):
        return None
    return Actor(kind, actor_id)


def new_request_id() -> str:
    """A fresh request id."""
    return uuid.uuid4().hex


def well_formed_request_id(text: str) -> bool:
    """Whether an id from outside may stand in our logs."""
    return bool(_WELL_FORMED_ID.match(text))


def enter(context: RequestContext) -> None:
    """Makes `context` the current one, for this task and those it starts."""
    _current.set(context)


def current() -> RequestContext | None:
    """The request being served, or None outside of one."""
    return _current.get()


def current_actor() -> Actor:
    """Who acts now. Raises LookupError outside of a request: background work names its own actor."""
    context = _current.get()
    if context is None:
        raise LookupError("no request is being served")
    return context.actor
