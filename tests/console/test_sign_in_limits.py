"""Who guesses waits; who has signed in before gets in all the same."""

from datetime import UTC, datetime, timedelta

import pytest

from console.sign_in.limits import ACCOUNT, Attempts, SignInLimits, TooManyAttempts, next_attempt

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


class Memory:
    """Both stores, as their contracts have it."""

    def __init__(self) -> None:
        self.attempts: dict[str, Attempts] = {}
        self.known: set[str] = set()

    async def get(self, key: str) -> Attempts | None:
        return self.attempts.get(key)

    async def replace(self, key: str, before: Attempts | None, after: Attempts) -> bool:
        if self.attempts.get(key) != before:
            return False
        self.attempts[key] = after
        return True

    async def take_back(self, key: str) -> None:
        before = self.attempts[key]
        self.attempts[key] = Attempts(before.count - 1, before.last_time)

    async def forget(self, key: str) -> None:
        self.attempts.pop(key, None)

    async def is_known(self, key: str) -> bool:
        return key in self.known

    async def remember(self, key: str, expire_time: datetime) -> None:
        assert expire_time > NOW
        self.known.add(key)


class Clock:
    """Stands still until it is moved."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


async def _guess(limits: SignInLimits, times: int, email: str = "ann@example.com", source: str = "") -> int:
    """How many of so many wrong guesses were let through."""
    let = 0
    for _ in range(times):
        try:
            await limits.begin(email, "an attacker's", source)
        except TooManyAttempts:
            continue
        let += 1
    return let


async def test_after_some_guesses_there_is_a_pause_that_grows() -> None:
    memory, clock = Memory(), Clock()
    limits = SignInLimits(memory, memory, clock)

    assert await _guess(limits, 100) == ACCOUNT.free
    waits = []
    for _ in range(10):
        with pytest.raises(TooManyAttempts) as refused:
            await limits.begin("ann@example.com", "", "")
        waits.append(refused.value.seconds)
        clock.now += timedelta(seconds=refused.value.seconds)
        await limits.begin("ANN@example.com ", "", "")

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]


async def test_nobody_is_locked_out_who_has_signed_in_before() -> None:
    memory, clock = Memory(), Clock()
    limits = SignInLimits(memory, memory, clock)
    turn = await limits.begin("ann@example.com", "her laptop", "198.51.100.7")
    await limits.succeeded(turn)

    await _guess(limits, 500, source="198.51.100.7")

    assert (await limits.begin("ann@example.com", "her laptop", "198.51.100.7")).failed == 1
    # Known with another address it is a stranger.
    await _guess(limits, 500, "bob@example.com")
    with pytest.raises(TooManyAttempts):
        await limits.begin("bob@example.com", "her laptop", "")


async def test_a_known_browser_guesses_no_more_than_others() -> None:
    memory = Memory()
    limits = SignInLimits(memory, memory, Clock())
    await limits.know("ann@example.com", "an attacker's")

    assert await _guess(limits, 100) == ACCOUNT.free


async def test_a_network_that_tries_everybody_waits_and_others_do_not() -> None:
    memory = Memory()
    limits = SignInLimits(memory, memory, Clock())

    let = sum([await _guess(limits, 1, f"{number}@example.com", "198.51.100.7") for number in range(200)])

    assert let == 40
    await limits.begin("ann@example.com", "", "203.0.113.9")
    # Those behind one proxy of ours cannot be told apart: nobody waits for the others.
    assert sum([await _guess(limits, 1, f"{number}@example.org") for number in range(200)]) == 200


async def test_who_signs_in_does_not_count() -> None:
    memory = Memory()
    limits = SignInLimits(memory, memory, Clock())

    for number in range(100):
        await limits.succeeded(await limits.begin(f"{number}@example.com", "new", "198.51.100.7"))


async def test_attempts_at_the_same_time_are_all_counted() -> None:
    """Another replica counts between reading and writing."""
    memory, clock = Memory(), Clock()

    class Busy(Memory):
        """Somebody else is always quicker."""

        async def replace(self, key: str, before: Attempts | None, after: Attempts) -> bool:
            return False

    with pytest.raises(TooManyAttempts):
        await SignInLimits(Busy(), memory, clock).begin("ann@example.com", "", "")


def test_after_an_hour_all_is_forgotten() -> None:
    many = Attempts(40, NOW)

    assert next_attempt(many, NOW + timedelta(minutes=59)).count == 41
    assert next_attempt(many, NOW + timedelta(hours=1)) == Attempts(1, NOW + timedelta(hours=1))


async def test_no_address_stands_in_the_keys() -> None:
    memory = Memory()

    await _guess(SignInLimits(memory, memory, Clock()), 3, source="198.51.100.7")

    assert not [key for key in memory.attempts if "ann" in key or "198" in key]
