"""What the gateway says that somebody should know although it takes texts: that it cannot tell who sends them."""

from cli.session import Session
from client.doctor.finding import Condition, Finding

_SECONDS = 5.0
_MOST = 5


async def gateway_notes(session: Session) -> list[Finding]:
    """One finding per note. None if nobody answers, which another finding says, or by an older gateway."""
    # Importing it takes a fifth of the time of all other commands.
    import aiohttp  # noqa: PLC0415

    url = f"{session.settings.gateway_health.rstrip('/')}/notes"
    try:
        timeout = aiohttp.ClientTimeout(total=_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as client, client.get(url) as answer:
            said = await answer.text() if answer.ok else ""
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return []
    return [_finding(line) for line in said.splitlines()[:_MOST] if line]


def _finding(line: str) -> Finding:
    """A note is what there is, and, behind a semicolon, what to do."""
    words, _, advice = line[:500].rpartition("; ")
    return Finding(
        "senders of webhooks", Condition.NOTE, words or advice, f"{advice[:1].upper()}{advice[1:]}." if words else ""
    )
