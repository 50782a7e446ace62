"""Where delivery records are kept."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Protocol

from sms_service.domain.delivery import Claim, Delivery, DeliveryNews, advance


class DeliveryStore(Protocol):
    """Delivery records, one per message_id."""

    async def claim(self, delivery: Delivery, lease_until: datetime, lease: timedelta) -> Claim:
        """Makes the record unless there is one, and takes it for `lease` unless it is settled or somebody else has it.
        How long that is, and when attempts were, goes by the store's own clock; `lease_until` is the end by the
        caller's clock, and names the lease. A record of another organization is never the caller's. One of another
        account is, if nothing is in doubt, and is this account's from then on: its number has moved."""
        ...

    async def get(self, message_id: str) -> Delivery | None:
        """The record, if there is one."""
        ...

    async def settle(self, delivery: Delivery) -> Delivery:
        """Writes what came of a send, unless a callback knows better already; the record as it then is.

        Raises Aborted SEND_OUTCOME_UNKNOWN, and writes nothing, when the message_sid is another record's."""
        ...

    async def attempt(self, message_id: str, account_sid: str) -> None:
        """A message in doubt is sent again now, from this account: from now on it is this attempt that is in doubt."""
        ...

    async def release(self, claim: Claim) -> None:
        """This attempt certainly sent nothing: the lease ends, unless it is somebody else's by now. The next attempt is
        like the first, but for one before this that is still in doubt (`again`): the provider's log is to be asked
        then. The delivery's `place_time` is kept for it."""
        ...

    async def record_news(
        self,
        message_id: str,
        news: DeliveryNews,
        known: Delivery | None = None,
        move: Callable[[Delivery, DeliveryNews], Delivery] = advance,
    ) -> Delivery | None:
        """Moves the record on, by delivery.advance or delivery.reported; None when there is none, or when the
        message_sid is another record's. `known` is the record as the caller has just read it: it is read again only if
        it has changed."""
        ...

    async def known_sids(self, account_sid: str, message_sids: Collection[str]) -> set[str]:
        """Those of `message_sids` that belong to a record."""
        ...

    async def claim_check(self, now: datetime, lease_until: datetime) -> Delivery | None:
        """A record that the provider has taken and whose news are to be asked for, the longest waiting first; nobody
        else gets it until `lease_until`. None: none is due."""
        ...

    async def release_check(self, message_id: str, lease_until: datetime) -> None:
        """A check that was claimed with this lease is given back: it is due at once, whatever any replica's clock
        says. Not if there were news since."""
        ...

    async def erase(self, ended: Delivery) -> Delivery | None:
        """Erases the customer's address from the record with the id, organization, workspace and account of `ended`.
        One that is not settled becomes `ended`, and so does one that is not there: it is never sent then. The record as
        it then is; None, and nothing is erased, while somebody has its lease."""
        ...

    async def finish_check(self, message_id: str, lease_until: datetime, next_due: datetime | None) -> None:
        """Its news are to be asked for again at `next_due`, or never. Not if there were news since the check was
        claimed with this lease, the check's own among them: until when those must be handed on was noted with them."""
        ...
