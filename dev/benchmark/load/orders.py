"""What a load generator is asked for, and what it answers: JSON on one line each."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

# What became of a request that has no HTTP status. Unsent: no connection was free before the end.
BROKEN, UNANSWERED, UNSENT = "broken", "unanswered", "unsent"
MOST_SECONDS = 600.0
MOST_CONNECTIONS = 4000


@dataclass(frozen=True)
class Number:
    """Whose webhooks are sent: one of our numbers, its Twilio account, and the URL that Twilio signs."""

    url: str
    account_sid: str
    auth_token: str
    phone_number: str


@dataclass(frozen=True)
class Customers:
    """Who texts: `count` customers, each as often as the others, save that `busy` of them send `busy_share` of all. The
    busy ones are counted from `busy_from`, in steps of `busy_step`."""

    count: int = 5000
    busy: int = 0
    busy_share: float = 0.5
    busy_from: int = 0
    busy_step: int = 1


@dataclass(frozen=True)
class Order:
    """One run. `rate` is texts a second, at random times; 0 is as many as `connections` at once can get answered.

    `series` makes the MessageSids: another one, other texts. `signed` is how many requests are made beforehand; a
    run ends when they are used up. `in_turn`: the customers text one after the other, not at random. Answers to what
    was due in the first `warm_seconds` are counted, and not measured. Where nothing is measured within `seconds`, as
    many as are sent at once go on until something is, for ten seconds more.
    """

    ports: Sequence[int]
    number: Number
    series: str
    connections: int
    seconds: float
    rate: float = 0.0
    warm_seconds: float = 1.0
    signed: int = 10_000
    customers: Customers = field(default_factory=Customers)
    in_turn: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.seconds + self.warm_seconds <= MOST_SECONDS:
            raise ValueError(f"a run lasts at most {MOST_SECONDS:g} s")
        if not 0 < self.connections <= MOST_CONNECTIONS:
            raise ValueError(f"a run has 1 to {MOST_CONNECTIONS} connections")

    def line(self) -> str:
        """For the generator's standard input."""
        return json.dumps(asdict(self))

    @classmethod
    def parse(cls, line: str) -> "Order":
        """The order of `line`. Raises ValueError or TypeError."""
        fields = json.loads(line)
        return cls(**{**fields, "number": Number(**fields["number"]), "customers": Customers(**fields["customers"])})


@dataclass(frozen=True)
class Latency:
    """Of one run, in milliseconds, over `count` answers."""

    count: int
    p50: float
    p90: float
    p99: float
    most: float


@dataclass(frozen=True)
class Result:
    """`answers`: all, by HTTP status, or BROKEN, UNSENT, or UNANSWERED when the run was over. `rate`: how many were
    answered 200 in each of the `seconds` that are measured; `latency`: of those that were due in them;
    `refused_latency`: of what was answered something else. `by_second`: `answers` of each second from the beginning."""

    answers: Mapping[str, int]
    seconds: float
    rate: float
    latency: Latency
    refused_latency: Latency
    cpu_seconds: float
    most_at_once: int
    by_second: Sequence[Mapping[str, int]]

    @property
    def stored(self) -> int:
        """How many were answered 200."""
        return self.answers.get("200", 0)

    @property
    def refused(self) -> dict[str, int]:
        """The others, by what became of them."""
        return {answer: count for answer, count in self.answers.items() if answer != "200"}

    def line(self) -> str:
        """For the generator's standard output."""
        return json.dumps(asdict(self))

    @classmethod
    def parse(cls, line: str) -> "Result":
        """The result of `line`. Raises ValueError or TypeError."""
        fields = json.loads(line)
        latencies = {name: Latency(**fields[name]) for name in ("latency", "refused_latency")}
        return cls(**{**fields, **latencies})
