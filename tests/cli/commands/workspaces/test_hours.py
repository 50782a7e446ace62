"""`keva workspaces hours`."""

import json
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration

from keva.ticket.v1 import business_hours_pb2 as hours_pb
from keva.ticket.v1 import workspace_service_pb2 as pb

MONDAY = hours_pb.OpenSpan(weekday=hours_pb.WEEKDAY_MONDAY, opens="09:00", closes="17:00")
HOURS = hours_pb.BusinessHours(
    time_zone="Europe/Berlin", spans=[MONDAY], holidays=[hours_pb.Holiday(date="2026-12-25", name="Christmas")]
)
WORKSPACE = pb.Workspace(
    workspace_id="wsp_1",
    display_name="Support",
    business_hours=HOURS,
    out_of_office_text="Closed.",
    first_answer_target=Duration(seconds=3600),
    max_open_tickets=5,
)


@pytest.fixture(autouse=True)
def prepared(keva: Any) -> None:
    """One workspace, as it stays."""
    keva.ticket_service.answers.update(
        GetWorkspace=pb.GetWorkspaceResponse(workspace=WORKSPACE),
        UpdateWorkspace=pb.UpdateWorkspaceResponse(workspace=WORKSPACE),
    )


async def test_shown(keva: Any) -> None:
    result = await keva("workspaces", "hours", "wsp_1")

    lines = {" ".join(line.split()) for line in result.output.splitlines()}
    assert {"Time zone Europe/Berlin", "Open Mon 09:00-17:00", "Holidays 2026-12-25 Christmas"} <= lines
    assert {"Out of office Closed.", "First answer 1h", "Next answer off", "Dealt up to 5 open tickets"} <= lines
    assert [type(request) for request in keva.ticket_service.requests] == [pb.GetWorkspaceRequest]


async def test_as_json(keva: Any) -> None:
    shown = json.loads((await keva("workspaces", "hours", "wsp_1", "--json")).output)

    assert shown["business_hours"]["spans"] == [{"weekday": "WEEKDAY_MONDAY", "opens": "09:00", "closes": "17:00"}]


@pytest.mark.parametrize(
    ("options", "paths", "workspace"),
    [
        pytest.param(
            ["--open", "Tue 10:00-12:00"],
            ["business_hours"],
            {
                "business_hours": hours_pb.BusinessHours(
                    time_zone="Europe/Berlin",
                    spans=[hours_pb.OpenSpan(weekday=hours_pb.WEEKDAY_TUESDAY, opens="10:00", closes="12:00")],
                    holidays=HOURS.holidays,
                )
            },
            id="other spans",
        ),
        pytest.param(
            ["--time-zone", "UTC", "--holiday", "2026-12-26"],
            ["business_hours"],
            {
                "business_hours": hours_pb.BusinessHours(
                    time_zone="UTC", spans=[MONDAY], holidays=[*HOURS.holidays, hours_pb.Holiday(date="2026-12-26")]
                )
            },
            id="another clock, and a holiday more",
        ),
        pytest.param(
            ["--no-holidays"],
            ["business_hours"],
            {"business_hours": hours_pb.BusinessHours(time_zone="Europe/Berlin", spans=[MONDAY])},
            id="no holidays",
        ),
        pytest.param(["--always-open"], ["business_hours"], {}, id="no hours"),
        pytest.param(["--out-of-office", ""], ["out_of_office_text"], {}, id="nothing is said"),
        pytest.param(
            ["--first-answer", "off", "--next-answer", "30m", "--max-open-tickets", "0"],
            ["first_answer_target", "next_answer_target", "max_open_tickets"],
            {"first_answer_target": Duration(), "next_answer_target": Duration(seconds=1800)},
            id="targets and limit",
        ),
    ],
)
async def test_changed(keva: Any, options: list[str], paths: list[str], workspace: dict[str, Any]) -> None:
    result = await keva("workspaces", "hours", "wsp_1", *options)

    request = keva.ticket_service.last()
    assert (result.status, list(request.update_mask.paths)) == (0, paths)
    assert request.workspace == pb.Workspace(workspace_id="wsp_1", **workspace)


@pytest.mark.parametrize(
    "options",
    [["--open", "sometimes"], ["--always-open", "--time-zone", "UTC"], ["--first-answer", "soon"]],
    ids=["no hours", "both", "no time"],
)
async def test_wrong_usage(keva: Any, options: list[str]) -> None:
    assert (await keva("workspaces", "hours", "wsp_1", *options)).status == 2


async def test_first_hours_need_a_clock_and_spans(keva: Any) -> None:
    keva.ticket_service.answers["GetWorkspace"] = pb.GetWorkspaceResponse(workspace=pb.Workspace(workspace_id="wsp_1"))

    result = await keva("workspaces", "hours", "wsp_1", "--open", "Mon 09:00-17:00")

    assert (result.status, "--time-zone" in result.error) == (2, True)
