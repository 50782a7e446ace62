"""The demo: an account and a number that work at once, and a conversation that shows, and proves, the main job."""

import time

import aiohttp
import grpc
from google.protobuf.field_mask_pb2 import FieldMask

from dev.local_stack.accounts import (
    OPERATOR,
    ORGANIZATION,
    WORKSPACE,
    Account,
    Clients,
    configure_number,
    connect_account,
    open_account,
    subscribe_number,
)
from dev.local_stack.conversation import Conversation
from dev.local_stack.observer import DemoError
from dev.local_stack.stack import LocalStack
from dev.local_stack.terminal import Terminal
from dev.local_stack.transcript import Transcript
from dev.twilio_simulator.client import SimulatorClient, SimulatorError
from keva.ticket.v1 import ai_profile_pb2, channel_service_pb2, routing_pb2, workspace_service_pb2
from servicekit.errors import KevaError
from servicekit.rpc.statuses_to_errors import as_keva_error

_ACCOUNT_SID = "AC5ef872f6da5a21de157d80997a64bd33"
_PHONE_NUMBER = "+12065550142"
# The shop of the sample knowledge base.
_SHOP = "Alder & Finch"
_TONE = "friendly and brief"
_THE_AI = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI)


async def play(stack: LocalStack, simulator_url: str, terminal: Terminal, conversation: bool) -> str:
    """Connects the demo account and subscribes its number; then plays the conversation if asked to. Returns a link with
    which the demo's administrator signs in to the console, once. All of it can be done again and again. Raises
    DemoError with the step that failed."""
    account = Account(_ACCOUNT_SID, stack.state.demo_auth_token(), _PHONE_NUMBER, "Demo support line")
    async with SimulatorClient(simulator_url, stack.simulator_token) as simulator, Clients(stack) as clients:
        try:
            await _connect(stack, simulator, clients, account, terminal)
            if conversation:
                await Conversation(Transcript(terminal), simulator, clients, account).play()
            return await clients.sign_in_link()
        except grpc.aio.AioRpcError as error:
            raise _failed(as_keva_error(error)) from error
        except KevaError as error:
            raise _failed(error) from error
        except (SimulatorError, aiohttp.ClientError, TimeoutError) as error:
            raise DemoError(f"the Twilio simulator: {error or type(error).__name__}") from error


async def _connect(
    stack: LocalStack, simulator: SimulatorClient, clients: Clients, account: Account, terminal: Terminal
) -> None:
    started = time.monotonic()
    terminal.begin(f"connecting the demo account and its number {account.phone_number} …")
    await open_account(simulator, stack, account)
    await connect_account(clients, account)
    channel = await subscribe_number(clients, account, auto_assign=_THE_AI)
    await configure_number(clients, account)
    if channel.auto_assign != _THE_AI:
        await _assign_to_ai(clients, channel.channel_id)
    await _introduce_shop(clients)
    stack.publish({"account_sid": account.account_sid, "phone_number": account.phone_number})
    terminal.finish("demo account", f"done in {time.monotonic() - started:.1f} s")


async def _assign_to_ai(clients: Clients, channel_id: str) -> None:
    """A number that an older Keva has subscribed."""
    request = channel_service_pb2.UpdateChannelRequest(
        organization_id=ORGANIZATION,
        channel=channel_service_pb2.Channel(channel_id=channel_id, auto_assign=_THE_AI),
        update_mask=FieldMask(paths=["auto_assign"]),
    )
    await clients.channels.UpdateChannel(request, metadata=OPERATOR)


async def _introduce_shop(clients: Clients) -> None:
    """Says whom the AI speaks for, unless somebody has said so."""
    known = workspace_service_pb2.GetWorkspaceRequest(organization_id=ORGANIZATION, workspace_id=WORKSPACE)
    if (await clients.workspaces.GetWorkspace(known)).workspace.ai_profile.business_name:
        return
    profile = ai_profile_pb2.AiProfile(business_name=_SHOP, tone=_TONE)
    request = workspace_service_pb2.UpdateWorkspaceRequest(
        organization_id=ORGANIZATION,
        workspace=workspace_service_pb2.Workspace(workspace_id=WORKSPACE, ai_profile=profile),
        update_mask=FieldMask(paths=["ai_profile.business_name", "ai_profile.tone"]),
    )
    await clients.workspaces.UpdateWorkspace(request, metadata=OPERATOR)


def _failed(error: KevaError) -> DemoError:
    return DemoError(f"{error.reason}: {error.message}")
