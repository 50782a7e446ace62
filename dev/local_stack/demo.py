"""The demo: an account and a number that work at once, and a conversation that shows, and proves, the main job."""

import time

import aiohttp
import grpc

from dev.local_stack.accounts import Account, Clients, connect_account, open_account, subscribe_number
from dev.local_stack.conversation import Conversation, DemoError
from dev.local_stack.stack import LocalStack
from dev.local_stack.terminal import Terminal
from dev.local_stack.transcript import Transcript
from dev.twilio_simulator.client import SimulatorClient, SimulatorError
from servicekit.errors import KevaError
from servicekit.rpc_errors import as_keva_error

_ACCOUNT_SID = "AC5ef872f6da5a21de157d80997a64bd33"
_PHONE_NUMBER = "+12065550142"


async def play(stack: LocalStack, simulator_url: str, terminal: Terminal, conversation: bool) -> None:
    """Connects the demo account and subscribes its number; then plays the conversation if asked to. All of it can be
    done again and again. Raises DemoError with the step that failed."""
    account = Account(_ACCOUNT_SID, stack.state.demo_auth_token(), _PHONE_NUMBER, "Demo support line")
    async with SimulatorClient(simulator_url) as simulator, Clients(stack, "local_stack") as clients:
        try:
            await _connect(stack, simulator, clients, account, terminal)
            if conversation:
                await Conversation(Transcript(terminal), simulator, clients, account).play()
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
    await subscribe_number(clients, account)
    stack.publish({"account_sid": account.account_sid, "phone_number": account.phone_number})
    terminal.finish("demo account", f"done in {time.monotonic() - started:.1f} s")


def _failed(error: KevaError) -> DemoError:
    return DemoError(f"{error.reason}: {error.message}")
