"""What happens in one run, and when: all of it follows from the seed, so that a run can be repeated."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from dev import process_list
from dev.chaos.planned_agents import PlannedFirstText, PlannedLater, plan_first_texts, plan_later
from dev.chaos.senders import make_senders

# Nothing of what is promised waits for responder_service.
SERVICES = tuple(service for service in process_list.SERVICES if service != "responder_service")
TARGETS = (*SERVICES, "mongod")
# What Twilio does wrong for a while: (operation, fault). A send that Twilio works on long after it was given up is left
# out: that is the window which docs/reliability.md states.
FAULTS = (
    ("webhook", "lost"),
    ("webhook", "twice"),
    ("webhook", "tamper"),
    ("webhook", "latency"),
    ("create_message", "429"),
    ("create_message", "500_before"),
    ("create_message", "500_after"),
    ("create_message", "drop_before"),
    ("create_message", "drop_after"),
    ("create_message", "html_502"),
    ("create_message", "latency"),
    ("list_messages", "429"),
    ("list_messages", "500_before"),
    ("list_messages", "drop_before"),
    ("list_messages", "poison"),
    ("callback", "lost"),
    ("callback", "late"),
    ("callback", "repeat"),
    ("callback", "reversed"),
    ("callback", "tamper"),
)
TEXTS_PER_SECOND = 60.0
# Stands in all texts and replies, and must stand in no log.
PRIVATE_WORD = "quokkaparade"
_CUSTOMERS_PER_NUMBER = 20
_TEXTS_PER_CUSTOMER = 40
# One in so many customers is busy: half of all texts and replies are theirs.
_CUSTOMERS_PER_BUSY_ONE = 20
# A carrier cuts one in so many texts inside its last character.
_TEXTS_PER_CUT_ONE = 7
# So many replies bring one more that is sent later, and a first text.
_REPLIES_PER_LATER_ONE, _REPLIES_PER_FIRST_TEXT = 10, 20
# So many customers bring one more who texts two numbers.
_CUSTOMERS_PER_PAIR, _FEWEST_NUMBERS = 25, 2


@dataclass(frozen=True)
class Size:
    """How much of everything. `kills` are SIGKILLs; pauses and restarts come on top."""

    texts: int = 5000
    replies: int = 1000
    kills: int = 20
    replicas: int = 1

    @property
    def seconds(self) -> float:
        """How long the load takes when nothing is in its way; long enough to kill one process after the other."""
        return max(self.texts / TEXTS_PER_SECOND, self.kills * 3.0)


@dataclass(frozen=True)
class Action:
    """What goes wrong at `at` seconds: `kill` or `pause` of the process `target` for `seconds`, `restart` of it, or
    `fault`, whose `target` is an operation of Twilio's, for its next `times` uses."""

    at: float
    kind: str
    target: str
    seconds: float = 0
    fault: str = ""
    times: int = 0


@dataclass(frozen=True)
class PlannedText:
    """A customer's `number`th text, not before `at`. `cut`: a carrier cuts it inside its last character."""

    at: float
    customer: int
    number: int
    cut: bool = False


@dataclass(frozen=True)
class PlannedReply:
    """An agent's answer to a customer, not before `at`."""

    at: float
    customer: int
    number: int
    text: str


@dataclass(frozen=True)
class PlannedPair:
    """A customer beside the others who texts two of our numbers, by their places: `stopped` and `asked`."""

    at: float
    number: int
    address: str
    stopped: int
    asked: int


@dataclass(frozen=True)
class Plan:
    """One run. Customers are numbered over all of our numbers; `addresses` are theirs. The first `busy` ones text again
    before the last text is answered."""

    seed: int
    size: Size
    numbers: int
    addresses: Sequence[str]
    busy: int
    texts: Sequence[PlannedText]
    replies: Sequence[PlannedReply]
    actions: Sequence[Action]
    pairs: Sequence[PlannedPair]
    later: Sequence[PlannedLater]
    first_texts: Sequence[PlannedFirstText]

    @property
    def customers(self) -> int:
        """How many there are."""
        return len(self.addresses)


def make_plan(seed: int, size: Size) -> Plan:
    """The same for the same seed and size."""
    dice = random.Random(seed)
    customers = max(size.texts // _TEXTS_PER_CUSTOMER, 5)
    numbers = max(-(-customers // _CUSTOMERS_PER_NUMBER), _FEWEST_NUMBERS)
    busy = -(-customers // _CUSTOMERS_PER_BUSY_ONE)
    senders = make_senders(dice, customers)
    sent = [0] * customers
    texts = []

    def somebody(among: int = customers) -> int:
        return dice.randrange(busy if dice.random() < 0.5 else among)

    for i in range(size.texts):
        customer = i if i < customers else somebody()
        cut = i % _TEXTS_PER_CUT_ONE == 1
        texts.append(PlannedText(i * size.seconds / size.texts, customer, sent[customer], cut))
        sent[customer] += 1
    replies = [
        PlannedReply((i + dice.random()) * size.seconds / max(size.replies, 1), somebody(senders.answered), i, _said(i))
        for i in range(size.replies)
    ]
    actions = [*_kills(dice, size), *_disturbances(dice, size), *_faults(dice, size)]
    pairs = _pairs(dice, size, numbers, max(customers // _CUSTOMERS_PER_PAIR, 1))
    actions.sort(key=lambda action: action.at)
    answered = [somebody(senders.answered) for _ in range(size.replies // _REPLIES_PER_LATER_ONE)]
    later = plan_later(dice, size.seconds, answered)
    first_texts = plan_first_texts(dice, size.seconds, numbers, size.replies // _REPLIES_PER_FIRST_TEXT)
    return Plan(seed, size, numbers, senders.addresses, busy, texts, replies, actions, pairs, later, first_texts)


def _pairs(dice: random.Random, size: Size, numbers: int, count: int) -> list[PlannedPair]:
    """Their addresses are none of the others': those have other digits in front."""
    pairs = []
    for number, address in enumerate(dice.sample(range(1_000_000, 10_000_000), count)):
        stopped, asked = dice.sample(range(numbers), 2)
        pairs.append(PlannedPair(dice.uniform(0, size.seconds / 2), number, f"+1444{address}", stopped, asked))
    return pairs


def _said(number: int) -> str:
    """What the agent writes. Every third time it is what all agents write, so that replies cannot be told by their
    texts."""
    return f"Thank you, we will look into it. {PRIVATE_WORD}" if number % 3 == 0 else f"reply {number} {PRIVATE_WORD}"


def _processes(service: str, size: Size) -> list[str]:
    """The names of a service's processes, as the local stack has them."""
    if size.replicas == 1 or service == "mongod":
        return [service]
    return [f"{service}-{number}" for number in range(1, size.replicas + 1)]


def _kills(dice: random.Random, size: Size) -> list[Action]:
    """Spread over the load, every service in turn, in an order that changes."""
    targets: list[str] = []
    while len(targets) < size.kills:
        targets += dice.sample(TARGETS, len(TARGETS))
    step = size.seconds / max(size.kills, 1)
    return [
        Action(
            (i + dice.uniform(0.1, 0.9)) * step, "kill", dice.choice(_processes(target, size)), dice.uniform(0.1, 2.5)
        )
        for i, target in enumerate(targets[: size.kills])
    ]


def _disturbances(dice: random.Random, size: Size) -> list[Action]:
    actions = []
    for i in range(size.kills // 2):
        target = dice.choice(_processes(dice.choice(TARGETS), size))
        kind = "pause" if i % 2 else "restart"
        actions.append(Action(dice.uniform(0, size.seconds), kind, target, dice.uniform(0.2, 4)))
    return actions


def _faults(dice: random.Random, size: Size) -> list[Action]:
    """About one text or send in ten meets one."""
    wanted = max(len(FAULTS), (size.texts + size.replies) // 40)
    chosen = [FAULTS[i % len(FAULTS)] for i in range(wanted)]
    return [
        Action(dice.uniform(0, size.seconds), "fault", operation, fault=fault, times=dice.randint(1, 6))
        for operation, fault in chosen
    ]
