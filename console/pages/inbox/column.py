"""The column with the list: what templates/inbox/column.html shows, at the left of the inbox and of each ticket."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any, TypeVar

from aiohttp import web

from client.lists import list_channels
from client.paging import one_page
from console.live.counts import Counts, Whose
from console.pages.inbox.filters import MOST_ROWS, STEP, Filters
from console.pages.inbox.rows import Names, Row, row_of
from console.pages.inbox.views import VIEWS, View, asked_of, view_named
from console.pages.ticket.doing.presets import presets
from console.pages.ticket.opened import zone_of
from console.pages.ticket.staff import Staff, read_staff
from console.parts import PARTS
from console.visit import VISIT, Visit
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit.clock import utc_now

# The parts of the column that are fetched again by themselves.
LIST, COUNTS = "ticket-list", "inbox-views"
_ROOM = "/inbox/"
Value = TypeVar("Value")


async def column(request: web.Request, view: str, selected: int | None = None, only: str = "") -> dict[str, Any]:
    """The values for the template, all under the name `inbox`. `view` is a view's name; what else the address says
    counts as filters. `selected` is the number of the ticket that is open beside it. `only` LIST or COUNTS leaves out
    what the other one shows. Raises Failure."""
    visit, shown = request[VISIT], view_named(view)
    filters = Filters.read(request.query)
    (tickets, next_page), (counts, are_old), (channels, staff), drafts, presence = await asyncio.gather(
        _nothing(([], "")) if only == COUNTS else _listed(visit, shown, filters),
        _nothing(({}, False)) if only == LIST else _counts(request, only),
        _nothing(({}, None)) if only == COUNTS else _names(visit),
        _nothing({}) if only == COUNTS else request.app[PARTS].drafts.of(visit.agent),
        _nothing({}) if only == COUNTS else request.app[PARTS].presence.at(visit.workspace_id),
    )
    names = Names(channels, staff.names if staff else {})
    texts = {ticket_id: draft.text for ticket_id, draft in drafts.items()}
    rows = [
        row_of(ticket, names, visit.agent.agent_id, texts.get(ticket.ticket_id, ""), presence.get(ticket.ticket_id, ()))
        for ticket in tickets
    ]
    values = _values(visit, shown, filters, rows, next_page, selected)
    return {
        "inbox": {
            **values,
            "counts": counts,
            "counts_are_old": are_old,
            "channels": channels,
            "able": staff.able if staff else (),
            "presets": presets(utc_now(), zone_of(request)),
        }
    }


async def _nothing(value: Value) -> Value:
    return value


def _values(
    visit: Visit, view: View, filters: Filters, rows: Sequence[Row], next_page: str, selected: int | None
) -> dict[str, Any]:
    here = _ROOM + view.name
    kept = filters.query()
    beside = visit.url("", view=view.name, **kept)
    return {
        "view": view,
        "views": tuple(VIEWS.values()),
        "filters": filters,
        "rows": rows,
        "selected": selected,
        "path": here,
        "url": visit.url(here, **kept),
        # The list alone does not know which ticket is open beside it, unless its address says so.
        "live_url": visit.url(here, **kept, selected=selected or ""),
        "several_url": visit.url(f"{here}/several", **kept, selected=selected or ""),
        "first_url": visit.url(here, **filters.query(page="")) if filters.page else "",
        "more_url": visit.url(here, **_more(filters, next_page)) if next_page else "",
        "ticket_url": lambda number: f"/t/{number}{beside}",
        "view_url": lambda name: visit.url(_ROOM + name),
    }


def _more(filters: Filters, next_page: str) -> dict[str, str | int]:
    """The same list with more rows; once they are many, the page that follows."""
    if filters.rows < MOST_ROWS:
        return filters.query(rows=filters.rows + STEP)
    return filters.query(rows=STEP, page=next_page)


async def _listed(visit: Visit, view: View, filters: Filters) -> tuple[list[pb.Ticket], str]:
    request = filters.asked_of(view, visit.workspace_id, visit.agent.agent_id)
    rpc = visit.session.services.tickets.ListTickets
    return await one_page(visit.session, rpc, request, lambda page: page.tickets, size=filters.rows, token=filters.page)


async def _counts(request: web.Request, only: str) -> tuple[Counts, bool]:
    """How many tickets each view has, by its name: `12`, or `1000+`; empty for none, which needs no number. And whether
    that may be old. A page that scripts put together asks for the true ones once it is shown, by COUNTS."""
    visit = request[VISIT]
    whose = Whose(visit.session.organization_id, visit.workspace_id, visit.agent.agent_id)
    may_be_old = only != COUNTS and "HX-Request" in request.headers
    return await request.app[PARTS].counts.of(whose, partial(_counted, visit), may_be_old)


async def _counted(visit: Visit) -> Counts:
    views = [asked_of(view, visit.workspace_id, visit.agent.agent_id) for view in VIEWS.values()]
    request = pb.CountTicketsRequest(workspace_id=visit.workspace_id, views=views)
    counted = (await visit.session.ask(visit.session.services.tickets.CountTickets, request)).counts
    return {name: _count_text(count) for name, count in zip(VIEWS, counted, strict=True)}


def _count_text(count: pb.TicketCount) -> str:
    return f"{count.count}+" if count.at_least else str(count.count or "")


async def _names(visit: Visit) -> tuple[dict[str, str], Staff | None]:
    """What people call our numbers, as far as the visitor may enter their workspaces, those of this one first; and the
    people of the workspace."""
    every, staff = await asyncio.gather(visit.once(list_channels), visit.once(read_staff))
    entered = {workspace.workspace_id for workspace in visit.workspaces}
    channels = [channel for channel in every if channel.workspace_id in entered]
    channels.sort(key=lambda channel: channel.workspace_id != visit.workspace_id)
    return {channel.channel_id: channel.display_name or channel.phone_number for channel in channels}, staff
