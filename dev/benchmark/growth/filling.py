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

# Customers of tickets that are filled in are counted from here; those that text for the first time, from 0.
FIRST_CUSTOMER = 8_000_000
_BATCH = 500
_AT_ONCE = 2
_SPAN = timedelta(days=365)
# Of ten tickets, how many are copies of each template: closed, open, answered.
_SHARES = (5, 2, 3)


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
            (copier,) = self._dice.choices(self._copiers, _SHARES)
            address = customer_address(FIRST_CUSTOMER + self.tickets + i)
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
