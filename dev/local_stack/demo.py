"""The demo: an account and a number that work at once, and a conversation that shows, and proves, the main job."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import aiohttp
import grpc

from dev.local_stack.accounts import OPERATOR, ORGANIZATION, Clients
from dev.local_stack.conversation import Conversation
from dev.local_stack.demo_account import THE_AI, connect_once, demo_account, open_at_twilio
from dev.local_stack.observer import DemoError, DemoImpossible
from dev.local_stack.stack import LocalStack
from dev.local_stack.terminal import Terminal
from dev.local_stack.transcript import Transcript
from dev.twilio_simulator.client import SimulatorClient, SimulatorError
from keva.ticket.v1 import agent_service_pb2, channel_service_pb2
from servicekit.errors import KevaError
from servicekit.rpc.statuses_to_errors import as_keva_error

_LINK = "keva agents link E-MAIL-ADDRESS makes one for somebody else."


@dataclass(frozen=True)
class SignIn:
    """A link into the console, which works once, and who signs in with it."""

    url: str
    name: str


async def prepare_twilio(stack: LocalStack) -> None:
    """Opens the demo's account at the stack's simulator, before sms_service is there. Raises DemoError."""
    with _told():
        async with SimulatorClient(str(stack.simulator_url), stack.simulator_token) as simulator:
            await open_at_twilio(stack, simulator)


async def play(
    stack: LocalStack, simulator_url: str, terminal: Terminal, *, conversation: bool, required: bool
) -> SignIn | None:
    """Connects the demo's account, once per folder; then plays the conversation if asked to. Returns how Dana signs in.

    People may have changed all of it since, so that nothing here keeps Keva from running: what cannot be done is a line
    on the terminal. If it is `required`, it raises DemoError.
    """
    async with SimulatorClient(simulator_url, stack.simulator_token) as simulator, Clients(stack) as clients:
        try:
            with _told():
                dana = await connect_once(stack, clients, terminal)
                if conversation:
                    await _converse(stack, simulator, clients, terminal, dana)
        except DemoError as error:
            if required:
                raise
            terminal.line(f"\n{error}\nKeva runs all the same.", "yellow")
        if required:
            return None
        return await _sign_in(stack, clients, terminal)


async def _converse(
    stack: LocalStack, simulator: SimulatorClient, clients: Clients, terminal: Terminal, dana: str
) -> None:
    account = demo_account(stack)
    await _require_number(clients, account.phone_number)
    agent = await _administrator(clients, dana)
    await Conversation(Transcript(terminal), simulator, clients, account, agent).play()


async def _require_number(clients: Clients, phone_number: str) -> None:
    """Raises DemoImpossible when the number's new tickets are not the AI's any more."""
    request = channel_service_pb2.ListChannelsRequest(organization_id=ORGANIZATION, page_size=200)
    listed = (await clients.channels.ListChannels(request, metadata=OPERATOR)).channels
    channel = next((channel for channel in listed if channel.phone_number == phone_number), None)
    if channel is None:
        raise DemoImpossible(f"its number was removed. keva channels add {phone_number} --auto-assign ai adds it")
    if channel.auto_assign != THE_AI:
        raise DemoImpossible(
            "its number does not give tickets to the AI any more. "
            f"keva channels update {phone_number} --auto-assign ai does that"
        )


async def _administrator(clients: Clients, dana: str) -> agent_service_pb2.Agent:
    """Who answers in the conversation: Dana or, if she cannot, another active administrator. Raises DemoImpossible."""
    request = agent_service_pb2.ListAgentsRequest(organization_id=ORGANIZATION, page_size=200)
    active = (await clients.agents.ListAgents(request, metadata=OPERATOR)).agents
    able = [agent for agent in active if agent.role == agent_service_pb2.AGENT_ROLE_ADMINISTRATOR]
    if not able:
        raise DemoImpossible("it needs an active administrator. keva agents add … --role administrator adds one")
    return next((agent for agent in able if agent.agent_id == dana), able[0])


async def _sign_in(stack: LocalStack, clients: Clients, terminal: Terminal) -> SignIn | None:
    """Dana's way into the console; None, and a line that says so, when she has none."""
    dana = stack.state.demo().get("agent_id")
    if dana is None:
        return None
    request = agent_service_pb2.GetAgentRequest(organization_id=ORGANIZATION, agent_id=dana)
    try:
        with _told():
            agent = (await clients.agents.GetAgent(request, metadata=OPERATOR)).agent
            if agent.state == agent_service_pb2.AGENT_STATE_ACTIVE:
                return SignIn(await clients.sign_in_link(dana), agent.display_name)
        terminal.line(f"No link into the console: {agent.display_name} is deactivated. {_LINK}", "yellow")
    except DemoError as error:
        terminal.line(f"No link into the console. {error}. {_LINK}", "yellow")
    return None


@contextmanager
def _told() -> Iterator[None]:
    """Every error of a call becomes a DemoError."""
    try:
        yield
    except grpc.aio.AioRpcError as error:
        raise _failed(as_keva_error(error)) from error
    except KevaError as error:
        raise _failed(error) from error
    except (SimulatorError, aiohttp.ClientError, TimeoutError) as error:
        raise DemoError(f"the Twilio simulator: {error or type(error).__name__}") from error


def _failed(error: KevaError) -> DemoError:
    return DemoError(f"{error.reason}: {error.message}")
