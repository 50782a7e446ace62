"""The bar above the list: what it does to the tickets that are selected, and how that is taken back."""

from collections.abc import Sequence

from aiohttp import web

from client.failure import Failure, unusable
from client.words.language import say
from console.batches.batch import Batch, Step, new_batch_id
from console.pages.inbox.column import column
from console.pages.inbox.filters import MOST_ROWS, Filters, selected_number
from console.pages.inbox.several.changes import Outcome, change_several, done_words, read_several
from console.pages.inbox.several.undoing import steps_back
from console.pages.inbox.views import VIEWS
from console.pages.ticket.doing.presets import until_of
from console.pages.ticket.opened import zone_of
from console.parts import PARTS
from console.rendering import render
from console.toasts import Toast, Undo, see_other
from console.visit import VISIT, Visit
from servicekit.clock import utc_now

_LONGEST_TAG = 50


async def change(request: web.Request) -> web.Response:
    """What the button `do` does to the tickets of the field `ticket`."""
    visit, form = request[VISIT], await request.post()
    if request.match_info["view"] not in VIEWS:
        raise web.HTTPNotFound
    visit.require_work()
    ids = tuple(dict.fromkeys(str(value) for value in form.getall("ticket", ())))
    if not ids:
        return see_other(_back(request), Toast(say("Select tickets first.")))
    if len(ids) > MOST_ROWS:
        raise unusable(
            say("These are more than %(most_rows)s tickets.", most_rows=MOST_ROWS), say("Select fewer of them.")
        )
    step = _step(request, {name: str(form.get(name, "")) for name in form}, ids)
    before = await read_several(visit.session, ids)
    outcomes = await change_several(visit.session, step)
    changed = [before[o.ticket_id] for o in outcomes if o.ticket is not None and o.ticket_id in before]
    undo = await _undo(request, steps_back(step, changed))
    said = done_words(step.change, sum(outcome.ticket is not None for outcome in outcomes), len(ids))
    failed = [outcome for outcome in outcomes if outcome.ticket is None]
    if not failed:
        return see_other(_back(request), Toast(said, undo))
    problems = [(before[o.ticket_id].number if o.ticket_id in before else 0, o.failure) for o in failed]
    return await _with_problems(request, said, problems, undo)


def _step(request: web.Request, fields: dict[str, str], ids: tuple[str, ...]) -> Step:
    do = fields.get("do", "")
    if do == "snooze":
        try:
            until = until_of(fields.get("until", ""), fields.get("time", ""), utc_now(), zone_of(request))
        except ValueError:
            raise unusable(say("This is not a valid time."), say("Go back, and choose until when.")) from None
        return Step(do, until.isoformat() if until else "", ids)
    if do in ("tag", "untag"):
        tag = fields.get("tag", "").strip()
        if not tag or len(tag) > _LONGEST_TAG:
            raise unusable(
                say("A tag has 1 to %(longest_tag)s characters.", longest_tag=_LONGEST_TAG),
                say("Go back, and write the tag."),
            )
        return Step(do, tag, ids)
    return Step(do, fields.get({"assign": "assignee"}.get(do, do), ""), ids)


async def _undo(request: web.Request, steps: Sequence[Step]) -> Undo | None:
    if not steps:
        return None
    visit = request[VISIT]
    batch = Batch(new_batch_id(), visit.agent.agent_id, visit.workspace_id, steps, utc_now())
    await request.app[PARTS].batches.put(batch)
    return Undo(_url(request, "/undo"), {"batch": batch.batch_id})


async def undo(request: web.Request) -> web.Response:
    """Takes a batch of the visitor's own back, once. Raises Failure."""
    visit, form = request[VISIT], await request.post()
    if request.match_info["view"] not in VIEWS:
        raise web.HTTPNotFound
    visit.require_work()
    batch = await request.app[PARTS].batches.take(str(form.get("batch", "")), visit.agent.agent_id, visit.workspace_id)
    if batch is None:
        return see_other(_back(request), Toast(say("That cannot be taken back any more.")))
    try:
        outcomes = [outcome for step in batch.steps for outcome in await change_several(visit.session, step)]
    except Failure:
        # Nobody knows how much of it was done: all of it can be asked for again.
        await request.app[PARTS].batches.put(batch)
        raise
    failed = [outcome for outcome in outcomes if outcome.ticket is None]
    if not failed:
        return see_other(_back(request), Toast(say("Taken back.")))
    return await _with_problems(request, say("Not all of it was taken back."), await _numbered(visit, failed), None)


async def _numbered(visit: Visit, failed: Sequence[Outcome]) -> list[tuple[int, str]]:
    known = await read_several(visit.session, [outcome.ticket_id for outcome in failed])
    return [(known[o.ticket_id].number if o.ticket_id in known else 0, o.failure) for o in failed]


async def _with_problems(
    request: web.Request, said: str, problems: Sequence[tuple[int, str]], undo: Undo | None
) -> web.Response:
    """The list, and above it what failed for which ticket: more than a toast can hold, and it stays."""
    context = await column(request, request.match_info["view"])
    return render(
        request, "inbox/page.html", {**context, "several": {"said": said, "problems": problems, "undo": undo}}
    )


def _url(request: web.Request, below: str = "", **more: str) -> str:
    path = f"/inbox/{request.match_info['view']}{below}"
    return request[VISIT].url(path, **Filters.read(request.query).query(), **more)


def _back(request: web.Request) -> str:
    """Where the form was: the list, or the ticket beside it."""
    number = selected_number(request.query)
    if number is None:
        return _url(request)
    view, kept = request.match_info["view"], Filters.read(request.query).query()
    return request[VISIT].url(f"/t/{number}", view=view, **kept)


ROUTES = (web.post("/inbox/{view}/several", change), web.post("/inbox/{view}/undo", undo))
