"""`keva sim`: plays the customer, through the Twilio simulator of a local stack."""

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

import typer

from cli.command import command
from cli.hints.development_tools import tools_missing
from cli.hints.failures import start_or_name
from cli.session import Session
from cli.terminal import output
from client.failure import Failure, FailureKind, refused, unusable
from client.lists import list_channels
from client.selection import phone_number

if TYPE_CHECKING:
    from dev.twilio_simulator.client import TextResult

group = typer.Typer()

# Twilio gives a webhook 15 s, and its fallback URL as long again.
_SECONDS = 40.0
_WHERE_IT_STANDS = (
    "Go to the folder that Keva was started in, where the command finds the token, or set KEVA_SIMULATOR_TOKEN."
)


@command(group, "text")
async def text(
    session: Session,
    body: Annotated[str, typer.Argument(metavar="TEXT", help="What the customer writes")],
    from_: Annotated[
        str, typer.Option("--from", metavar="NUMBER", help='The customer\'s number, such as "(555) 123-4567"')
    ],
    to: Annotated[
        str, typer.Option("--to", metavar="NUMBER", help="Our number (default: the only one that Keva answers)")
    ] = "",
) -> None:
    """Text one of our numbers as a customer would. Fails unless Keva acknowledges the text."""
    customer = phone_number(session, from_)
    number = phone_number(session, to) if to else await _our_number(session)
    result = await _send(session, customer, number, body)
    if session.settings.as_json:
        output.emit_json(_plain(result))
    else:
        _show(result, customer, number)
    if not result.acknowledged:
        raise refused("Keva did not acknowledge the text.", _why(result))


async def _our_number(session: Session) -> str:
    if session.settings.demo_number:
        return session.settings.demo_number
    numbers = [channel.phone_number for channel in await list_channels(session)]
    if len(numbers) == 1:
        return numbers[0]
    if not numbers:
        raise unusable("Keva answers no number yet.", "Add one with keva channels add, or name one with --to.")
    raise unusable("Keva answers several numbers.", f"Name one with --to: {', '.join(numbers)}.")


async def _send(session: Session, customer: str, number: str, body: str) -> "TextResult":
    # Importing it takes a fifth of the time of all other commands.
    import aiohttp  # noqa: PLC0415

    try:
        from dev.twilio_simulator.client import SimulatorClient, SimulatorError  # noqa: PLC0415 - may be missing
    except ModuleNotFoundError as error:
        raise tools_missing(error) from None
    url, token = session.settings.simulator, session.settings.simulator_token
    try:
        async with asyncio.timeout(_SECONDS), SimulatorClient(url, token) as client:
            return await client.text(customer, number, body)
    except (aiohttp.ClientError, TimeoutError, ValueError):
        message = f"The Twilio simulator does not answer at {url}."
        advice = start_or_name("--simulator or KEVA_SIMULATOR_URL")
        raise Failure(FailureKind.UNREACHABLE, message, advice) from None
    except SimulatorError as error:
        raise refused(
            f"The simulator refuses: {error}", _WHERE_IT_STANDS if error.status == HTTPStatus.UNAUTHORIZED else ""
        ) from None


def _show(result: "TextResult", customer: str, number: str) -> None:
    output.say(f"{customer} texted {number} ({result.message_sid}).")
    for attempt in result.attempts:
        answer = f"answered {attempt.status}" if attempt.status else "no answer"
        output.say(f"  {attempt.url}: {answer}")
        if attempt.body:
            output.say_indented(attempt.body, style="dim")
    if result.acknowledged:
        output.say("Acknowledged. See it: keva tickets list")


def _why(result: "TextResult") -> str:
    if not result.attempts:
        return (
            "Twilio called nobody: the number has no webhook there (set it to the gateway's /api/webhooks/twilio), or "
            "its account is suspended."
        )
    last = result.attempts[-1]
    reasons = {
        403: "The signature was refused: connect the account (keva twilio connect), and check KEVA_PUBLIC_URL.",
        404: "This number is not a channel. Add it: keva channels add.",
        503: "A service is down or overloaded; try again.",
        None: "The gateway does not answer: is it running, and is the number's webhook URL right?",
    }
    return reasons.get(last.status, "The gateway's log says more.")


def _plain(result: "TextResult") -> dict[str, object]:
    attempts = [
        {"url": a.url, "status": a.status, "content_type": a.content_type, "body": a.body, "error_code": a.error_code}
        for a in result.attempts
    ]
    return {"message_sid": result.message_sid, "acknowledged": result.acknowledged, "attempts": attempts}
