"""Whether Twilio lets each connected account in, and all texts of the channels' numbers come to Keva."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from client.doctor.advisor import Advisor
from client.doctor.finding import LISTED, Condition, Finding, some
from client.failure import Failure, FailureKind
from client.lists import list_phone_numbers
from client.paging import one_page
from client.session import TWILIO_SECONDS, Session
from client.words.inbound_routes import reaches_keva, route_text
from client.words.language import say
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import channel_service_pb2

_Numbers = Mapping[str, sms_service_pb2.PhoneNumber]
_Listed = Sequence[sms_service_pb2.PhoneNumber]
# Nothing is wrong with the account: whoever was asked on its behalf does not answer now.
_PASSING = (FailureKind.TRY_AGAIN, FailureKind.UNREACHABLE)


@dataclass(frozen=True)
class AskedAccounts:
    """What Twilio says of accounts: their numbers, by account and number, or why it says nothing. Of accounts without a
    channel the numbers are not complete."""

    numbers: Mapping[str, _Numbers]
    failures: Mapping[str, Failure]

    @property
    def refused(self) -> Mapping[str, Failure]:
        """The accounts that nobody gets into until somebody does something."""
        return {sid: failure for sid, failure in self.failures.items() if failure.kind not in _PASSING}

    @property
    def unknown(self) -> Sequence[Failure]:
        """Why others cannot be asked now."""
        return [failure for failure in self.failures.values() if failure.kind in _PASSING]


async def ask_accounts(session: Session, account_sids: Sequence[str], with_channels: Collection[str]) -> AskedAccounts:
    """Asks Twilio about each account, as whom we are connected."""
    asked = await asyncio.gather(*(_read(session, sid, whole=sid in with_channels) for sid in account_sids))
    found = dict(zip(account_sids, asked, strict=True))
    numbers = {sid: one for sid, one in found.items() if not isinstance(one, Failure)}
    return AskedAccounts(numbers, {sid: one for sid, one in found.items() if isinstance(one, Failure)})


def routes(channels: Sequence[channel_service_pb2.Channel], accounts: AskedAccounts, advisor: Advisor) -> list[Finding]:
    """What is wrong with where Twilio sends the channels' texts."""
    known = accounts.numbers
    asked = [channel for channel in channels if channel.account_sid in known]
    gone = [channel.phone_number for channel in asked if channel.phone_number not in known[channel.account_sid]]
    here = [known[one.account_sid][one.phone_number] for one in asked if one.phone_number not in gone]
    unknown = [_unknown(failure, advisor) for failure in accounts.unknown][:1]
    lost = [*_elsewhere(here, advisor), *_fallback_lost(here, advisor), *_in_part(here, advisor)]
    return [*unknown, *_gone(gone, advisor), *lost]


async def _read(session: Session, account_sid: str, whole: bool) -> _Numbers | Failure:
    try:
        if whole:
            numbers = await list_phone_numbers(session, account_sid, include_not_sms_capable=True)
        else:
            request = sms_service_pb2.ListPhoneNumbersRequest(
                organization_id=session.organization_id, account_sid=account_sid
            )
            rpc = session.services.sms.ListPhoneNumbers
            numbers, _ = await one_page(
                session, rpc, request, lambda page: page.phone_numbers, size=1, seconds=TWILIO_SECONDS
            )
    except Failure as failure:
        return failure
    return {number.phone_number: number for number in numbers}


def _unknown(failure: Failure, advisor: Advisor) -> Finding:
    if failure.reason == "TWILIO_UNAVAILABLE":
        words = say("does not answer sms_service: replies wait, and where texts are sent is not known")
        return Finding(say("Twilio"), Condition.NO_ANSWER, words, advisor.failure(failure))
    words = say("it is not known where Twilio sends them: %(why)s", why=advisor.say(failure))
    return Finding(say("texts"), Condition.NOTE, words, advisor.failure(failure))


def _gone(numbers: Sequence[str], advisor: Advisor) -> list[Finding]:
    if not numbers:
        return []
    words = say("Twilio no longer lists %(numbers)s: no texts come, no replies go", numbers=some(numbers))
    facts = {"phone_numbers": list(numbers)}
    return [Finding(say("numbers gone"), Condition.WRONG, words, advisor.numbers_gone(), facts)]


def _elsewhere(numbers: _Listed, advisor: Advisor) -> list[Finding]:
    lost = [number for number in numbers if not reaches_keva(number)]
    went = [
        say("%(number)s (they go to: %(where)s)", number=number.phone_number, where=route_text(number))
        for number in lost
    ]
    words = say("those to %(numbers)s do not come to Keva", numbers=some(went))
    return [_finding(say("texts lost"), Condition.WRONG, words, lost, advisor)] if lost else []


def _fallback_lost(numbers: _Listed, advisor: Advisor) -> list[Finding]:
    """What Keva does not answer at once goes to a fallback URL that does not bring it to Keva."""
    lost = [number for number in numbers if reaches_keva(number) and number.inbound_trouble]
    went = [f"{number.phone_number} ({number.inbound_trouble})" for number in lost]
    words = _lost_if_late(went)
    return [_finding(say("texts lost by the fallback URL"), Condition.WRONG, words, lost, advisor)] if lost else []


def _in_part(numbers: _Listed, advisor: Advisor) -> list[Finding]:
    incomplete = sms_service_pb2.INBOUND_ROUTE_KEVA_INCOMPLETE
    partly = [number for number in numbers if number.inbound_route == incomplete and not number.inbound_trouble]
    words = _lost_if_late([number.phone_number for number in partly])
    return [_finding(say("texts not repeated"), Condition.NOTE, words, partly, advisor)] if partly else []


def _lost_if_late(numbers: Sequence[str]) -> str:
    return say("those to %(numbers)s are lost if Keva does not answer at once", numbers=some(numbers))


def _finding(subject: str, condition: Condition, words: str, numbers: _Listed, advisor: Advisor) -> Finding:
    advice = " ".join(advisor.route(number) for number in numbers[:LISTED])
    return Finding(subject, condition, words, advice, {"phone_numbers": [number.phone_number for number in numbers]})
