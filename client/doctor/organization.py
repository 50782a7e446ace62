"""Whether the databases answer, and the Twilio accounts, numbers and workspaces of the organization fit together."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from client.doctor.advisor import Advisor
from client.doctor.auto_assign import auto_assign
from client.doctor.finding import Condition, Finding
from client.doctor.numbers import AskedAccounts, ask_accounts, routes
from client.doctor.recovery import recovery
from client.doctor.reply_limits import reply_limits
from client.doctor.signatures import signatures
from client.failure import Failure, FailureKind
from client.lists import list_channels, list_twilio_accounts, list_workspaces
from client.session import Session
from client.words.language import marked, say
from client.words.times import time_text
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import channel_service_pb2, workspace_service_pb2

Item = TypeVar("Item")
Accounts = list[sms_service_pb2.TwilioAccount] | Failure
_Connected = Sequence[sms_service_pb2.TwilioAccount]

# Subjects of findings without which no texts are taken.
DATABASE, ACCOUNTS = marked("database of ticket_service"), marked("Twilio accounts")
# More than a service waits for a MongoDB that is not there, so that it can say so.
_SECONDS = 5.0


@dataclass(frozen=True)
class Organization:
    """What could be read of it (None where nothing could), and what was found about it, subject by subject."""

    workspaces: Sequence[workspace_service_pb2.Workspace] | None = None
    channels: Sequence[channel_service_pb2.Channel] | None = None
    database: Sequence[Finding] = ()
    connection: Sequence[Finding] = ()
    sending: Sequence[Finding] = ()
    signing: Sequence[Finding] = ()
    numbers: Sequence[Finding] = ()
    routing: Sequence[Finding] = ()
    assigning: Sequence[Finding] = ()
    missed: Sequence[Finding] = ()
    limits: Sequence[Finding] = ()

    @property
    def findings(self) -> list[Finding]:
        """All of them."""
        first = [*self.database, *self.connection, *self.sending, *self.signing]
        return [*first, *self.numbers, *self.routing, *self.assigning, *self.missed, *self.limits]


async def organization(session: Session, advisor: Advisor) -> Organization:
    """The organization of the session, and what was found about it."""
    workspaces, channels, accounts = await asyncio.gather(
        _read(list_workspaces(session, _SECONDS)), _read(list_channels(session)), _read(list_twilio_accounts(session))
    )
    known, connected = _found(channels) or [], _found(accounts) or []
    sids = [account.account_sid for account in connected]
    asked = await ask_accounts(session, sids, {channel.account_sid for channel in known})
    return Organization(
        workspaces=_found(workspaces),
        channels=_found(channels),
        database=[_database(workspaces, advisor)],
        connection=[_twilio(accounts, asked, advisor)],
        sending=_stopped(connected, advisor),
        signing=[*_rotations(connected, advisor), *signatures(connected, datetime.now(UTC))],
        numbers=_numbers(channels, accounts, advisor),
        routing=routes(known, asked, advisor),
        assigning=await auto_assign(session, known, advisor),
        missed=await recovery(session, [one for one in known if one.account_sid in sids], advisor),
        limits=await reply_limits(session, known, advisor),
    )


async def _read(reading: Awaitable[list[Item]]) -> list[Item] | Failure:
    try:
        return await reading
    except Failure as failure:
        return failure


def _found(read: list[Item] | Failure) -> list[Item] | None:
    return None if isinstance(read, Failure) else read


def _database(workspaces: list[workspace_service_pb2.Workspace] | Failure, advisor: Advisor) -> Finding:
    if not isinstance(workspaces, Failure):
        return Finding(say(DATABASE), Condition.OK, say("can be read"))
    advice = say("If ticket_service itself is well, look at its MongoDB: does it have a primary?")
    return _unread(say(DATABASE), workspaces, advice, advisor)


def _unread(subject: str, failure: Failure, advice: str, advisor: Advisor) -> Finding:
    if failure.kind is FailureKind.UNREACHABLE:
        return Finding(subject, Condition.NO_ANSWER, say("cannot be read"), advice)
    return Finding(subject, Condition.WRONG, advisor.say(failure), advisor.failure(failure) or advice)


def _twilio(accounts: Accounts, asked: AskedAccounts, advisor: Advisor) -> Finding:
    subject = say(ACCOUNTS)
    if isinstance(accounts, Failure):
        advice = say("sms_service asks credentials_service for them: look at both, and at their MongoDB.")
        return _unread(subject, accounts, advice, advisor)
    facts: dict[str, Any] = {"accounts": len(accounts)}
    if asked.refused:
        trouble = "; ".join(f"{sid}: {advisor.say(failure)}" for sid, failure in asked.refused.items())
        advice = " ".join(advisor.account(sid, failure) for sid, failure in asked.refused.items())
        words = say("%(count)s connected, and not all can be used: %(why)s", count=len(accounts), why=trouble)
        return Finding(subject, Condition.WRONG, words, advice, facts | {"refused": list(asked.refused)})
    if accounts:
        return Finding(subject, Condition.OK, say("%(count)s connected", count=len(accounts)), facts=facts)
    return Finding(subject, Condition.NOTE, say("none is connected"), advisor.connect_an_account(), facts)


def _stopped(accounts: _Connected, advisor: Advisor) -> list[Finding]:
    """What Twilio refuses to send from: its replies wait."""
    advice = advisor.resume_sending()
    return [
        Finding(
            say("sending from %(sender)s", sender=sender.phone_number or account.account_sid),
            Condition.WRONG,
            say("stopped by Twilio's error %(code)s: %(text)s", code=sender.error_code, text=sender.error_text),
            advice,
            _facts(account),
        )
        for account in accounts
        for sender in account.stopped_senders
    ]


def _facts(account: sms_service_pb2.TwilioAccount) -> dict[str, Any]:
    return {"account_sids": [account.account_sid]}


def _rotations(accounts: _Connected, advisor: Advisor) -> list[Finding]:
    """Auth Tokens that are being changed: somebody has to finish that."""
    return [
        Finding(
            say("Auth Token of %(account)s", account=account.account_sid),
            Condition.NOTE,
            say("is being changed: begun on %(time)s", time=time_text(account.rotation_start_time.ToDatetime(UTC))),
            advisor.end_rotation(),
            _facts(account),
        )
        for account in accounts
        if account.HasField("rotation_start_time")
    ]


def _numbers(
    channels: list[channel_service_pb2.Channel] | Failure,
    accounts: Accounts,
    advisor: Advisor,
) -> list[Finding]:
    if isinstance(channels, Failure):
        return []
    facts, subject = {"channels": len(channels)}, say("numbers")
    answered = Finding(subject, Condition.OK, say("%(count)s answered", count=len(channels)), facts=facts)
    if not channels:
        return [Finding(subject, Condition.NOTE, say("Keva answers no number"), advisor.add_a_number(), facts)]
    if isinstance(accounts, Failure):
        return [answered]
    connected = {account.account_sid for account in accounts}
    cut_off = [channel for channel in channels if channel.account_sid not in connected]
    if not cut_off:
        return [answered]
    numbers = ", ".join(channel.phone_number for channel in cut_off)
    sids = sorted({channel.account_sid for channel in cut_off})
    words = say("the Twilio account of %(numbers)s is not connected: texts are refused, replies wait", numbers=numbers)
    return [Finding(subject, Condition.WRONG, words, advisor.reconnect(sids), facts)]
