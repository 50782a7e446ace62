"""`keva workspaces hours`."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask

from cli.commands.workspaces.options import WorkspaceArgument
from cli.session import Session
from cli.terminal import output
from cli.terminal.choices import parse_duration, parser
from client.failure import unusable
from client.words.business_hours import holiday_from_text, holidays_text, hours_text, spans_from_text
from client.words.times import duration_text
from keva.ticket.v1 import business_hours_pb2, workspace_service_pb2

ZoneOption = Annotated[str | None, typer.Option(metavar="ZONE", help="Whose clock, such as Europe/Berlin")]
OpenOption = Annotated[
    list[Any] | None,
    typer.Option(
        "--open",
        parser=parser(spans_from_text),
        metavar="DAYS TIMES",
        help='When it is open, such as "Mon-Fri 09:00-12:00 13:00-17:30"; repeat it for other days. Replaces those set '
        "before",
    ),
]
HolidayOption = Annotated[
    list[str] | None,
    typer.Option("--holiday", metavar="DAY", help='A holiday more, such as 2026-12-25 or "2026-12-25 Christmas"'),
]
NoHolidaysOption = Annotated[bool, typer.Option("--no-holidays", help="Remove the holidays set before")]
AlwaysOption = Annotated[bool, typer.Option("--always-open", help="Remove the hours, with their holidays")]
TextOption = Annotated[
    str | None,
    typer.Option(
        "--out-of-office", metavar="TEXT", help="What customers are told who text while it is closed; empty: nothing"
    ),
]


def _target(flag: str, help_text: str) -> Any:
    return typer.Option(flag, parser=parse_duration, metavar="1h|off", help=help_text)


FirstOption = Annotated[Duration | None, _target("--first-answer", "Within which open time a first text is answered")]
NextOption = Annotated[Duration | None, _target("--next-answer", "Within which open time a later text is answered")]
MaxOpenOption = Annotated[
    int | None,
    typer.Option(
        "--max-open-tickets",
        metavar="N",
        min=0,
        max=1000,
        help="Deal tickets to agents with fewer open ones; 0: to all",
    ),
]


async def hours(  # noqa: PLR0913, PLR0917 - one per field
    session: Session,
    workspace_id: WorkspaceArgument,
    time_zone: ZoneOption = None,
    opens: OpenOption = None,
    holiday: HolidayOption = None,
    no_holidays: NoHolidaysOption = False,
    always_open: AlwaysOption = False,
    out_of_office: TextOption = None,
    first_answer: FirstOption = None,
    next_answer: NextOption = None,
    max_open: MaxOpenOption = None,
) -> None:
    """Show when a workspace is open, what is said when it is not, until when answers are due, and how many open tickets
    an agent is dealt; or change that. What you leave out stays as it is."""
    workspace = await _workspace(session, workspace_id)
    fields: dict[str, Any] = {
        "out_of_office_text": out_of_office,
        "first_answer_target": first_answer,
        "next_answer_target": next_answer,
        "max_open_tickets": max_open,
    }
    changes = {field: value for field, value in fields.items() if value is not None}
    if always_open and (time_zone or opens or holiday or no_holidays):
        raise unusable("Give --always-open or hours, not both.")
    if time_zone or opens or holiday or no_holidays:
        spans = [span for given in opens for span in given] if opens else list(workspace.business_hours.spans)
        kept = [] if no_holidays else list(workspace.business_hours.holidays)
        changes["business_hours"] = _hours(
            time_zone or workspace.business_hours.time_zone, spans, [*kept, *map(holiday_from_text, holiday or ())]
        )
    paths = [*changes, *(["business_hours"] if always_open else [])]
    if paths:
        workspace = await _change(session, workspace_id, changes, paths)
    _show(session, workspace)


def _hours(
    time_zone: str, spans: Sequence[business_hours_pb2.OpenSpan], holidays: Sequence[business_hours_pb2.Holiday]
) -> business_hours_pb2.BusinessHours:
    if not time_zone or not spans:
        raise unusable("Say whose clock, and when it is open.", "Give --time-zone and --open.")
    by_day = {holiday.date: holiday for holiday in holidays}
    return business_hours_pb2.BusinessHours(time_zone=time_zone, spans=spans, holidays=by_day.values())


async def _workspace(session: Session, workspace_id: str) -> workspace_service_pb2.Workspace:
    request = workspace_service_pb2.GetWorkspaceRequest(
        organization_id=session.organization_id, workspace_id=workspace_id
    )
    return (await session.ask(session.services.workspaces.GetWorkspace, request)).workspace


async def _change(
    session: Session, workspace_id: str, changes: dict[str, Any], paths: Sequence[str]
) -> workspace_service_pb2.Workspace:
    request = workspace_service_pb2.UpdateWorkspaceRequest(
        organization_id=session.organization_id,
        workspace=workspace_service_pb2.Workspace(workspace_id=workspace_id, **changes),
        update_mask=FieldMask(paths=paths),
    )
    return (await session.ask(session.services.workspaces.UpdateWorkspace, request)).workspace


def _show(session: Session, workspace: workspace_service_pb2.Workspace) -> None:
    if session.settings.as_json:
        return output.emit_json(workspace)
    known = workspace.business_hours
    output.say(f"Workspace {workspace.workspace_id}  {workspace.display_name}", style="bold")
    return output.show_fields(
        [
            ("Time zone", known.time_zone),
            ("Open", "; ".join(hours_text(known)) or "always"),
            ("Holidays", holidays_text(known.holidays)),
            ("Out of office", workspace.out_of_office_text or "nothing is said"),
            ("First answer", duration_text(workspace.first_answer_target)),
            ("Next answer", duration_text(workspace.next_answer_target)),
            (
                "Dealt up to",
                f"{workspace.max_open_tickets} open tickets" if workspace.max_open_tickets else "any number",
            ),
        ]
    )
