"""Faults on order: what a developer or a test wants Twilio to do wrong next."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

REST_OPERATIONS = frozenset(
    {
        *("fetch_account", "create_secondary_token", "delete_secondary_token", "promote_secondary_token"),
        *("create_message", "list_messages", "fetch_message", "update_message", "delete_message"),
        *("list_media", "fetch_media", "download_media", "list_numbers", "fetch_number", "update_number"),
        *("list_services", "list_service_numbers", "list_short_codes", "update_short_code"),
    }
)
# latency does the work and answers late; latency_before does the work late: it may happen after the caller
# gave up. *_before break off without doing the work, *_after once it is done. 429 and html_502 do none.
REST_FAULTS = frozenset(
    {
        *("latency", "latency_before", "429", "500_before", "500_after"),
        *("drop_before", "drop_after", "html_502"),
    }
)
# Where the redirect to the bytes leads. here: to the same store at the API's own host. elsewhere: to a host that is
# neither the API's nor the store's. loop: back to itself. gone: the store has it no more. huge: a body that is
# announced as larger than any memory; endless: one that is not announced; bomb: a small one that unfolds; silent: none.
MEDIA_FAULTS = frozenset({"here", "elsewhere", "loop", "gone", "huge", "endless", "bomb", "silent"})
FAULTS = {
    **dict.fromkeys(REST_OPERATIONS, REST_FAULTS),
    "download_media": REST_FAULTS | MEDIA_FAULTS,
    # lag: what was logged less than that long ago is not listed yet. poison: there are lines that nobody can read.
    "list_messages": REST_FAULTS | {"lag", "poison"},
    "webhook": frozenset({"latency", "twice", "tamper", "lost"}),
    # late: its later ones overtake it. reversed: all callbacks of the message, the last one first.
    "callback": frozenset({"late", "repeat", "reversed", "lost", "tamper"}),
}


@dataclass
class Fault:
    """`times` is how many uses are left, None for all. `copies` is how often "repeat" sends a callback."""

    operation: str
    fault: str
    milliseconds: int = 0
    times: int | None = None
    copies: int = 2

    def __post_init__(self) -> None:
        known = FAULTS.get(self.operation)
        if known is None:
            raise ValueError(f"operation {self.operation!r} is none of {', '.join(sorted(FAULTS))}")
        if self.fault not in known:
            raise ValueError(f"{self.operation} has no fault {self.fault!r}, only {', '.join(sorted(known))}")
        if self.times is not None and self.times < 1:
            raise ValueError("times must be at least 1, or null for all")

    @property
    def seconds(self) -> float:
        return self.milliseconds / 1000


class Faults:
    """The faults in force, in the order in which they were ordered."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._faults.append(fault)

    def take(self, operation: str, among: Iterable[str]) -> Fault | None:
        """Use up one of the first fault of these kinds that is in force for the operation."""
        for fault in self._faults:
            if fault.operation == operation and fault.fault in among:
                self._use(fault)
                return fault
        return None

    def _use(self, fault: Fault) -> None:
        if fault.times is None:
            return
        fault.times -= 1
        if fault.times == 0:
            self._faults.remove(fault)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults)

    def clear(self) -> None:
        self._faults.clear()
