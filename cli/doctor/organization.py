"""Whether the databases answer, and the Twilio accounts, numbers and workspaces of the organization fit together."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from cli.doctor.finding import Condition, Finding
from cli.doctor.numbers import AskedAccounts, ask_accounts, routes
from cli.doctor.recovery import recovery
from cli.hints.failures import account_hint, hint, sentence
from cli.session import Session
from cli.terminal import output
from client.failure import Failure, FailureKind
from client.lists import list_channels, list_twilio_accounts, list_workspaces
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import channel_service_pb2, workspace_service_pb2

Item = TypeVar("Item")

# Subjects of findings without which no texts are taken.
DATABASE, ACCOUNTS = "database of ticket_service", "Twilio accounts"
# More than a service waits for a MongoDB that is not there, so that it can say so.
_SECONDS = 5.0


@dataclass(frozen=True)
class Organization:
    """What could be read of it; None where nothing could."""

    workspaces: Sequence[workspace_service_pb2.Workspace] | None = None
    channels: Sequence[channel_service_pb2.Channel] | None = None
    findings: list[Finding] = field(default_factory=list)


async def organization(session: Session) -> Organization:
    """The organization of the session, and what was found about it."""
    workspaces, channels, accounts = await asyncio.gather(
        _read(list_workspaces(session, _SECONDS)), _read(list_channels(session)), _read(list_twilio_accounts(session))
    )
    known = _found(channels) or []
    connected = [account.account_sid for account in _found(accounts) or []]
    asked = await ask_accounts(session, connected, {channel.account_sid for channel in known})
    findings = [_database(workspaces), _twilio(accounts, asked), *_stopped(accounts), *_rotations(accounts)]
    findings += [*_numbers(channels, accounts), *routes(known, asked)]
    findings += await recovery(session, [one for one in known if one.account_sid in connected])
    return Organization(_found(workspaces), _found(channels), findings)


async def _read(reading: Awaitable[list[Item]]) -> list[Item] | Failure:
    try:
        return await reading
    except Failure as failure:
        return failure


def _found(read: list[Item] | Failure) -> list[Item] | None:
    return None if isinstance(read, Failure) else read


def _database(workspaces: list[workspace_service_pb2.Workspace] | Failure) -> Finding:
    subject = DATABASE
    if not isinstance(workspaces, Failure):
        return Finding(subject, Condition.OK, "can be read")
    return _unread(
        subject, workspaces, "If ticket_service itself is well, look at its MongoDB: does it have a primary?"
    )


def _unread(subject: str, failure: Failure, advice: str) -> Finding:
    if failure.kind is FailureKind.UNREACHABLE:
        return Finding(subject, Condition.NO_ANSWER, "cannot be read", advice)
    return Finding(subject, Condition.WRONG, sentence(failure), hint(failure) or advice)


def _twilio(accounts: list[sms_service_pb2.TwilioAccount] | Failure, asked: AskedAccounts) -> Finding:
    subject = ACCOUNTS
    if isinstance(accounts, Failure):
        return _unread(
            subject, accounts, "sms_service asks credentials_service for them: look at both, and at their MongoDB."
        )
    facts: dict[str, Any] = {"accounts": len(accounts)}
    if asked.refused:
        trouble = "; ".join(f"{sid}: {sentence(failure)}" for sid, failure in asked.refused.items())
        advice = " ".join(account_hint(sid, failure) for sid, failure in asked.refused.items())
        words = f"{len(accounts)} connected, and not all can be used: {trouble}"
        return Finding(subject, Condition.WRONG, words, advice, facts | {"refused": list(asked.refused)})
    if accounts:
        return Finding(subject, Condition.OK, f"{len(accounts)} connected", facts=facts)
    advice = "Connect one with: keva twilio connect --account-sid AC…"
    return Finding(subject, Condition.NOTE, "none is connected", advice, facts)


def _stopped(accounts: list[sms_service_pb2.TwilioAccount] | Failure) -> list[Finding]:
    """What Twilio refuses to send from: its replies wait."""
    if isinstance(accounts, Failure):
        return []
    advice = "Fix it at Twilio: sending resumes by itself within minutes, or at once with keva twilio connect."
    return [
        Finding(f"sending from {stopped.phone_number or account.account_sid}", Condition.WRONG, words, advice)
        for account in accounts
        for stopped in account.stopped_senders
        if (words := f"stopped by Twilio's error {stopped.error_code}: {stopped.error_text}")
    ]


def _rotations(accounts: list[sms_service_pb2.TwilioAccount] | Failure) -> list[Finding]:
    """Auth Tokens that are being changed: somebody has to finish that."""
    if isinstance(accounts, Failure):
        return []
    return [
        Finding(
            f"Auth Token of {account.account_sid}",
            Condition.NOTE,
            f"is being changed: begun on {output.when(account, 'rotation_start_time')}",
            "Promote the new one at Twilio, then run keva twilio rotate --promote; or run keva twilio rotate --cancel.",
        )
        for account in accounts
        if account.HasField("rotation_start_time")
    ]


def _numbers(
    channels: list[channel_service_pb2.Channel] | Failure,
    accounts: list[sms_service_pb2.TwilioAccount] | Failure,
) -> list[Finding]:
    if isinstance(channels, Failure):
        return []
    facts = {"channels": len(channels)}
    if not channels:
        advice = "keva numbers list shows yours; keva channels add NUMBER adds one."
        return [Finding("numbers", Condition.NOTE, "Keva answers no number", advice, facts)]
    if isinstance(accounts, Failure):
        return [Finding("numbers", Condition.OK, f"{len(channels)} answered", facts=facts)]
    connected = {account.account_sid for account in accounts}
    cut_off = [channel for channel in channels if channel.account_sid not in connected]
    if not cut_off:
        return [Finding("numbers", Condition.OK, f"{len(channels)} answered", facts=facts)]
    numbers = ", ".join(channel.phone_number for channel in cut_off)
    sids = ", ".join(sorted({channel.account_sid for channel in cut_off}))
    words = f"the Twilio account of {numbers} is not connected: texts are refused, replies wait"
    advice = f"Connect {sids} with keva twilio connect, or remove the numbers with keva channels remove."
    return [Finding("numbers", Condition.WRONG, words, advice, facts)]
