"""How far somebody has read a ticket."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReadMark:
    """An agent has read up to a message, which has so many texts of its ticket before it and with it."""

    agent_id: str
    message_id: str
    position: int
