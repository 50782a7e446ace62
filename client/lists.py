"""Whole lists of what an organization has. All raise Failure."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from client.failure import Failure, FailureKind
from client.paging import all_pages
from client.session import TWILIO_SECONDS, Session
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import (
    agent_service_pb2,
    channel_service_pb2,
    message_pb2,
    ticket_service_pb2,
    workspace_service_pb2,
)


async def list_workspaces(session: Session, seconds: float | None = None) -> list[workspace_service_pb2.Workspace]:
    """The workspaces."""
    request = workspace_service_pb2.ListWorkspacesRequest(organization_id=session.organization_id)
    rpc = session.services.workspaces.ListWorkspaces
    return await all_pages(session, rpc, request, lambda page: page.workspaces, seconds=seconds)


async def list_agents(
    session: Session, workspace_id: str = "", email: str = "", *, show_deactivated: bool = False
) -> list[agent_service_pb2.Agent]:
    """The people of the support staff; only those of a workspace, or with that e-mail address, if one is given."""
    request = agent_service_pb2.ListAgentsRequest(
        organization_id=session.organization_id,
        workspace_id=workspace_id,
        email=email,
        show_deactivated=show_deactivated,
    )
    return await all_pages(session, session.services.agents.ListAgents, request, lambda page: page.agents)


async def agent_names(session: Session, agent_ids: Collection[str]) -> Mapping[str, str]:
    """What people call these agents, by id. Ids that no agent has, as older data may have some, are left out."""
    if not any(agent_ids):
        return {}
    try:
        agents = await list_agents(session, show_deactivated=True)
    except Failure as failure:
        if failure.kind is not FailureKind.REFUSED:
            raise
        # Agents who are not administrators may only ask for those of a workspace.
        agents = await list_agents(session, session.workspace_id, show_deactivated=True)
    return {agent.agent_id: agent.display_name for agent in agents if agent.agent_id in agent_ids}


async def list_channels(session: Session) -> list[channel_service_pb2.Channel]:
    """The numbers that Keva answers."""
    request = channel_service_pb2.ListChannelsRequest(organization_id=session.organization_id)
    return await all_pages(session, session.services.channels.ListChannels, request, lambda page: page.channels)


async def list_messages(session: Session, ticket_id: str) -> list[message_pb2.Message]:
    """A ticket's conversation in the session's workspace, from its start."""
    request = ticket_service_pb2.ListMessagesRequest(workspace_id=session.workspace_id, ticket_id=ticket_id)
    return await all_pages(session, session.services.tickets.ListMessages, request, lambda page: page.messages)


async def list_newer_messages(session: Session, ticket_id: str, message_id: str) -> list[message_pb2.Message]:
    """What came on the ticket behind that message."""
    request = ticket_service_pb2.ListMessagesRequest(
        workspace_id=session.workspace_id, ticket_id=ticket_id, after_message_id=message_id
    )
    return await all_pages(session, session.services.tickets.ListMessages, request, lambda page: page.messages)


async def list_twilio_accounts(session: Session) -> list[sms_service_pb2.TwilioAccount]:
    """The connected Twilio accounts."""
    request = sms_service_pb2.ListTwilioAccountsRequest(organization_id=session.organization_id)
    return await all_pages(session, session.services.sms.ListTwilioAccounts, request, lambda page: page.accounts)


async def list_phone_numbers(
    session: Session, account_sid: str, address: str = "", include_not_sms_capable: bool = False
) -> list[sms_service_pb2.PhoneNumber]:
    """A Twilio account's numbers as Twilio lists them now; only `address` (E.164), if given."""
    request = sms_service_pb2.ListPhoneNumbersRequest(
        organization_id=session.organization_id,
        account_sid=account_sid,
        phone_number=address,
        include_not_sms_capable=include_not_sms_capable,
    )
    rpc = session.services.sms.ListPhoneNumbers
    listed = await all_pages(session, rpc, request, lambda page: page.phone_numbers, seconds=TWILIO_SECONDS)
    return [number for number in listed if address in ("", number.phone_number)]


@dataclass(frozen=True)
class NumberComparisons:
    """How numbers stand with Twilio's log at `read_time`, and how long one may be without a comparison."""

    comparisons: Sequence[sms_service_pb2.NumberComparison]
    patience: timedelta
    read_time: datetime


async def list_number_comparisons(session: Session) -> NumberComparisons:
    """How the numbers stand with Twilio's log, removed ones too."""
    request = sms_service_pb2.ListNumberComparisonsRequest(organization_id=session.organization_id)
    # One of an older release does not say what time it is there.
    patience, read_time = timedelta(0), datetime.now(UTC)

    def items(page: sms_service_pb2.ListNumberComparisonsResponse) -> Sequence[sms_service_pb2.NumberComparison]:
        nonlocal patience, read_time
        patience = page.patience.ToTimedelta()
        if page.HasField("read_time"):
            read_time = page.read_time.ToDatetime(UTC)
        return page.comparisons

    found = await all_pages(session, session.services.sms.ListNumberComparisons, request, items)
    return NumberComparisons(found, patience, read_time)


@dataclass(frozen=True)
class AccountsNumbers:
    """The numbers of several Twilio accounts; `unread` says of which there are none, and why: one that Twilio refuses
    does not hide the others."""

    numbers: Sequence[sms_service_pb2.PhoneNumber]
    unread: Mapping[str, Failure]


async def list_accounts_numbers(
    session: Session, account_sids: Sequence[str], address: str = "", include_not_sms_capable: bool = False
) -> AccountsNumbers:
    """`list_phone_numbers` of each account. Raises the Failure of the first one when none can be read."""

    async def read(account_sid: str) -> list[sms_service_pb2.PhoneNumber] | Failure:
        try:
            return await list_phone_numbers(session, account_sid, address, include_not_sms_capable)
        except Failure as failure:
            return failure

    read_of_all = await asyncio.gather(*map(read, account_sids))
    found = dict(zip(account_sids, read_of_all, strict=True))
    unread = {account_sid: one for account_sid, one in found.items() if isinstance(one, Failure)}
    if unread and len(unread) == len(account_sids):
        raise unread[account_sids[0]]
    numbers = [number for one in found.values() if not isinstance(one, Failure) for number in one]
    return AccountsNumbers(numbers, unread)
