"""Use cases: subscribe numbers and change their settings."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from servicekit import phone_numbers
from servicekit.clock import Clock
from servicekit.errors import KevaError
from servicekit.ids import new_id
from servicekit.masking import mask
from servicekit.paging import Page, Position, id_at, page
from ticket_service import errors
from ticket_service.domain.audit import Actor, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.channel import (
    MAX_SEGMENTS_PER_SECOND,
    MIN_SEGMENTS_PER_SECOND,
    AiAutonomy,
    Channel,
    CreateTicketOn,
    OwnedNumber,
)
from ticket_service.domain.ticket import NOBODY, Assignee, AssigneeKind, Priority
from ticket_service.domain.workspace import DEFAULT_WORKSPACE
from ticket_service.ports.channels import ChannelStore
from ticket_service.ports.sms import PhoneNumbers
from ticket_service.ports.workspaces import WorkspaceStore
from ticket_service.use_cases.checks import require_assignee, require_display_name
from ticket_service.use_cases.staff.known_agents import KnownAgents


@dataclass(frozen=True)
class ChannelSettings:
    """A channel's routing rules; None is the default, or leaves a rule as it is."""

    display_name: str | None = None
    workspace_id: str | None = None
    create_ticket_on: CreateTicketOn | None = None
    default_priority: Priority | None = None
    auto_assign: Assignee | None = None
    # Set together with auto_assign: whether new tickets are dealt to the available agents.
    round_robin: bool | None = None
    segments_per_second: float | None = None
    ai_autonomy: AiAutonomy | None = None


class Channels:
    """Channels of all organizations."""

    def __init__(
        self,
        store: ChannelStore,
        workspaces: WorkspaceStore,
        numbers: PhoneNumbers,
        agents: KnownAgents,
        clock: Clock,
        region: str,
    ) -> None:
        self._store = store
        self._workspaces = workspaces
        self._numbers = numbers
        self._agents = agents
        self._clock = clock
        self._region = region

    async def create(
        self, organization_id: str, account_sid: str, phone_number: str, settings: ChannelSettings, actor: Actor
    ) -> Channel:
        """channel_service.proto, CreateChannel, names what is raised."""
        if not phone_number.strip():
            raise errors.required("phone_number")
        number = phone_numbers.require_number(phone_number, self._region, "phone_number")
        _require_valid(settings)
        workspace_id = settings.workspace_id or DEFAULT_WORKSPACE
        # Raises WORKSPACE_NOT_FOUND, also for the default one: it belongs to one organization only.
        await self._workspaces.get_workspace(organization_id, workspace_id)
        await self._agents.require_assignable(settings.auto_assign or NOBODY, workspace_id)
        account_sid, owned = await self._owner(organization_id, account_sid, number)
        if not owned.sms_capable:
            raise errors.phone_number_not_sms_capable()
        now = self._clock()
        wanted = Channel(
            channel_id=new_id("chn"),
            organization_id=organization_id,
            account_sid=account_sid,
            phone_number=number,
            display_name=settings.display_name or owned.display_name or number,
            workspace_id=workspace_id,
            create_time=now,
            update_time=now,
            create_ticket_on=settings.create_ticket_on or CreateTicketOn.NEW_THREAD,
            default_priority=settings.default_priority or Priority.HIGH,
            auto_assign=settings.auto_assign or NOBODY,
            round_robin=settings.round_robin or False,
            segments_per_second=settings.segments_per_second or 0,
            ai_autonomy=settings.ai_autonomy or AiAutonomy.SURE,
        )
        return await self._store.subscribe(wanted, lambda known: _subscribed(wanted, settings, known, actor))

    async def get(self, organization_id: str, channel_id: str) -> Channel:
        """Raises CHANNEL_NOT_FOUND."""
        channel = await self._store.get_channel(organization_id, channel_id)
        if channel.delete_time is not None:
            raise errors.channel_not_found(channel_id)
        return channel

    async def list_channels(self, organization_id: str, asked: Page) -> tuple[list[Channel], str]:
        """A page of channels, oldest first, and the next page's token."""

        async def read(position: Position, limit: int) -> list[Channel]:
            return await self._store.list_channels(organization_id, id_at(position), limit)

        return await page(asked, [organization_id], read, lambda channel: [channel.channel_id])

    async def list_subscribed(self, asked: Page) -> tuple[list[Channel], str]:
        """A page of the channels of all organizations, and the next page's token."""

        async def read(position: Position, limit: int) -> list[Channel]:
            return await self._store.list_subscribed(id_at(position), limit)

        return await page(asked, ["subscribed"], read, lambda channel: [channel.channel_id])

    async def update(self, organization_id: str, channel_id: str, settings: ChannelSettings, actor: Actor) -> Channel:
        """channel_service.proto, UpdateChannel, names what is raised."""
        if settings.display_name is not None:
            require_display_name(settings.display_name, "channel.display_name")
        _require_valid(settings)
        if settings.workspace_id is not None:
            await self._workspaces.get_workspace(organization_id, settings.workspace_id)
        await self._check_auto_assign(organization_id, channel_id, settings)
        chosen = {name: value for name, value in vars(settings).items() if value is not None}

        def decide(channel: Channel) -> tuple[Channel, tuple[AuditEntry, ...]]:
            if channel.delete_time is not None:
                raise errors.channel_not_found(channel_id)
            changed = replace(channel, **chosen)
            if changed == channel:
                return channel, ()
            now = self._clock()
            entry = AuditEntry(AuditAction.CHANNEL_UPDATED, channel_id, actor, now, _details(changed))
            return replace(changed, update_time=now), (entry,)

        return await self._store.change_channel(organization_id, channel_id, decide)

    async def assign_to_nobody(self, organization_id: str, channel_id: str, agent_id: str, actor: Actor) -> None:
        """New tickets are nobody's from now on, if they were this agent's until now. Raises CHANNEL_NOT_FOUND."""

        def decide(channel: Channel) -> tuple[Channel, tuple[AuditEntry, ...]]:
            if channel.auto_assign != Assignee(AssigneeKind.AGENT, agent_id) or channel.delete_time is not None:
                return channel, ()
            now = self._clock()
            changed = replace(channel, auto_assign=NOBODY, update_time=now)
            return changed, (AuditEntry(AuditAction.CHANNEL_UPDATED, channel_id, actor, now, _details(changed)),)

        await self._store.change_channel(organization_id, channel_id, decide)

    async def delete(self, organization_id: str, channel_id: str, actor: Actor) -> None:
        """Raises CHANNEL_NOT_FOUND when there never was one."""

        def decide(channel: Channel) -> tuple[Channel, tuple[AuditEntry, ...]]:
            if channel.delete_time is not None:
                return channel, ()
            now = self._clock()
            gone = replace(channel, delete_time=now, update_time=now)
            return gone, (AuditEntry(AuditAction.CHANNEL_DELETED, channel_id, actor, now),)

        await self._store.change_channel(organization_id, channel_id, decide)

    async def _check_auto_assign(self, organization_id: str, channel_id: str, settings: ChannelSettings) -> None:
        """Whoever gets the channel's new tickets must be of its workspace, if either of them changes."""
        if settings.auto_assign is None and settings.workspace_id is None:
            return
        channel = await self.get(organization_id, channel_id)
        workspace_id = settings.workspace_id or channel.workspace_id
        await self._agents.require_assignable(settings.auto_assign or channel.auto_assign, workspace_id)

    async def _owner(self, organization_id: str, account_sid: str, number: str) -> tuple[str, OwnedNumber]:
        """The account that has the number, of those that are connected unless one is named. One that cannot be asked
        does not stand in the way of the others."""
        accounts = [account_sid] if account_sid else await self._numbers.connected_accounts(organization_id)
        if not accounts:
            raise errors.twilio_account_not_found("")

        async def ask(account: str) -> OwnedNumber | KevaError | None:
            try:
                return await self._numbers.owned_number(organization_id, account, number)
            except KevaError as error:
                return error

        answers = dict(zip(accounts, await asyncio.gather(*map(ask, accounts)), strict=True))
        owners = {account: owned for account, owned in answers.items() if isinstance(owned, OwnedNumber)}
        if len(owners) > 1:
            named = ", ".join(owners)
            raise errors.invalid("account_sid", f"is required, since several accounts have the number: {named}")
        if not owners:
            failures = {account: one for account, one in answers.items() if isinstance(one, KevaError)}
            raise _no_owner(failures, len(accounts))
        return owners.popitem()


def _no_owner(failures: Mapping[str, KevaError], accounts: int) -> KevaError:
    """What is raised when none of so many accounts is known to have the number; `failures` are of those that could not
    be asked."""
    if len(failures) == accounts:
        return next(iter(failures.values()))
    return errors.phone_number_not_found({account: failure.reason for account, failure in failures.items()})


def _require_valid(settings: ChannelSettings) -> None:
    if settings.display_name:
        require_display_name(settings.display_name, "display_name")
    if settings.auto_assign is not None:
        require_assignee(settings.auto_assign)
    rate = settings.segments_per_second
    # Not `rate < 0`: NaN is not below 0.
    if rate is not None and rate != 0 and not MIN_SEGMENTS_PER_SECOND <= rate <= MAX_SEGMENTS_PER_SECOND:
        allowed = f"must be 0, or between {MIN_SEGMENTS_PER_SECOND:g} and {MAX_SEGMENTS_PER_SECOND}"
        raise errors.invalid("segments_per_second", allowed)


def _subscribed(
    wanted: Channel, settings: ChannelSettings, known: Channel | None, actor: Actor
) -> tuple[Channel, tuple[AuditEntry, ...]]:
    """The new channel. A number that was removed, or is in another of the organization's accounts now, comes back under
    its earlier id, so that its threads go on."""
    if known is not None and known.organization_id != wanted.organization_id:
        # Another organization's channel id is none of this caller's business.
        raise errors.channel_of_another_organization()
    if known is not None and known.delete_time is None:
        if known.account_sid == wanted.account_sid:
            raise errors.channel_already_exists(known.channel_id)
        return _moved(wanted, settings, known, actor)
    channel = replace(wanted, channel_id=known.channel_id) if known else wanted
    entry = AuditEntry(AuditAction.CHANNEL_CREATED, channel.channel_id, actor, wanted.create_time, _details(channel))
    return channel, (entry,)


def _moved(
    wanted: Channel, settings: ChannelSettings, known: Channel, actor: Actor
) -> tuple[Channel, tuple[AuditEntry, ...]]:
    """The channel of a number that Twilio has in another account now: only what is named changes. It stays subscribed
    since when it was, so that texts which the new account has got meanwhile are recovered."""
    chosen = {name: value for name, value in vars(settings).items() if value}
    if settings.auto_assign is not None:
        chosen["round_robin"] = settings.round_robin or False
    now = wanted.create_time
    channel = replace(known, account_sid=wanted.account_sid, update_time=now, **chosen)
    details = {**_details(channel), "from_account": known.account_sid, "to_account": channel.account_sid}
    return channel, (AuditEntry(AuditAction.CHANNEL_MOVED, channel.channel_id, actor, now, details),)


def _details(channel: Channel) -> dict[str, str]:
    return {
        "number": mask(channel.phone_number),
        "workspace_id": channel.workspace_id,
        "create_ticket_on": channel.create_ticket_on.value,
        "default_priority": channel.default_priority.value,
        "auto_assign": "available" if channel.round_robin else str(channel.auto_assign),
        "segments_per_second": f"{channel.segments_per_second:g}",
        "ai_autonomy": channel.ai_autonomy.value,
    }
