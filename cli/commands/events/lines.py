"""Events as they are printed while they happen: a line each, at once."""

import json
import sys
from collections.abc import Sequence

from cli.terminal import output, visible
from client.failure import Failure
from client.words.actors import actor_text
from keva.ticket.v1 import event_service_pb2
from servicekit.audit.chain import ANCHORED


def interrupted(failure: Failure) -> None:
    """Says that the stream goes on."""
    output.remark(f"Interrupted, and goes on where it was: {failure.message}")


def print_json(response: event_service_pb2.WatchEventsResponse) -> None:
    """An object per line. The last one of a response has the token with which everything up to it is dealt with."""
    last = len(response.events) - 1
    for place, event in enumerate(response.events):
        token = response.resume_token if place == last else ""
        line = json.dumps({**output.as_plain(event), "resume_token": token}, ensure_ascii=not _encodes_all())
        print(visible.json_text(line), flush=True)


def print_line(text: str) -> None:
    """A line for people."""
    output.say(text)
    sys.stdout.flush()


def details_text(event: event_service_pb2.Event) -> str:
    """What changed."""
    if event.type == ANCHORED:
        return f"tickets={len(event.details)}"
    return ", ".join(f"{name}={value}" for name, value in sorted(event.details.items()))


def columns(event: event_service_pb2.Event) -> Sequence[str]:
    """When, who, what, to what, and details."""
    when = output.when(event, "event_time")
    return when, actor_text(event.actor), event.type, event.subject_id, details_text(event)


def _encodes_all() -> bool:
    return (sys.stdout.encoding or "").lower().startswith("utf")
