"""Passwords: which ones are taken, and their hashes."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from client.words.language import say
from servicekit.errors import ResourceExhausted

Result = TypeVar("Result")

FEWEST_CHARACTERS = 12
# A longer text is not a password, but work for the hash.
MOST_CHARACTERS = 500
# What OWASP names for argon2id on a server: 46 MiB, one pass. A change makes old hashes be replaced at sign-in.
_HASHER = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)
# At once, so that memory stays bounded whoever asks; and how many may wait for their turn.
_AT_ONCE, _MOST_WAITING = 2, 200


def problem_with(password: str, email: str, display_name: str) -> str:
    """Why it is not taken, in a sentence; empty when it is. Length counts, and what it is made of does not."""
    if len(password) < FEWEST_CHARACTERS:
        return say(
            "Use at least %(fewest_characters)s characters: four words that have nothing to do with "
            "each other are good.",
            fewest_characters=FEWEST_CHARACTERS,
        )
    if len(password) > MOST_CHARACTERS:
        return say("Use at most %(most_characters)s characters.", most_characters=MOST_CHARACTERS)
    plain = _plain(password)
    if plain in {_plain(email), _plain(email.partition("@")[0]), _plain(display_name)}:
        return say("Use something else than your e-mail address or your name.")
    if len(set(plain)) == 1:
        return say("Use more than one character again and again.")
    return ""


def _plain(text: str) -> str:
    return "".join(normalize("NFKC", text).casefold().split())


@dataclass(frozen=True)
class Verdict:
    """Whether a password is the one of a hash; if so, another hash to keep in its place, unless that is empty."""

    matches: bool
    better_hash: str = ""


class PasswordHashes:
    """Makes and checks hashes, each in a thread of its own, few at a time. Raises ResourceExhausted OVERLOADED when too
    many wait."""

    def __init__(self, hasher: PasswordHasher = _HASHER) -> None:
        self._hasher = hasher
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0
        # Nobody has this password.
        self._nobodys = hasher.hash(secrets.token_urlsafe())

    async def hash(self, password: str) -> str:
        """What is kept of it."""
        return await self._in_turn(self._hasher.hash, _normal(password))

    async def verify(self, kept: str | None, password: str) -> Verdict:
        """Compares it with what is kept. None: nothing is, which takes as long, and never matches."""
        verdict = await self._in_turn(self._verify, kept or self._nobodys, _normal(password))
        return verdict if kept else Verdict(False)

    def _verify(self, kept: str, password: str) -> Verdict:
        try:
            self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return Verdict(False)
        better = self._hasher.hash(password) if self._hasher.check_needs_rehash(kept) else ""
        return Verdict(True, better)

    async def _in_turn(self, work: Callable[..., Result], *values: str) -> Result:
        if self._waiting >= _MOST_WAITING:
            raise ResourceExhausted("OVERLOADED", "too many people are signing in at once; try again in a minute")
        self._waiting += 1
        try:
            async with self._turns:
                return await asyncio.to_thread(work, *values)
        finally:
            self._waiting -= 1


def _normal(password: str) -> str:
    """The same for all keyboards; what is too long to be one of ours is cut, so that it costs no more."""
    return normalize("NFKC", password[: MOST_CHARACTERS + 1])
