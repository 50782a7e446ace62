"""`keva channels`, `workspaces`, `customers` and `audit`."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from keva.ticket.v1 import actor_pb2, audit_service_pb2, routing_pb2, ticket_service_pb2, workspace_service_pb2
from keva.ticket.v1 import channel_service_pb2 as pb
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
    """One channel, one workspace, one customer."""
    keva.ticket_service.answers.update(
        CreateChannel=pb.CreateChannelResponse(channel=CHANNEL),
        ListChannels=pb.ListChannelsResponse(channels=[CHANNEL]),
        UpdateChannel=pb.UpdateChannelResponse(channel=CHANNEL),
        DeleteChannel=pb.DeleteChannelResponse(),
    )


async def test_channels_add_passes_the_rules_on(keva: Any) -> None:
    result = await keva(
        *("channels", "add", "(555) 000-1111", "--workspace-id", "sales", "--create-ticket-on", "any-message"),
        *("--priority", "urgent", "--auto-assign", "ai", "--name", "Support", "--no-configure"),
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
        display_name="Support",
    )


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
        "PHONE_NUMBER_INVALID", "phone_number is no possible phone number", field="phone_number"
    )

    result = await keva("channels", "add", "12")

    assert result.status == 2
    assert result.error.startswith("keva: Phone number is no possible phone number. (PHONE_NUMBER_INVALID)")


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


async def test_workspaces_add_and_update(keva: Any) -> None:
    sales = workspace_service_pb2.Workspace(workspace_id="wsp_1", display_name="Sales")
    keva.ticket_service.answers["CreateWorkspace"] = workspace_service_pb2.CreateWorkspaceResponse(workspace=sales)
    keva.ticket_service.answers["UpdateWorkspace"] = workspace_service_pb2.UpdateWorkspaceResponse(workspace=sales)

    added = await keva("workspaces", "add", "Sales", "--auto-close-after", "36h", "--json")
    assert json.loads(added.output)["workspace_id"] == "wsp_1"
    assert keva.ticket_service.last().auto_close_after.seconds == 36 * 3600
    assert len(keva.ticket_service.last().request_id) == 36

    changed = await keva("workspaces", "update", "wsp_1", "--auto-close-after", "off")
    assert changed.status == 0
    assert list(keva.ticket_service.last().update_mask.paths) == ["auto_close_after"]
    assert keva.ticket_service.last().workspace.auto_close_after.seconds == 0


async def test_workspaces_list_shows_the_closing_time(keva: Any) -> None:
    workspace = workspace_service_pb2.Workspace(workspace_id="default", display_name="Support")
    workspace.auto_close_after.FromSeconds(7 * 86_400)
    keva.ticket_service.answers["ListWorkspaces"] = workspace_service_pb2.ListWorkspacesResponse(workspaces=[workspace])

    result = await keva("workspaces", "list")

    assert result.output.splitlines()[1].split() == ["default", "Support", "7d"]


async def test_customers_update_finds_the_customer_by_number(keva: Any) -> None:
    customer = ticket_service_pb2.Customer(customer_id="cus_1", address="+15551234567", display_name="Eve")
    keva.ticket_service.answers["ListCustomers"] = ticket_service_pb2.ListCustomersResponse(customers=[customer])
    keva.ticket_service.answers["UpdateCustomer"] = ticket_service_pb2.UpdateCustomerResponse(customer=customer)

    result = await keva("customers", "update", "(555) 123-4567", "--name", "Eve", "--zip", "")

    assert result.status == 0
    assert "+15551234567" in result.output
    request = keva.ticket_service.last()
    assert (request.customer.customer_id, request.customer.display_name) == ("cus_1", "Eve")
    assert list(request.update_mask.paths) == ["display_name", "zip"]


async def test_audit_list_tells_who_did_what(keva: Any) -> None:
    record = audit_service_pb2.AuditRecord(
        actor=actor_pb2.Actor(kind=actor_pb2.ACTOR_KIND_OPERATOR, id="max"),
        action="channel.created",
        subject_id="chn_1",
        details={"workspace_id": "default", "number": "+1******1111"},
    )
    record.record_time.FromDatetime(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
    keva.ticket_service.answers["ListAuditRecords"] = audit_service_pb2.ListAuditRecordsResponse(audit_records=[record])

    result = await keva("audit", "list", "--action", "channel.created", "--ticket", "tkt_1")

    expected = "2026-11-23  12:00 operator:max channel.created chn_1 number=+1******1111, workspace_id=default"
    assert result.output.splitlines()[1] == expected
    request = keva.ticket_service.last()
    assert (request.workspace_id, request.ticket_id, request.action) == ("", "tkt_1", "channel.created")
