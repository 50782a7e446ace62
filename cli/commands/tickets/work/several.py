"""One change of one ticket or of several: what many commands share."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any

import typer

from cli.commands.tickets.changes import show_change
from cli.hints.failures import hint, sentence
from cli.session import Session
from cli.terminal import output
from client.failure import Failure, FailureKind, refused
from client.selection import find_ticket_id
from keva.ticket.v1 import error_reason_pb2, ticket_service_pb2
from servicekit.limits import ITEMS_PER_CALL

TicketsArgument = Annotated[
    list[str], typer.Argument(metavar="TICKET…", help="Its number (12) or id (tkt_…); several to change them all")
]
# Numbers are looked up one by one; this many at a time.
_QUESTIONS_AT_ONCE = 16


async def change_tickets(
    session: Session,
    named: Sequence[str],
    one: Callable[[str], Awaitable[ticket_service_pb2.Ticket]],
    change: ticket_service_pb2.BatchUpdateTicketsRequest,
    now: Callable[[ticket_service_pb2.Ticket], str],
) -> None:
    """Changes the one ticket that is named, or makes `change` to all of them. `now` completes "Ticket #12 …".
    Raises Failure; where several are named, once all others are changed."""
    if len(named) == 1:
        ticket = await one(await find_ticket_id(session, named[0]))
        return show_change(session, ticket, now(ticket))
    ids = await _ids(session, list(dict.fromkeys(named)))
    changed: dict[str, ticket_service_pb2.TicketOutcome] = {}
    try:
        await _change_several(session, ids, change, changed)
    except (Failure, asyncio.CancelledError):
        if changed:
            _show(session, _outcomes(ids, changed), now)
            output.remark(f"{len(changed)} of {len(ids)} tickets are done; of the others it is not known.")
        raise
    outcomes = _outcomes(ids, changed)
    _show(session, outcomes, now)
    failed = [outcome for outcome in outcomes if outcome.WhichOneof("result") == "failure"]
    if failed:
        raise refused(f"{len(failed)} of {len(outcomes)} tickets were not changed.")
    return None


async def _change_several(
    session: Session,
    ids: Mapping[str, str | Failure],
    change: ticket_service_pb2.BatchUpdateTicketsRequest,
    changed: dict[str, ticket_service_pb2.TicketOutcome],
) -> None:
    """Adds each outcome to `changed`, by ticket id, once it is known. Raises Failure."""
    found = [found for found in ids.values() if isinstance(found, str)]
    for start in range(0, len(found), ITEMS_PER_CALL):
        request = ticket_service_pb2.BatchUpdateTicketsRequest()
        request.CopyFrom(change)
        request.workspace_id = session.workspace_id
        request.ticket_ids.extend(found[start : start + ITEMS_PER_CALL])
        answer = await session.ask(session.services.tickets.BatchUpdateTickets, request)
        changed |= {outcome.ticket_id: outcome for outcome in answer.outcomes}


def _outcomes(
    ids: Mapping[str, str | Failure], changed: Mapping[str, ticket_service_pb2.TicketOutcome]
) -> list[ticket_service_pb2.TicketOutcome]:
    """One per name of which it is known, in order. What is wrong with one of them is printed."""
    known = []
    for name, one in ids.items():
        if isinstance(one, str) and one not in changed:
            continue
        failure, outcome = (one, _failed(one)) if isinstance(one, Failure) else (_failure(changed[one]), changed[one])
        if failure is not None:
            output.complain(f"{name}: {sentence(failure)}", hint(failure))
        known.append(outcome)
    return known


def _show(
    session: Session,
    outcomes: Sequence[ticket_service_pb2.TicketOutcome],
    now: Callable[[ticket_service_pb2.Ticket], str],
) -> None:
    if session.settings.as_json:
        return output.emit_json({"outcomes": [_plain(outcome) for outcome in outcomes]})
    for outcome in outcomes:
        if outcome.WhichOneof("result") == "ticket":
            output.say(f"Ticket #{outcome.ticket.number} {now(outcome.ticket)}.")
    return None


def _plain(outcome: ticket_service_pb2.TicketOutcome) -> dict[str, Any]:
    result = outcome.WhichOneof("result") or "ticket"
    return {"ticket_id": outcome.ticket_id, result: getattr(outcome, result)}


async def _ids(session: Session, named: Sequence[str]) -> dict[str, str | Failure]:
    """The tickets' ids by their names, or why there is none."""
    turn = asyncio.Semaphore(_QUESTIONS_AT_ONCE)

    async def found(name: str) -> str | Failure:
        async with turn:
            try:
                return await find_ticket_id(session, name)
            except Failure as failure:
                if failure.kind not in (FailureKind.NOT_FOUND, FailureKind.UNUSABLE):
                    raise
                return failure

    return dict(zip(named, await asyncio.gather(*map(found, named)), strict=True))


def _failed(failure: Failure) -> ticket_service_pb2.TicketOutcome:
    """What a name that no ticket has comes to."""
    reason = error_reason_pb2.ErrorReason.Value(f"ERROR_REASON_{failure.reason or 'FIELD_INVALID'}")
    return ticket_service_pb2.TicketOutcome(
        failure=ticket_service_pb2.TicketFailure(reason=reason, message=failure.message)
    )


def _failure(outcome: ticket_service_pb2.TicketOutcome) -> Failure | None:
    if outcome.WhichOneof("result") != "failure":
        return None
    failure, reasons = outcome.failure, error_reason_pb2.ErrorReason
    known = failure.reason in reasons.values()
    reason = reasons.Name(failure.reason).removeprefix("ERROR_REASON_") if known else str(failure.reason)
    return Failure(FailureKind.REFUSED, failure.message, reason=reason, metadata=failure.metadata)
