"""`keva reports show`."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated

import typer

from cli.commands.reports.options import FromOption, ToOption, days, remark
from cli.session import Session
from cli.terminal import output
from client.lists import list_agents, list_channels
from client.words.actors import actor_text
from client.words.hand_offs import hand_off_words
from client.words.times import length_text
from keva.ticket.v1 import actor_pb2
from keva.ticket.v1 import report_service_pb2 as pb


class By(StrEnum):
    """What each row is about."""

    DAY = "day"
    CHANNEL = "channel"
    AGENT = "agent"
    DAY_CHANNEL = "day-channel"
    DAY_AGENT = "day-agent"


_GROUPINGS = {
    By.DAY: pb.REPORT_GROUPING_DAY,
    By.CHANNEL: pb.REPORT_GROUPING_CHANNEL,
    By.AGENT: pb.REPORT_GROUPING_AGENT,
    By.DAY_CHANNEL: pb.REPORT_GROUPING_DAY_AND_CHANNEL,
    By.DAY_AGENT: pb.REPORT_GROUPING_DAY_AND_AGENT,
}
ByOption = Annotated[
    By, typer.Option("--by", metavar="|".join(By), help="What each line is about", case_sensitive=False)
]
_HEADERS = ("In", "Out", "New", "Resolved", "First answer", "Resolution", "AI", "Handed off", "Failed", "Opted out")


async def show(session: Session, from_: FromOption = None, to: ToOption = None, by: ByOption = By.DAY) -> None:
    """Show what happened in the workspace: texts, tickets, how long customers waited, and what the AI did.

    Times are the median and, after the slash, what nine of ten did not exceed, within business hours if there are any.
    By agent, it is what they did: texts sent, first answers given, tickets resolved."""
    first, last = days(from_, to)
    request = pb.GetReportRequest(
        workspace_id=session.workspace_id, from_date=first, to_date=last, grouping=_GROUPINGS[by]
    )
    answer = await session.ask(session.services.reports.GetReport, request)
    if session.settings.as_json:
        return output.emit_json(answer)
    remark(session, answer)
    names = await _names(session, answer.rows)
    rows = [(_name(row, by, names), *_cells(row.figures)) for row in answer.rows]
    total = [("All", *_cells(answer.total))] if len(rows) > 1 and "agent" not in by else []
    output.show_table([by.capitalize(), *_HEADERS], rows + total, "Nothing happened.")
    return _show_reasons(answer.total)


async def _names(session: Session, rows: Sequence[pb.ReportRow]) -> Mapping[str, str]:
    """What people call the channels and agents, by id; not asked for where there are none."""
    names: dict[str, str] = {}
    if any(row.channel_id for row in rows):
        names |= {channel.channel_id: channel.phone_number for channel in await list_channels(session)}
    if any(row.agent.kind == actor_pb2.ACTOR_KIND_AGENT for row in rows):
        names |= {agent.agent_id: agent.display_name for agent in await list_agents(session, show_deactivated=True)}
    return names


def _name(row: pb.ReportRow, by: By, names: Mapping[str, str]) -> str:
    parts = [row.date] if row.date else []
    if "channel" in by:
        parts.append(names.get(row.channel_id, row.channel_id) or "no number")
    if row.HasField("agent"):
        # Earlier versions took any id for an agent's.
        parts.append(names.get(row.agent.id) or actor_text(row.agent))
    return " ".join(parts)


def _cells(figures: pb.ReportFigures) -> Sequence[str]:
    hand_offs, failures = (sum(entry.count for entry in counts) for counts in (figures.hand_offs, figures.failures))
    counts = (figures.texts_in, figures.texts_out, figures.tickets_created, figures.tickets_resolved)
    times = (_times(figures.first_answer), _times(figures.resolution))
    return (*map(str, counts), *times, *map(str, (figures.ai_answers, hand_offs, failures, figures.opt_outs)))


def _times(times: pb.WaitingTimes) -> str:
    return f"{length_text(times.median)} / {length_text(times.p90)}" if times.count else ""


def _show_reasons(total: pb.ReportFigures) -> None:
    if total.hand_offs:
        reasons = ", ".join(f"{hand_off_words(entry.reason).few}: {entry.count}" for entry in total.hand_offs)
        output.say(f"Handed off: {reasons}.")
    if total.failures:
        codes = ", ".join(f"{entry.error_code or 'no code'}: {entry.count}" for entry in total.failures)
        output.say(f"Failed, by Twilio's error code: {codes}.")
