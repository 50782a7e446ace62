"""The demo's account and number: set up once in a folder. What people make of them afterwards stays."""

import time

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
from dev.local_stack.stack import LocalStack
from dev.local_stack.terminal import Terminal
from dev.twilio_simulator.client import SimulatorClient
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import ai_profile_pb2, routing_pb2, workspace_service_pb2

_ACCOUNT_SID = "AC5ef872f6da5a21de157d80997a64bd33"
_PHONE_NUMBER = "+12065550142"
# The shop of the sample knowledge base.
_SHOP = "Alder & Finch"
_TONE = "friendly and brief"
THE_AI = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI)


def demo_account(stack: LocalStack) -> Account:
    """The account, with its number."""
    return Account(_ACCOUNT_SID, stack.state.demo_auth_token(), _PHONE_NUMBER, "Demo support line")


async def open_at_twilio(stack: LocalStack, simulator: SimulatorClient) -> None:
    """Opens the account at the simulator, which forgets it when it ends. Once Keva has set the number up, its texts go
    to Keva again. sms_service is to start after this: it asks Twilio about the account at once."""
    account = demo_account(stack)
    await open_account(simulator, stack, account)
    remembered = stack.state.demo()
    if "sms_path" in remembered:
        sms_url, fallback_url = (stack.public_url + remembered[path] for path in ("sms_path", "fallback_path"))
        await simulator.put_number(
            account.account_sid, account.phone_number, sms_url=sms_url, sms_fallback_url=fallback_url
        )


async def connect_once(stack: LocalStack, clients: Clients, terminal: Terminal) -> str:
    """Connects the account, subscribes its number and adds Dana, unless this folder's database has had all that.
    Returns Dana's agent id. Raises KevaError, AioRpcError."""
    account = demo_account(stack)
    remembered, database = stack.state.demo(), await _database(clients)
    if remembered.get("database") != database:
        started = time.monotonic()
        terminal.begin(f"connecting the demo account and its number {account.phone_number} …")
        remembered = {"database": database, **await _set_up(stack, clients, account)}
        stack.state.remember_demo(remembered)
        terminal.finish("demo account", f"done in {time.monotonic() - started:.1f} s")
    elif await _is_connected(clients, account):
        # Somebody may have changed its token, and the simulator has started again with the first one.
        await connect_account(clients, account)
    stack.publish({"account_sid": account.account_sid, "phone_number": account.phone_number})
    return remembered["agent_id"]


async def _set_up(stack: LocalStack, clients: Clients, account: Account) -> dict[str, str]:
    """What later starts need to know. Can be done again after it was cut off."""
    await connect_account(clients, account)
    await subscribe_number(clients, account, auto_assign=THE_AI)
    number = await configure_number(clients, account)
    await _introduce_shop(clients)
    return {
        "agent_id": await clients.agent_id("dana"),
        "sms_path": number.sms_url.removeprefix(stack.public_url),
        "fallback_path": number.sms_fallback_url.removeprefix(stack.public_url),
    }


async def _database(clients: Clients) -> str:
    """Tells one database from another: a folder's may be deleted, or another one be used."""
    request = workspace_service_pb2.GetWorkspaceRequest(organization_id=ORGANIZATION, workspace_id=WORKSPACE)
    return (await clients.workspaces.GetWorkspace(request)).workspace.create_time.ToJsonString()


async def _is_connected(clients: Clients, account: Account) -> bool:
    request = sms_service_pb2.ListTwilioAccountsRequest(organization_id=ORGANIZATION, page_size=200)
    listed = await clients.sms.ListTwilioAccounts(request, metadata=OPERATOR)
    return any(known.account_sid == account.account_sid for known in listed.accounts)


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
