"""The numbers of the connected Twilio accounts, to choose one of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from client.failure import Failure
from client.lists import list_accounts_numbers
from client.session import Session
from client.words.inbound_routes import route_text
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import channel_service_pb2

# More are found by typing part of the number or of its name.
_MOST_SHOWN = 100


@dataclass(frozen=True)
class Numbers:
    """`listed` can receive SMS; `unread` says which accounts could not be asked, and why. `channels` are the numbers
    that Keva answers already, by account and number. `more` says how many are not shown."""

    listed: Sequence[sms_service_pb2.PhoneNumber]
    unread: Mapping[str, Failure]
    channels: Mapping[tuple[str, str], channel_service_pb2.Channel]
    has_account: bool
    more: int = 0

    def channel_of(self, number: sms_service_pb2.PhoneNumber) -> channel_service_pb2.Channel | None:
        """The channel that it is; None: it can be added."""
        return self.channels.get((number.account_sid, number.phone_number))

    def route_of(self, number: sms_service_pb2.PhoneNumber) -> str:
        """Where Twilio sends its texts, in words."""
        return route_text(number)

    def matching(self, text: str) -> "Numbers":
        """Those with this part of a number, a name or an Account SID, the ones that can be added first."""
        found = [number for number in self.listed if _matches(number, text)]
        found.sort(key=lambda number: self.channel_of(number) is not None)
        return replace(self, listed=found[:_MOST_SHOWN], more=max(0, len(found) - _MOST_SHOWN))


async def offered_numbers(
    session: Session, account_sids: Sequence[str], channels: Sequence[channel_service_pb2.Channel], address: str = ""
) -> Numbers:
    """The numbers of these accounts; only `address`, unless it is empty."""
    known = {(channel.account_sid, channel.phone_number): channel for channel in channels}
    try:
        read = await list_accounts_numbers(session, account_sids, address)
    except Failure as failure:
        return Numbers((), dict.fromkeys(account_sids, failure), known, True)
    return Numbers(read.numbers, read.unread, known, bool(account_sids))


def _matches(number: sms_service_pb2.PhoneNumber, text: str) -> bool:
    digits = "".join(c for c in text if c.isdigit())
    words = f"{number.display_name} {number.account_sid}".casefold()
    return text.casefold() in words or (bool(digits) and digits in number.phone_number)
