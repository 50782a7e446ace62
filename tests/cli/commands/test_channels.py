"""`keva channels`."""

from typing import Any

import pytest

from keva.ticket.v1 import channel_service_pb2 as pb
from keva.ticket.v1 import routing_pb2, workspace_service_pb2
from servicekit import errors

CHANNEL = pb.Channel(
    channel_id="chn_1",
    phone_number="+15550001111",
    account_sid="AC1",
    workspace_id="default",
    create_ticket_on=pb.CREATE_TICKET_ON_NEW_THREAD,
    default_priority=routing_pb2.PRIORITY_HIGH,
)


@pytest.fixture(autouse=True)
def prepared(keva: Any) -> None:
    """One channel."""
    keva.ticket_service.answers.update(
        CreateChannel=pb.CreateChannelResponse(channel=CHANNEL),
        ListChannels=pb.ListChannelsResponse(channels=[CHANNEL]),
        UpdateChannel=pb.UpdateChannelResponse(channel=CHANNEL),
        DeleteChannel=pb.DeleteChannelResponse(),
    )


async def test_channels_add_passes_the_rules_on(keva: Any) -> None:
    result = await keva(
        *("channels", "add", "(555) 000-1111", "--workspace-id", "sales", "--create-ticket-on", "any-message"),
        *("--priority", "urgent", "--auto-assign", "ai", "--ai-autonomy", "suggest", "--name", "Support"),
        "--no-configure",
    )

    assert result.status == 0
    assert "Keva answers +15550001111 from now on (chn_1)." in result.output
    assert keva.ticket_service.last() == pb.CreateChannelRequest(
        organization_id="default",
        phone_number="(555) 000-1111",
        workspace_id="sales",
        create_ticket_on=pb.CREATE_TICKET_ON_ANY_MESSAGE,
        default_priority=routing_pb2.PRIORITY_URGENT,
        auto_assign=routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI),
        ai_autonomy=pb.AI_AUTONOMY_SUGGEST,
        display_name="Support",
    )


@pytest.mark.parametrize("as_json", [False, True])
async def test_an_organization_that_nothing_is_known_of_is_told_from_one_without_numbers(
    keva: Any, as_json: bool
) -> None:
    keva.ticket_service.answers.update(
        ListChannels=pb.ListChannelsResponse(), ListWorkspaces=workspace_service_pb2.ListWorkspacesResponse()
    )
    options = ("--json",) if as_json else ()

    of_nobody = await keva("--organization", "nope", "channels", "list", *options)
    usual = await keva("channels", "list", *options)
    workspace = workspace_service_pb2.Workspace(workspace_id="wsp_1")
    keva.ticket_service.answers["ListWorkspaces"] = workspace_service_pb2.ListWorkspacesResponse(workspaces=[workspace])
    known = await keva("--organization", "acme", "channels", "list", *options)

    said = "The organization nope has nothing here yet, not even a workspace. Is the name right?"
    assert said in of_nobody.error
    assert "keva --organization nope workspaces add" in of_nobody.error
    assert "has nothing here yet" not in usual.error + known.error
    assert [result.status for result in (of_nobody, usual, known)] == [0] * 3


async def test_channels_add_of_a_taken_number_is_refused(keva: Any) -> None:
    keva.ticket_service.answers["CreateChannel"] = errors.AlreadyExists(
        "CHANNEL_ALREADY_EXISTS", "the number is subscribed already", channel_id="chn_1"
    )

    result = await keva("channels", "add", "+15550001111")

    assert result.status == 1
    assert result.error.startswith("keva: The number is subscribed already. (CHANNEL_ALREADY_EXISTS)")
    assert "keva channels update" in result.error


async def test_a_wrong_field_is_named_in_words(keva: Any) -> None:
    keva.ticket_service.answers["CreateChannel"] = errors.InvalidArgument(
        "PHONE_NUMBER_INVALID", "phone_number is not a possible phone number", field="phone_number"
    )

    result = await keva("channels", "add", "12")

    assert result.status == 2
    assert result.error.startswith("keva: Phone number is not a possible phone number. (PHONE_NUMBER_INVALID)")


async def test_channels_update_changes_only_what_is_given(keva: Any) -> None:
    result = await keva("channels", "update", "(555) 000-1111", "--priority", "low", "--auto-assign", "nobody")

    assert result.status == 0
    request = keva.ticket_service.last()
    assert request.channel.channel_id == "chn_1"
    assert sorted(request.update_mask.paths) == ["auto_assign", "default_priority"]
    assert request.channel.default_priority == routing_pb2.PRIORITY_LOW


async def test_channels_remove_asks_first(keva: Any) -> None:
    refused = await keva("channels", "remove", "chn_1")
    assert refused.status == 2
    assert "--yes" in refused.error

    removed = await keva("channels", "remove", "+15550001111", "--yes")
    assert removed.status == 0
    assert keva.ticket_service.last().channel_id == "chn_1"


async def test_an_unknown_channel_is_not_found(keva: Any) -> None:
    result = await keva("channels", "remove", "+15559999999", "--yes")

    assert result.status == 3
    assert "keva channels list" in result.error
