"""What `keva up` connects by itself is set up once. Whatever people make of it afterwards stays, and never keeps Keva
from starting."""

import io
from pathlib import Path

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from rich.console import Console

from dev.local_stack import demo
from dev.local_stack.accounts import OPERATOR, ORGANIZATION
from dev.local_stack.desk import RunningStack
from dev.local_stack.observer import DemoError
from dev.local_stack.terminal import Terminal
from keva.ticket.v1 import agent_service_pb2, channel_service_pb2, routing_pb2
from tests.e2e.conftest import StartStack

_NOBODY = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_NOBODY)


async def _play(running: RunningStack, conversation: bool = False, required: bool = False) -> tuple[bool, str]:
    """As a start does: whether there is a link into the console, and what the terminal said."""
    said = io.StringIO()
    terminal = Terminal(Console(file=said, soft_wrap=True, highlight=False))
    url = running.simulator.base_url
    sign_in = await demo.play(running.stack, url, terminal, conversation=conversation, required=required)
    return sign_in is not None, said.getvalue()


async def _channels(running: RunningStack) -> list[channel_service_pb2.Channel]:
    request = channel_service_pb2.ListChannelsRequest(organization_id=ORGANIZATION)
    return list((await running.clients.channels.ListChannels(request, metadata=OPERATOR)).channels)


async def _give_tickets_to(running: RunningStack, assignee: routing_pb2.Assignee) -> None:
    [channel] = await _channels(running)
    request = channel_service_pb2.UpdateChannelRequest(
        organization_id=ORGANIZATION,
        channel=channel_service_pb2.Channel(channel_id=channel.channel_id, auto_assign=assignee),
        update_mask=FieldMask(paths=["auto_assign"]),
    )
    await running.clients.channels.UpdateChannel(request, metadata=OPERATOR)


async def _add_eve(running: RunningStack) -> None:
    """As a newcomer adds herself."""
    request = agent_service_pb2.CreateAgentRequest(
        organization_id=ORGANIZATION,
        email="eve@example.com",
        display_name="Eve Ling",
        role=agent_service_pb2.AGENT_ROLE_ADMINISTRATOR,
    )
    await running.clients.agents.CreateAgent(request, metadata=OPERATOR)


async def _lower_role(running: RunningStack, agent_id: str) -> None:
    lower = agent_service_pb2.Agent(agent_id=agent_id, role=agent_service_pb2.AGENT_ROLE_AGENT)
    request = agent_service_pb2.UpdateAgentRequest(
        organization_id=ORGANIZATION, agent=lower, update_mask=FieldMask(paths=["role"])
    )
    await running.clients.agents.UpdateAgent(request, metadata=OPERATOR)


async def test_starts_while_people_change_the_demo(start_stack: StartStack, tmp_path: Path) -> None:
    async with start_stack(prepare_twilio=demo.prepare_twilio, folder=tmp_path) as running:
        assert (await _play(running))[0]
        dana = running.stack.state.demo()["agent_id"]

        # Her role.
        await _add_eve(running)
        await _lower_role(running, dana)
        _, said = await _play(running, conversation=True, required=True)
        assert "Eve here" in said
        assert "Every step came true" in said

        # She herself.
        gone = agent_service_pb2.DeactivateAgentRequest(organization_id=ORGANIZATION, agent_id=dana)
        await running.clients.agents.DeactivateAgent(gone, metadata=OPERATOR)
        linked, said = await _play(running, conversation=True)
        assert not linked
        assert "Every step came true" in said
        assert "No link into the console: Dana is deactivated" in said

        # Where its number's tickets go.
        await _give_tickets_to(running, _NOBODY)
        _, said = await _play(running, conversation=True)
        assert "No conversation is played: its number does not give tickets to the AI any more" in said
        assert [channel.auto_assign for channel in await _channels(running)] == [_NOBODY]

    # Another start: the simulator has forgotten everything.
    async with start_stack(prepare_twilio=demo.prepare_twilio, folder=tmp_path) as running:
        await _play(running)
        [channel] = await _channels(running)
        assert channel.auto_assign == _NOBODY
        texted = await running.simulator.text("+15552345678", channel.phone_number, "hello")
        assert texted.acknowledged
        assert "not compared" not in (tmp_path / "sms_service.log").read_text()

        # The number itself.
        removed = channel_service_pb2.DeleteChannelRequest(organization_id=ORGANIZATION, channel_id=channel.channel_id)
        await running.clients.channels.DeleteChannel(removed, metadata=OPERATOR)
        _, said = await _play(running, conversation=True)
        assert "No conversation is played: its number was removed" in said
        assert await _channels(running) == []
        with pytest.raises(DemoError, match="its number was removed"):
            await _play(running, conversation=True, required=True)
