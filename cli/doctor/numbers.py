"""Whether all texts of the channels' numbers come to Keva."""

import asyncio
from collections.abc import Mapping, Sequence

from cli.doctor.finding import Condition, Finding
from cli.hints.failures import hint, sentence
from cli.hints.numbers import route_hint
from cli.session import Session
from client.failure import Failure
from client.lists import list_phone_numbers
from client.words.inbound_routes import reaches_keva, route_text
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import channel_service_pb2

_Numbers = Mapping[str, sms_service_pb2.PhoneNumber]
_LISTED = 5


async def routes(session: Session, channels: Sequence[channel_service_pb2.Channel]) -> list[Finding]:
    """What is wrong with where Twilio sends their texts."""
    account_sids = sorted({channel.account_sid for channel in channels})
    read = await asyncio.gather(*(_read(session, account_sid) for account_sid in account_sids))
    known = {sid: numbers for sid, numbers in zip(account_sids, read, strict=True) if isinstance(numbers, Mapping)}
    findings = [_unknown(failure) for failure in read if isinstance(failure, Failure)][:1]
    asked = [channel for channel in channels if channel.account_sid in known]
    gone = [channel.phone_number for channel in asked if channel.phone_number not in known[channel.account_sid]]
    here = [known[one.account_sid][one.phone_number] for one in asked if one.phone_number not in gone]
    return [*findings, *_gone(gone), *_elsewhere(here), *_in_part(here)]


async def _read(session: Session, account_sid: str) -> _Numbers | Failure:
    try:
        numbers = await list_phone_numbers(session, account_sid, include_not_sms_capable=True)
    except Failure as failure:
        return failure
    return {number.phone_number: number for number in numbers}


def _unknown(failure: Failure) -> Finding:
    words = f"it is not known where Twilio sends them: {sentence(failure)}"
    return Finding("texts", Condition.NOTE, words, hint(failure))


def _gone(numbers: Sequence[str]) -> list[Finding]:
    if not numbers:
        return []
    words = f"Twilio no longer lists {_some(numbers)}: no texts come, no replies go"
    advice = "See in Twilio's console what became of them, or remove them: keva channels remove."
    return [Finding("numbers gone", Condition.WRONG, words, advice, {"phone_numbers": list(numbers)})]


def _elsewhere(numbers: Sequence[sms_service_pb2.PhoneNumber]) -> list[Finding]:
    lost = [number for number in numbers if not reaches_keva(number)]
    went = [f"{number.phone_number} (they go to: {route_text(number)})" for number in lost]
    return (
        [_finding("texts lost", Condition.WRONG, f"those to {_some(went)} do not come to Keva", lost)] if lost else []
    )


def _in_part(numbers: Sequence[sms_service_pb2.PhoneNumber]) -> list[Finding]:
    partly = [number for number in numbers if number.inbound_route == sms_service_pb2.INBOUND_ROUTE_KEVA_INCOMPLETE]
    words = f"those to {_some([number.phone_number for number in partly])} are lost if Keva does not answer at once"
    return [_finding("texts not repeated", Condition.NOTE, words, partly)] if partly else []


def _finding(subject: str, condition: Condition, words: str, numbers: Sequence[sms_service_pb2.PhoneNumber]) -> Finding:
    advice = " ".join(route_hint(number) for number in numbers[:_LISTED])
    return Finding(subject, condition, words, advice, {"phone_numbers": [number.phone_number for number in numbers]})


def _some(items: Sequence[str]) -> str:
    more = f" and {len(items) - _LISTED} more" if len(items) > _LISTED else ""
    return ", ".join(items[:_LISTED]) + more
