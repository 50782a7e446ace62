"""Fills the database of a running Keva with tickets."""

import random
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from dev.benchmark.growth.copies import Copier, Documents
from dev.benchmark.growth.templates import TICKETS, Client, Template
from dev.benchmark.load.texts import customer_address
from dev.local_stack.accounts import WORKSPACE
from servicekit.audit.chain import Keys

# Customers who text for the first time are counted from 0; those with a ticket that was filled in from here, if it is
# closed, and from FIRST_OPEN if a text of theirs continues it.
FIRST_CLOSED = 8_000_000
FIRST_OPEN = 12_000_000
_BATCH = 500
_AT_ONCE = 2
_SPAN = timedelta(days=365)
# Which template each of ten tickets is a copy of: closed, open, answered.
_CLOSED, _OPEN, _ANSWERED = 0, 1, 2
_TEN = (_CLOSED, _OPEN, _CLOSED, _ANSWERED, _CLOSED, _ANSWERED, _CLOSED, _OPEN, _CLOSED, _ANSWERED)


def open_tickets(tickets: int) -> int:
    """How many of so many a text continues: every second one. Their customers are counted from FIRST_OPEN."""
    return tickets // 2


def customer_of(ticket: int) -> int:
    """Whose ticket it is; tickets are counted from 0."""
    return (FIRST_OPEN if ticket % 2 else FIRST_CLOSED) + ticket // 2


class Filler:
    """`templates` are those of make_templates. Tickets are spread over the year before now."""

    def __init__(self, mongodb_uri: str, templates: Sequence[Template], keys: Keys) -> None:
        self._uri = mongodb_uri
        self._dice = random.Random("filler")
        self._copiers = [Copier(template, keys, self._dice) for template in templates]
        self.tickets = 0

    def fill(self, tickets: int, progress: Callable[[int], None]) -> range:
        """Adds tickets until it has written `tickets` in all; `progress` hears how many there are. The numbers of those
        that it added."""
        missing = tickets - self.tickets
        with Client(self._uri, tz_aware=True) as client, ThreadPoolExecutor(_AT_ONCE) as writing:
            first = number = _take_numbers(client, missing)
            under_way: list[Future[None]] = []
            begin, step = datetime.now(UTC) - _SPAN, _SPAN / missing
            while self.tickets < tickets:
                count = min(_BATCH, tickets - self.tickets)
                batch = self._batch(number, begin, step, count)
                under_way.append(writing.submit(_write, client, batch))
                if len(under_way) > _AT_ONCE:
                    under_way.pop(0).result()
                self.tickets, number, begin = self.tickets + count, number + count, begin + count * step
                progress(self.tickets)
            for last in under_way:
                last.result()
            # Else it would write a minute of this to the disk while speed is measured.
            client.admin.command("fsync")
            return range(first, number)

    def _batch(self, number: int, begin: datetime, step: timedelta, count: int) -> Documents:
        documents: Documents = {}
        for i in range(count):
            ticket = self.tickets + i
            copier, address = self._copiers[_TEN[ticket % 10]], customer_address(customer_of(ticket))
            for where, found in copier.copy(number + i, address, begin + i * step).items():
                documents.setdefault(where, []).extend(found)
        return documents


def _write(client: Client, documents: Documents) -> None:
    for (database, collection), found in documents.items():
        if found:
            client[database][collection].insert_many(found, ordered=False)


def _take_numbers(client: Client, count: int) -> int:
    """The first of `count` ticket numbers that ticket_service gives nobody."""
    counter = client[TICKETS]["counters"].find_one_and_update(
        {"_id": f"tickets:{WORKSPACE}"}, {"$inc": {"value": count}}, upsert=True
    )
    return int(counter["value"] if counter else 0) + 1
