"""Which passwords are taken, and what is kept of them."""

import asyncio

import pytest
from argon2 import PasswordHasher

from console.sign_in.passwords import MOST_CHARACTERS, PasswordHashes, problem_with

_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_CHEAPER_ONCE = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1)


@pytest.mark.parametrize(
    "password",
    ["correct horse", "aaaaaaaaaaab", "пароль из слов", "123456789012", "ann@example.com again", "x" * 499 + "y"],
)
def test_length_counts_and_not_what_it_is_made_of(password: str) -> None:
    assert problem_with(password, "ann@example.com", "Ann Example") == ""


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        pytest.param("", "at least 12", id="none"),
        pytest.param("elevenchars", "at least 12", id="short"),
        pytest.param("x" * (MOST_CHARACTERS + 1), "at most", id="too long"),
        pytest.param("Ann@Example.com", "e-mail address", id="the e-mail address"),
        pytest.param("ANN.OF.ELEVEN", "e-mail address", id="what stands before the @"),
        pytest.param("ann  of  eleven", "your name", id="the name"),
        pytest.param("zzzzzzzzzzzzz", "more than one", id="one character"),
    ],
)
def test_what_is_not_taken(password: str, problem: str) -> None:
    email = "ann.of.eleven@example.com" if "ELEVEN" in password else "ann@example.com"
    assert problem in problem_with(password, email, "Ann of Eleven")


async def test_a_hash_knows_its_password_on_any_keyboard() -> None:
    hashes = PasswordHashes(_CHEAP)

    kept = await hashes.hash("cafe\u0301 au lait")

    assert "lait" not in kept
    assert (await hashes.verify(kept, "caf\u00e9 au lait")).matches
    assert not (await hashes.verify(kept, "cafe au lait")).matches
    assert not (await hashes.verify("not a hash", "cafe au lait")).matches
    assert not (await hashes.verify(None, "anything")).matches


async def test_a_hash_of_other_parameters_is_replaced_when_it_is_used() -> None:
    kept = await PasswordHashes(_CHEAPER_ONCE).hash("correct horse battery")

    verdict = await PasswordHashes(_CHEAP).verify(kept, "correct horse battery")

    assert verdict.matches
    assert (await PasswordHashes(_CHEAP).verify(verdict.better_hash, "correct horse battery")).better_hash == ""
    assert (await PasswordHashes(_CHEAP).verify(kept, "wrong")).better_hash == ""


async def test_few_hashes_are_computed_at_once() -> None:
    running, most = 0, 0

    class Counted(PasswordHasher):
        """Counts how many run."""

        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            nonlocal running, most
            running += 1
            most = max(most, running)
            made = super().hash(password, salt=salt)
            running -= 1
            return made

    hashes = PasswordHashes(Counted(time_cost=1, memory_cost=1024, parallelism=1))
    await asyncio.gather(*(hashes.hash("correct horse battery") for _ in range(20)))

    assert most <= 2
