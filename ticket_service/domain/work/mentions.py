"""Agents whom a note names: `@dana`, by the beginning of their e-mail address, up to the @, or by their display name
without spaces, in letters of any case."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Not within an e-mail address.
_NAMED = re.compile(r"(?<![\w.+-])@([^\s@]+)")
# What ends a sentence, or stands around a name, belongs to no name.
_AROUND = ".,;:!?…'\"’”»)]}>"
MAX_MENTIONS = 50
# Longer than any name.
_LONGEST = 300


@dataclass(frozen=True)
class Mentionable:
    """An agent who may be named."""

    agent_id: str
    email: str
    display_name: str

    def names(self) -> set[str]:
        """What stands behind the @, as it is compared."""
        return {_key(self.email.rpartition("@")[0]), _key("".join(self.display_name.split()))} - {""}


def may_mention(text: str) -> bool:
    """Whether it is worth looking for agents."""
    return _NAMED.search(text) is not None


def mentioned(text: str, agents: Iterable[Mentionable]) -> tuple[str, ...]:
    """The ids of the agents whom a note names, in the order in which it does, each once; of two with the same name
    both."""
    by_name: dict[str, list[str]] = {}
    for agent in agents:
        for name in agent.names():
            by_name.setdefault(name, []).append(agent.agent_id)
    found = (agent_id for name in _NAMED.findall(text) for agent_id in _named(name, by_name))
    return tuple(dict.fromkeys(found))[:MAX_MENTIONS]


def _named(name: str, by_name: dict[str, list[str]]) -> Sequence[str]:
    """Those with that name; if there is none, without what stands behind it."""
    while name and len(name) <= _LONGEST:
        if agent_ids := by_name.get(_key(name)):
            return agent_ids
        if name[-1] not in _AROUND and not name.lower().endswith(("'s", "’s")):
            return ()
        name = name[:-1] if name[-1] in _AROUND else name[:-2]
    return ()


def _key(name: str) -> str:
    return name.casefold()
