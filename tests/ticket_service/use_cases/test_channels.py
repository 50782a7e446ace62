"""Numbers are subscribed, routed to workspaces, removed, and subscribed again."""

import asyncio
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask

from keva.ticket.v1 import channel_service_pb2, error_reason_pb2, routing_pb2, ticket_service_pb2, workspace_service_pb2
from servicekit import errors
from tests.ticket_service.desk import (
    ACCOUNT,
    AGENT,
    CUSTOMER,
    ORGANIZATION,
    OUR_NUMBER,
    WORKSPACE,
    Desk,
    SmsPeer,
    agent,
    error_of,
    fresh_address,
    inbound,
)
from tests.ticket_service.peer_server import PeerServer

AI = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI)
NOBODY = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_NOBODY)
SECOND_NUMBER = "+15550002000"
Metadata = tuple[tuple[str, str], ...]
OTHER_ACCOUNT = "AC" + "b" * 32


def _asking(organization_id: str) -> Metadata | None:
    """Dana, who is of ORGANIZATION alone; elsewhere an operator."""
    return AGENT if organization_id == ORGANIZATION else None


async def _create(desk: Desk, phone_number: str = OUR_NUMBER, **fields: Any) -> channel_service_pb2.Channel:
    """CreateChannel as it is asked with these fields and no others."""
    values = {"organization_id": ORGANIZATION, "phone_number": phone_number, **fields}
    return (await desk.channels.CreateChannel(channel_service_pb2.CreateChannelRequest(**values))).channel


async def _update(
    desk: Desk, channel_id: str, paths: list[str], organization_id: str = ORGANIZATION, **values: Any
) -> channel_service_pb2.Channel:
    request = channel_service_pb2.UpdateChannelRequest(
        organization_id=organization_id,
        channel=channel_service_pb2.Channel(channel_id=channel_id, **values),
        update_mask=FieldMask(paths=paths),
    )
    return (await desk.channels.UpdateChannel(request, metadata=_asking(organization_id))).channel


async def _delete(desk: Desk, channel_id: str, organization_id: str = ORGANIZATION) -> None:
    request = channel_service_pb2.DeleteChannelRequest(organization_id=organization_id, channel_id=channel_id)
    await desk.channels.DeleteChannel(request, metadata=_asking(organization_id))


async def _get(desk: Desk, channel_id: str, organization_id: str = ORGANIZATION) -> channel_service_pb2.Channel:
    request = channel_service_pb2.GetChannelRequest(organization_id=organization_id, channel_id=channel_id)
    return (await desk.channels.GetChannel(request)).channel


async def _listed(desk: Desk, organization_id: str = ORGANIZATION) -> list[channel_service_pb2.Channel]:
    found: list[channel_service_pb2.Channel] = []
    token = ""
    while True:
        request = channel_service_pb2.ListChannelsRequest(
            organization_id=organization_id, page_size=1, page_token=token
        )
        page = await desk.channels.ListChannels(request)
        found += page.channels
        if not (token := page.next_page_token):
            return found


@pytest.mark.parametrize("typed", ["(555) 000-1000", "555-000-1000", "+1 555 000 1000", " 5550001000 "])
async def test_number_is_subscribed_as_people_type_it(desk: Desk, typed: str) -> None:
    channel = await _create(desk, typed)

    assert (channel.phone_number, channel.account_sid, channel.display_name) == (OUR_NUMBER, ACCOUNT, "Main line")
    assert channel.workspace_id == WORKSPACE
    assert channel.create_ticket_on == channel_service_pb2.CREATE_TICKET_ON_NEW_THREAD
    assert channel.default_priority == routing_pb2.PRIORITY_HIGH
    assert channel.auto_assign == NOBODY
    assert await _get(desk, channel.channel_id) == channel
    assert await _listed(desk) == [channel]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        pytest.param({"phone_number": "+15559999999"}, "PHONE_NUMBER_NOT_FOUND", id="number of somebody else"),
        pytest.param({"phone_number": "+15550003000"}, "PHONE_NUMBER_NOT_SMS_CAPABLE", id="for voice only"),
        pytest.param({"phone_number": "12 34"}, "PHONE_NUMBER_INVALID", id="no possible number"),
        pytest.param({"phone_number": "KEVA"}, "PHONE_NUMBER_INVALID", id="letters"),
        pytest.param({"phone_number": ""}, "FIELD_REQUIRED", id="no number"),
        pytest.param({"phone_number": " "}, "FIELD_REQUIRED", id="blank number"),
        pytest.param({"organization_id": ""}, "FIELD_REQUIRED", id="no organization"),
        pytest.param({"workspace_id": "wsp_unknown"}, "WORKSPACE_NOT_FOUND", id="unknown workspace"),
        pytest.param({"organization_id": "another"}, "WORKSPACE_NOT_FOUND", id="workspace of another organization"),
        pytest.param({"display_name": "x" * 101}, "FIELD_INVALID", id="endless name"),
        pytest.param({"default_priority": 9}, "FIELD_INVALID", id="unknown priority"),
        pytest.param({"create_ticket_on": 9}, "FIELD_INVALID", id="unknown create_ticket_on"),
        pytest.param({"auto_assign": agent("")}, "FIELD_REQUIRED", id="agent without id"),
    ],
)
async def test_channel_that_is_refused(shared_desk: Desk, fields: dict[str, Any], reason: str) -> None:
    assert (await error_of(_create(shared_desk, **{"phone_number": SECOND_NUMBER, **fields}))).reason == reason

    assert SECOND_NUMBER not in {channel.phone_number for channel in await _listed(shared_desk)}


async def test_number_is_subscribed_once(desk: Desk) -> None:
    channel = await _create(desk)

    error = await error_of(_create(desk, "(555) 000-1000"))

    assert (type(error), error.reason) == (errors.AlreadyExists, "CHANNEL_ALREADY_EXISTS")
    assert error.metadata["channel_id"] == channel.channel_id


async def test_number_is_subscribed_once_by_five_at_once(desk: Desk) -> None:
    answers = await asyncio.gather(*(_create(desk) for _ in range(5)), return_exceptions=True)

    assert len([answer for answer in answers if not isinstance(answer, BaseException)]) == 1
    assert len(await _listed(desk)) == 1
    assert len(await desk.records(action="channel.created")) == 1


async def test_number_of_another_organization_is_taken_without_naming_its_channel(desk: Desk) -> None:
    channel = await _create(desk)
    workspace_id = await desk.new_workspace(organization_id="another")

    error = await error_of(_create(desk, organization_id="another", workspace_id=workspace_id))

    assert error.reason == "CHANNEL_ALREADY_EXISTS"
    assert channel.channel_id not in str(error.metadata) + error.message


@pytest.mark.parametrize(
    ("accounts", "account_sid", "reason"),
    [
        pytest.param([], "", "TWILIO_ACCOUNT_NOT_FOUND", id="none connected"),
        pytest.param([ACCOUNT, OTHER_ACCOUNT], "", "FIELD_INVALID", id="two have it, none named"),
        pytest.param([ACCOUNT, OTHER_ACCOUNT], ACCOUNT, None, id="two have it, one named"),
    ],
)
async def test_account_of_a_channel(desk: Desk, accounts: list[str], account_sid: str, reason: str | None) -> None:
    desk.peer.accounts = accounts

    if reason is None:
        assert (await _create(desk, account_sid=account_sid)).account_sid == account_sid
    else:
        assert (await error_of(_create(desk, account_sid=account_sid))).reason == reason


@pytest.mark.parametrize("refused", [set(), {OTHER_ACCOUNT}], ids=["both can be asked", "the other is refused"])
async def test_account_that_has_the_number_need_not_be_named(desk: Desk, refused: set[str]) -> None:
    desk.peer.accounts, desk.peer.owner = [OTHER_ACCOUNT, ACCOUNT], ACCOUNT
    desk.peer.refused_accounts = refused

    assert (await _create(desk)).account_sid == ACCOUNT


async def test_accounts_that_could_not_be_asked_are_named(desk: Desk) -> None:
    desk.peer.accounts, desk.peer.owner = [OTHER_ACCOUNT, ACCOUNT], "nobody"
    assert (await error_of(_create(desk))).reason == "PHONE_NUMBER_NOT_FOUND"

    desk.peer.refused_accounts = {OTHER_ACCOUNT}
    error = await error_of(_create(desk))
    assert error.reason == "PHONE_NUMBER_NOT_FOUND"
    assert f"{OTHER_ACCOUNT} (TWILIO_CREDENTIALS_REFUSED)" in error.message

    desk.peer.refused_accounts = {OTHER_ACCOUNT, ACCOUNT}
    assert (await error_of(_create(desk))).reason == "TWILIO_CREDENTIALS_REFUSED"


@pytest.mark.parametrize("account_sid", ["", ACCOUNT])
async def test_channel_needs_sms_service(desk: Desk, peer_server: PeerServer[SmsPeer], account_sid: str) -> None:
    await peer_server.stop()

    error = await error_of(_create(desk, account_sid=account_sid))
    assert (type(error), error.reason) == (errors.Unavailable, "SMS_SERVICE_UNAVAILABLE")

    await peer_server.start()
    assert await _create(desk, account_sid=account_sid)


@pytest.mark.parametrize(
    ("settings", "priority", "assignee"),
    [
        pytest.param({}, routing_pb2.PRIORITY_HIGH, NOBODY, id="defaults"),
        pytest.param({"default_priority": routing_pb2.PRIORITY_LOW}, routing_pb2.PRIORITY_LOW, NOBODY, id="LOW"),
        pytest.param(
            {"default_priority": routing_pb2.PRIORITY_URGENT}, routing_pb2.PRIORITY_URGENT, NOBODY, id="URGENT"
        ),
        pytest.param({"auto_assign": NOBODY}, routing_pb2.PRIORITY_HIGH, NOBODY, id="to nobody"),
        pytest.param({"auto_assign": AI}, routing_pb2.PRIORITY_HIGH, AI, id="to the AI"),
        pytest.param({"auto_assign": agent("dana")}, routing_pb2.PRIORITY_HIGH, agent("dana"), id="to an agent"),
    ],
)
async def test_settings_of_new_tickets(
    desk: Desk, settings: dict[str, Any], priority: int, assignee: routing_pb2.Assignee
) -> None:
    await _create(desk, **settings)

    ticket = await desk.ticket(await desk.new_ticket())

    assert (ticket.priority, ticket.assignee) == (priority, assignee)


async def test_changed_settings_hold_for_the_next_new_ticket(desk: Desk) -> None:
    channel = await _create(desk, display_name="Sales")
    old = await desk.new_ticket(customer_address=CUSTOMER)

    changed = await _update(
        desk,
        channel.channel_id,
        ["default_priority", "auto_assign", "display_name"],
        default_priority=routing_pb2.PRIORITY_LOW,
        auto_assign=AI,
        display_name="Sales EMEA",
    )
    await desk.text("again")
    new = await desk.ticket(await desk.new_ticket())

    assert (changed.display_name, changed.create_ticket_on) == ("Sales EMEA", channel.create_ticket_on)
    assert (new.priority, new.assignee) == (routing_pb2.PRIORITY_LOW, AI)
    kept = await desk.ticket(old)
    assert (kept.priority, kept.assignee, kept.message_count) == (routing_pb2.PRIORITY_HIGH, NOBODY, 2)


async def test_update_is_recorded_once(desk: Desk) -> None:
    channel = await _create(desk)

    first = await _update(desk, channel.channel_id, ["auto_assign"], auto_assign=agent("dana"))
    again = await _update(desk, channel.channel_id, ["auto_assign"], auto_assign=agent("dana"))

    assert again == first
    (record,) = await desk.records(action="channel.updated")
    assert (record.actor.id, record.details["auto_assign"]) == ("dana", "agent:dana")


@pytest.mark.parametrize(
    ("paths", "values", "reason"),
    [
        pytest.param([], {}, "FIELD_REQUIRED", id="no mask"),
        pytest.param(["phone_number"], {"phone_number": "+15550002000"}, "FIELD_INVALID", id="the number stays"),
        pytest.param(["display_name"], {}, "FIELD_REQUIRED", id="no name"),
        pytest.param(["display_name"], {"display_name": " "}, "FIELD_REQUIRED", id="blank name"),
        pytest.param(["display_name"], {"display_name": "x" * 101}, "FIELD_INVALID", id="endless name"),
        pytest.param(["workspace_id"], {"workspace_id": "wsp_unknown"}, "WORKSPACE_NOT_FOUND", id="unknown workspace"),
        pytest.param(["default_priority"], {}, "FIELD_REQUIRED", id="no priority"),
        pytest.param(["create_ticket_on"], {"create_ticket_on": 7}, "FIELD_INVALID", id="unknown create_ticket_on"),
        pytest.param(["auto_assign"], {}, "FIELD_REQUIRED", id="no assignee"),
        pytest.param(["auto_assign"], {"auto_assign": agent("")}, "FIELD_REQUIRED", id="agent without id"),
    ],
)
async def test_update_that_is_refused(shared_desk: Desk, paths: list[str], values: dict[str, Any], reason: str) -> None:
    (channel,) = await _listed(shared_desk)

    assert (await error_of(_update(shared_desk, channel.channel_id, paths, **values))).reason == reason

    assert await _get(shared_desk, channel.channel_id) == channel


async def test_organization_without_a_default_workspace_updates_its_channels(desk: Desk) -> None:
    workspace_id = await desk.new_workspace(organization_id="acme")
    channel = await _create(desk, organization_id="acme", workspace_id=workspace_id)

    changed = await _update(desk, channel.channel_id, ["display_name"], organization_id="acme", display_name="Sales")

    assert (changed.display_name, changed.workspace_id) == ("Sales", workspace_id)


async def test_channel_of_another_organization_is_not_found(shared_desk: Desk) -> None:
    (channel,) = await _listed(shared_desk)
    workspace_id = await shared_desk.new_workspace(organization_id="another")
    there = {"organization_id": "another"}

    for call in (
        _get(shared_desk, channel.channel_id, **there),
        _update(shared_desk, channel.channel_id, ["workspace_id"], workspace_id=workspace_id, **there),
        _delete(shared_desk, channel.channel_id, **there),
        _get(shared_desk, "chn_unknown"),
        _delete(shared_desk, "chn_unknown"),
    ):
        assert (await error_of(call)).reason == "CHANNEL_NOT_FOUND"
    assert await _listed(shared_desk, **there) == []


async def test_removed_channel_takes_no_texts_and_comes_back_with_its_threads(desk: Desk) -> None:
    channel = await _create(desk, default_priority=routing_pb2.PRIORITY_LOW)
    ticket_id = await desk.new_ticket(customer_address=CUSTOMER)

    for _ in range(2):
        await _delete(desk, channel.channel_id)
    refused = await desk.text("is anybody there?")
    assert refused.refused.reason == error_reason_pb2.ERROR_REASON_CHANNEL_NOT_FOUND
    assert await _listed(desk) == []
    assert (await error_of(_get(desk, channel.channel_id))).reason == "CHANNEL_NOT_FOUND"
    assert (await error_of(_update(desk, channel.channel_id, ["display_name"], display_name="x"))).reason == (
        "CHANNEL_NOT_FOUND"
    )

    again = await _create(desk)
    stored = (await desk.text("hello again")).stored
    assert (again.channel_id, stored.ticket_id, stored.ticket_created) == (channel.channel_id, ticket_id, False)
    assert again.default_priority == routing_pb2.PRIORITY_HIGH
    assert len(await desk.records(action="channel.deleted")) == 1


async def test_channel_that_moved_to_another_workspace(desk: Desk) -> None:
    channel = await _create(desk)
    live = await desk.new_ticket(customer_address=CUSTOMER)
    sales = await desk.new_workspace()

    await _update(desk, channel.channel_id, ["workspace_id"], workspace_id=sales)
    joined = (await desk.text("still me")).stored
    assert (joined.ticket_id, joined.workspace_id) == (live, WORKSPACE)

    await desk.move(live, "CLOSED")
    new, other = (
        outcome.stored
        for outcome in await desk.texts(inbound("a new matter"), inbound("hi", customer_address=fresh_address()))
    )
    assert (new.ticket_created, new.workspace_id, other.workspace_id) == (True, sales, sales)
    request = ticket_service_pb2.GetTicketRequest(workspace_id=sales, ticket_id=new.ticket_id)
    ticket = (await desk.tickets.GetTicket(request)).ticket
    assert (ticket.number, ticket.workspace_id) == (1, sales)
    assert ticket.customer_id != (await desk.ticket(live)).customer_id


async def _create_workspace(
    desk: Desk, display_name: str = "Sales", request_id: str = "", **fields: Any
) -> workspace_service_pb2.Workspace:
    request = workspace_service_pb2.CreateWorkspaceRequest(
        **{"organization_id": ORGANIZATION, "display_name": display_name, "request_id": request_id, **fields}
    )
    return (await desk.workspaces.CreateWorkspace(request, metadata=_asking(request.organization_id))).workspace


async def _update_workspace(
    desk: Desk, workspace_id: str, paths: list[str], organization_id: str = ORGANIZATION, **values: Any
) -> workspace_service_pb2.Workspace:
    request = workspace_service_pb2.UpdateWorkspaceRequest(
        organization_id=organization_id,
        workspace=workspace_service_pb2.Workspace(workspace_id=workspace_id, **values),
        update_mask=FieldMask(paths=paths),
    )
    return (await desk.workspaces.UpdateWorkspace(request, metadata=_asking(organization_id))).workspace


async def _get_workspace(desk: Desk, workspace_id: str, organization_id: str) -> workspace_service_pb2.Workspace:
    request = workspace_service_pb2.GetWorkspaceRequest(organization_id=organization_id, workspace_id=workspace_id)
    return (await desk.workspaces.GetWorkspace(request)).workspace


async def test_workspaces_are_listed_oldest_first(desk: Desk) -> None:
    made = [(await _create_workspace(desk, name)).workspace_id for name in ("Sales", "Billing")]
    await desk.new_workspace(organization_id="another")

    found: list[str] = []
    token = ""
    while True:
        request = workspace_service_pb2.ListWorkspacesRequest(
            organization_id=ORGANIZATION, page_size=1, page_token=token
        )
        page = await desk.workspaces.ListWorkspaces(request)
        found += [workspace.workspace_id for workspace in page.workspaces]
        if not (token := page.next_page_token):
            break

    assert found == [WORKSPACE, *made]


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        pytest.param({}, 7 * 86_400, id="unset is 7 days"),
        pytest.param({"auto_close_after": Duration()}, 0, id="0 turns it off"),
        pytest.param({"auto_close_after": Duration(seconds=90)}, 90, id="90 s"),
    ],
)
async def test_auto_close_time_of_a_new_workspace(shared_desk: Desk, given: dict[str, Any], seconds: int) -> None:
    workspace = await _create_workspace(shared_desk, **given)

    assert workspace.auto_close_after == Duration(seconds=seconds)
    assert await _get_workspace(shared_desk, workspace.workspace_id, ORGANIZATION) == workspace


async def test_workspace_is_made_once_per_request_id(shared_desk: Desk) -> None:
    made = await asyncio.gather(*(_create_workspace(shared_desk, "Sales", "w-1") for _ in range(5)))
    assert len({workspace.workspace_id for workspace in made}) == 1

    error = await error_of(_create_workspace(shared_desk, "Billing", "w-1"))
    assert (type(error), error.reason) == (errors.AlreadyExists, "REQUEST_ID_REUSED")

    elsewhere = await _create_workspace(shared_desk, "Sales", "w-1", organization_id="another")
    assert elsewhere.workspace_id != made[0].workspace_id


async def test_workspace_that_was_renamed_is_not_made_again(shared_desk: Desk) -> None:
    made = await _create_workspace(shared_desk, "Sales", "w-2")
    await _update_workspace(shared_desk, made.workspace_id, ["display_name"], display_name="Sales EMEA")

    again = await _create_workspace(shared_desk, "Sales", "w-2")

    assert (again.workspace_id, again.display_name) == (made.workspace_id, "Sales EMEA")
    assert (await error_of(_create_workspace(shared_desk, "Sales EMEA", "w-2"))).reason == "REQUEST_ID_REUSED"


async def test_workspace_update_is_recorded_once(shared_desk: Desk) -> None:
    workspace_id = (await _create_workspace(shared_desk)).workspace_id

    for _ in range(2):
        changed = await _update_workspace(
            shared_desk, workspace_id, ["auto_close_after"], auto_close_after=Duration(seconds=60), display_name="x"
        )

    assert (changed.display_name, changed.auto_close_after) == ("Sales", Duration(seconds=60))
    records = [r for r in await shared_desk.records(workspace_id=workspace_id) if r.action == "workspace.updated"]
    assert [dict(r.details) for r in records] == [{"auto_close_seconds": "60"}]


@pytest.mark.parametrize(
    ("paths", "values", "reason"),
    [
        pytest.param([], {}, "FIELD_REQUIRED", id="no mask"),
        pytest.param(["organization_id"], {}, "FIELD_INVALID", id="unknown path"),
        pytest.param(["display_name"], {}, "FIELD_REQUIRED", id="no name"),
        pytest.param(["auto_close_after"], {"auto_close_after": Duration(seconds=-1)}, "FIELD_INVALID", id="negative"),
        pytest.param(
            ["auto_close_after"], {"auto_close_after": Duration(seconds=2**60)}, "FIELD_INVALID", id="out of range"
        ),
    ],
)
async def test_workspace_update_that_is_refused(
    shared_desk: Desk, paths: list[str], values: dict[str, Any], reason: str
) -> None:
    assert (await error_of(_update_workspace(shared_desk, WORKSPACE, paths, **values))).reason == reason


async def test_workspace_of_another_organization_is_not_found(shared_desk: Desk) -> None:
    for call in (
        _get_workspace(shared_desk, WORKSPACE, "another"),
        _update_workspace(shared_desk, WORKSPACE, ["display_name"], "another", display_name="mine"),
        _get_workspace(shared_desk, "wsp_unknown", ORGANIZATION),
    ):
        error = await error_of(call)
        assert (type(error), error.reason) == (errors.NotFound, "WORKSPACE_NOT_FOUND")
