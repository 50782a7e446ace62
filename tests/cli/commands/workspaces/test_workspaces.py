"""`keva workspaces`."""

import json
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration

from keva.ticket.v1 import ai_profile_pb2
from keva.ticket.v1 import workspace_service_pb2 as pb
from servicekit import errors

PROFILE = ai_profile_pb2.AiProfile(
    business_name="Alder & Finch",
    tone="friendly",
    languages=["en", "es"],
    hand_off_rules=["wholesale", "press"],
    hand_off_notice="A person will answer.",
    max_replies_in_a_row=5,
)
WORKSPACE = pb.Workspace(workspace_id="wsp_1", display_name="Support", ai_profile=PROFILE)


@pytest.fixture(autouse=True)
def prepared(keva: Any) -> None:
    """One workspace, as it stays."""
    keva.ticket_service.answers.update(
        GetWorkspace=pb.GetWorkspaceResponse(workspace=WORKSPACE),
        UpdateWorkspace=pb.UpdateWorkspaceResponse(workspace=WORKSPACE),
    )


async def test_show_says_how_the_ai_speaks(keva: Any) -> None:
    result = await keva("workspaces", "show", "wsp_1")

    assert result.status == 0
    assert keva.ticket_service.last() == pb.GetWorkspaceRequest(organization_id="default", workspace_id="wsp_1")
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert lines[0] == "Workspace wsp_1 Support"
    assert {"Business Alder & Finch", "Languages en, es", "Left to people wholesale, press"} <= set(lines)
    assert {"Hand-off notice A person will answer.", "AI replies at most 5 in a row"} <= set(lines)


async def test_show_as_json_has_every_field(keva: Any) -> None:
    result = await keva("workspaces", "show", "wsp_1", "--json")

    profile = json.loads(result.output)["ai_profile"]
    assert profile["languages"] == ["en", "es"]
    assert profile["business_hours"] == ""


@pytest.mark.parametrize(
    ("options", "path", "value"),
    [
        pytest.param(["--business-name", "Alder & Finch"], "business_name", "Alder & Finch", id="business name"),
        pytest.param(["--tone", "brief"], "tone", "brief", id="tone"),
        pytest.param(["--tone", ""], "tone", "", id="no tone"),
        pytest.param(["--hours", "Mon to Sat"], "business_hours", "Mon to Sat", id="hours"),
        pytest.param(["--language", "en", "--language", "es"], "languages", ["en", "es"], id="languages"),
        pytest.param(["--no-languages"], "languages", [], id="any language"),
        pytest.param(
            ["--hand-off-rule", "press", "--hand-off-rule", "a b"], "hand_off_rules", ["press", "a b"], id="rules"
        ),
        pytest.param(["--no-hand-off-rules"], "hand_off_rules", [], id="no rules"),
        pytest.param(["--hand-off-notice", "Soon."], "hand_off_notice", "Soon.", id="notice"),
        pytest.param(["--hand-off-notice", ""], "hand_off_notice", "", id="no notice"),
        pytest.param(["--max-ai-replies", "2"], "max_replies_in_a_row", 2, id="replies"),
        pytest.param(["--max-ai-replies", "0"], "max_replies_in_a_row", 0, id="replies as by default"),
        pytest.param(["--max-ai-replies-per-day", "7"], "max_replies_per_channel_per_day", 7, id="replies a day"),
        pytest.param(["--max-ai-replies-per-hour", "7"], "max_replies_per_customer_per_hour", 7, id="replies an hour"),
    ],
)
async def test_update_changes_only_what_is_given(keva: Any, options: list[str], path: str, value: Any) -> None:
    result = await keva("workspaces", "update", "wsp_1", *options)

    assert result.status == 0
    request = keva.ticket_service.last()
    assert list(request.update_mask.paths) == [f"ai_profile.{path}"]
    assert request.workspace == pb.Workspace(workspace_id="wsp_1", ai_profile=ai_profile_pb2.AiProfile(**{path: value}))


async def test_update_takes_several_at_once(keva: Any) -> None:
    await keva("workspaces", "update", "wsp_1", "--name", "Sales", "--tone", "brief", "--no-languages")

    paths = list(keva.ticket_service.last().update_mask.paths)
    assert paths == ["display_name", "ai_profile.tone", "ai_profile.languages"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param([], "Nothing to change.", id="nothing"),
        pytest.param(["--language", "en", "--no-languages"], "not both", id="languages twice"),
        pytest.param(["--hand-off-rule", "x", "--no-hand-off-rules"], "not both", id="rules twice"),
    ],
)
async def test_update_that_says_nothing_or_two_things_is_wrong_usage(keva: Any, options: list[str], said: str) -> None:
    result = await keva("workspaces", "update", "wsp_1", *options)

    assert result.status == 2
    assert said in result.error
    assert not keva.ticket_service.requests


async def test_a_wrong_field_of_the_profile_is_named_in_words(keva: Any) -> None:
    keva.ticket_service.answers["UpdateWorkspace"] = errors.InvalidArgument(
        "FIELD_INVALID", "ai_profile.hand_off_rules may be at most 50", field="ai_profile.hand_off_rules"
    )

    result = await keva("workspaces", "update", "wsp_1", "--hand-off-rule", "x")

    assert result.status == 2
    assert result.error.startswith("keva: Hand off rules may be at most 50. (FIELD_INVALID)")


async def test_update_sets_how_long_texts_are_kept(keva: Any) -> None:
    result = await keva("workspaces", "update", "wsp_1", "--retain", "365d")

    request = keva.ticket_service.last()
    assert result.status == 0
    assert list(request.update_mask.paths) == ["retain_for"]
    assert request.workspace.retain_for.seconds == 365 * 86_400


async def test_show_says_how_long_texts_are_kept(keva: Any) -> None:
    kept = pb.Workspace(workspace_id="wsp_1", display_name="Support", retain_for=Duration(seconds=30 * 86_400))
    for_ever = await keva("workspaces", "show", "wsp_1")
    keva.ticket_service.answers["GetWorkspace"] = pb.GetWorkspaceResponse(workspace=kept)
    for_a_month = await keva("workspaces", "show", "wsp_1")

    assert "Texts kept for ever" in " ".join(for_ever.output.split())
    assert "Texts kept 30d after closing" in " ".join(for_a_month.output.split())


async def test_workspaces_add_and_update(keva: Any) -> None:
    sales = pb.Workspace(workspace_id="wsp_1", display_name="Sales")
    keva.ticket_service.answers["CreateWorkspace"] = pb.CreateWorkspaceResponse(workspace=sales)
    keva.ticket_service.answers["UpdateWorkspace"] = pb.UpdateWorkspaceResponse(workspace=sales)

    added = await keva("workspaces", "add", "Sales", "--auto-close-after", "36h", "--json")
    assert json.loads(added.output)["workspace_id"] == "wsp_1"
    assert keva.ticket_service.last().auto_close_after.seconds == 36 * 3600
    assert len(keva.ticket_service.last().request_id) == 36

    changed = await keva("workspaces", "update", "wsp_1", "--auto-close-after", "off")
    assert changed.status == 0
    assert list(keva.ticket_service.last().update_mask.paths) == ["auto_close_after"]
    assert keva.ticket_service.last().workspace.auto_close_after.seconds == 0


async def test_workspaces_list_shows_the_closing_time(keva: Any) -> None:
    workspace = pb.Workspace(workspace_id="default", display_name="Support")
    workspace.auto_close_after.FromSeconds(7 * 86_400)
    keva.ticket_service.answers["ListWorkspaces"] = pb.ListWorkspacesResponse(workspaces=[workspace])

    result = await keva("workspaces", "list")

    assert result.output.splitlines()[1].split() == ["default", "Support", "7d"]
