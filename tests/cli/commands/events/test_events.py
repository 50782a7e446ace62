"""Events at the terminal: live, through whatever interrupts them, and listed."""

import asyncio
import json
import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from keva.ticket.v1 import actor_pb2, event_service_pb2, message_pb2, ticket_service_pb2
from servicekit import errors
from tests.cli.conftest import Keva
from tests.client.peer import Peer
from tests.keva_command import keva_command

NOON = Timestamp(seconds=1_769_860_800)
GONE = errors.InvalidArgument("RESUME_TOKEN_INVALID", "resume_token was not given for this organization")
ENDS = errors.Unavailable("REPLICA_DRAINING", "this replica ends")
EXPIRED = errors.FailedPrecondition("RESUME_TOKEN_EXPIRED", "too old", start_time="2026-01-31T11:55:00Z")


def event(sequence: int, kind: str = "note.added", **fields: Any) -> event_service_pb2.Event:
    """Dana did something on a ticket at noon."""
    values = {
        "event_id": f"aud_{sequence}",
        "type": kind,
        "organization_id": "default",
        "workspace_id": "default",
        "ticket_id": "tkt_1",
        "sequence": sequence,
        "event_time": NOON,
        "actor": actor_pb2.Actor(kind=actor_pb2.ACTOR_KIND_AGENT, id="dana"),
        "subject_id": f"msg_{sequence}",
        **fields,
    }
    return event_service_pb2.Event(**values)


def response(token: str, *events: event_service_pb2.Event) -> event_service_pb2.WatchEventsResponse:
    """One of a stream."""
    return event_service_pb2.WatchEventsResponse(events=events, resume_token=token)


def plays(peer: Peer, *streams: list[Any]) -> None:
    """The streams that the peer answers with, one after the other; then it refuses."""
    following: Iterator[list[Any]] = iter([*streams, [GONE]])
    peer.answers["WatchEvents"] = lambda _: next(following)


async def test_watching_goes_on_where_it_was_whatever_interrupts_it(keva: Keva, ticket_service: Peer) -> None:
    plays(
        ticket_service,
        [response("t1"), response("t2", event(1), event(2, details={"state": "OPEN"})), ENDS],
        [response("t3", event(3)), EXPIRED],
        [response("t4", event(4)), ENDS],
    )

    ended = await keva("events", "watch", "--json", "--types", "note.added,ticket.closed", "--types", "ticket.created")

    lines = [json.loads(line) for line in ended.output.splitlines()]
    assert [(line["event_id"], line["sequence"], line["resume_token"]) for line in lines] == [
        *(("aud_1", 1, ""), ("aud_2", 2, "t2"), ("aud_3", 3, "t3"), ("aud_4", 4, "t4")),
    ]
    assert lines[1]["details"] == {"state": "OPEN"}
    asked = ticket_service.requests
    assert [request.resume_token for request in asked] == ["", "t2", "", "t4"]
    assert [request.start_time.ToJsonString() for request in asked if request.HasField("start_time")] == [
        "2026-01-31T11:55:00Z"
    ]
    assert {tuple(request.types) for request in asked} == {("note.added", "ticket.closed", "ticket.created")}
    assert ended.error.count("Interrupted, and goes on where it was") == 3
    assert (ended.status, "RESUME_TOKEN_INVALID" in ended.error) == (2, True)


async def test_a_file_keeps_the_place(keva: Keva, ticket_service: Peer) -> None:
    plays(ticket_service, [response("t1"), response("t2", event(1)), GONE])
    first = await keva("events", "watch", "--from-token", "./place", "--since", "36h", "--in-workspace")
    plays(ticket_service, [response("t3"), GONE])
    second = await keva("events", "watch", "--from-token", "./place", "--since", "36h")

    assert (first.status, second.status) == (2, 2)
    one, other = ticket_service.requests
    assert (one.resume_token, one.HasField("start_time"), one.workspace_id) == ("", True, "default")
    assert (other.resume_token, other.HasField("start_time"), other.workspace_id) == ("t2", False, "")
    assert (keva.folder / "place").read_text() == "t3\n"


async def test_a_token_may_be_given_as_it_is(keva: Keva, ticket_service: Peer) -> None:
    plays(ticket_service, [response("t1"), GONE])

    await keva("events", "watch", "--from-token", "abc_-1", "--with-ticket", "--with-message")

    request = ticket_service.last()
    assert (request.resume_token, request.include_ticket, request.include_message) == ("abc_-1", True, True)
    assert sorted(path.name for path in keva.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        pytest.param(["--since", "yesterday"], 2, "write a time such as", id="no time"),
        pytest.param(["--from-token", "./"], 1, "cannot be read", id="a folder"),
        pytest.param(["--from-token", "no/such/folder"], 1, "cannot be written", id="no folder"),
    ],
)
async def test_what_cannot_be_begun_says_why(
    keva: Keva, ticket_service: Peer, words: list[str], status: int, said: str
) -> None:
    plays(ticket_service, [response("t1"), GONE])

    ended = await keva("events", "watch", *words)

    assert (ended.status, said in ended.error) == (status, True), ended.error


async def test_a_service_that_is_not_there_is_said_at_once(keva: Keva, ticket_service: Peer) -> None:
    await ticket_service.stop()

    ended = await keva("events", "watch")

    assert (ended.status, "does not answer" in ended.error) == (4, True)


async def test_people_get_a_line_per_event(keva: Keva, ticket_service: Peer) -> None:
    plays(ticket_service, [response("t1", event(1, details={"to": "agent:dana"})), GONE])

    ended = await keva("events", "watch")

    assert ended.output == "2026-01-31 12:00Z  agent:dana  note.added  msg_1  to=agent:dana\n"


async def test_watching_tickets_shows_what_was_said_and_nothing_twice(keva: Keva, ticket_service: Peer) -> None:
    ticket = ticket_service_pb2.Ticket(ticket_id="tkt_1", number=12)

    def said(sequence: int, kind: str, text: str = "", **fields: Any) -> event_service_pb2.Event:
        return event(sequence, kind, ticket=ticket, message=message_pb2.Message(text=text), **fields)

    texts = (said(3, "message.received", "hello\n\x1b[2Jthere"), said(4, "ticket.state_changed"))
    closed = said(5, "ticket.closed", details={"state": "CLOSED"})
    no_ticket = event(9, "channel.created", ticket_id="")
    plays(ticket_service, [response("t1", *texts), ENDS], [response("t2", *texts, closed, no_ticket), GONE])

    ended = await keva("tickets", "watch")

    lines = ended.output.splitlines()
    assert [line.split("  ")[1:4] for line in lines] == [
        ["#12", "agent:dana", "message.received"],
        ["#12", "agent:dana", "ticket.closed"],
    ]
    assert "hello" in lines[0]
    assert "\x1b" not in ended.output
    request = ticket_service.last()
    assert (request.workspace_id, request.include_ticket, request.include_message) == ("default", True, True)


async def test_events_are_listed_from_a_time_or_a_token_on(keva: Keva, ticket_service: Peer) -> None:
    pages = iter([
        event_service_pb2.ListEventsResponse(events=[event(1)], resume_token="t1", more=True),
        event_service_pb2.ListEventsResponse(events=[event(2)], resume_token="t2"),
    ] * 2)  # fmt: skip
    ticket_service.answers["ListEvents"] = lambda _: next(pages)

    listed = await keva("events", "list", "--json", "--from-token", "./place")
    shown = await keva("events", "list", "--all", "--from-token", "./place")

    found = json.loads(listed.output)
    assert [one["sequence"] for one in found["events"]] == [1, 2]
    assert (found["resume_token"], found["more"]) == ("t2", False)
    asked = ticket_service.requests
    assert [request.resume_token for request in asked] == ["", "t1", "t2", "t1"]
    assert [request.page_size for request in asked] == [50, 49, 200, 200]
    assert asked[0].HasField("start_time")
    assert shown.output.count("note.added") == 2
    assert "--from-token t2" in shown.error


async def test_ctrl_c_ends_it_without_a_word(keva: Keva, ticket_service: Peer) -> None:
    ticket_service.answers["WatchEvents"] = lambda _: [response("t1", event(1))]
    process = await asyncio.create_subprocess_exec(
        *keva_command("events", "watch"),
        cwd=keva.folder,
        env={**os.environ, **keva.whole_environment()},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(90):
        assert b"note.added" in await process.stdout.readline()
        process.send_signal(signal.SIGINT)
        output, error = await process.communicate()

    assert (process.returncode, output, error) == (130, b"", b"")
