"""Waiting until it is known what becomes of replies."""

import asyncio

from cli.session import Session
from cli.terminal import output
from client.failure import Failure
from client.paging import one_page
from client.words.deliveries import FINAL_STATES, delivery_trouble
from keva.ticket.v1 import message_pb2, ticket_service_pb2

_WAIT_SECONDS = 30.0
_POLL_SECONDS = 0.5
_GOES_ON = "it goes on without this command."


async def wait_for_deliveries(session: Session, messages: list[message_pb2.Message]) -> None:
    """Replaces the messages by what they become, until their deliveries are final. They are stored whatever ends the
    waiting sooner: the time, a service that does not answer, Ctrl-C."""
    try:
        async with asyncio.timeout(_WAIT_SECONDS):
            await _until_final(session, messages)
    except TimeoutError:
        output.remark(f"Not delivered yet after {_WAIT_SECONDS:.0f} s; {_GOES_ON}")
        for trouble in dict.fromkeys(delivery_trouble(message.delivery) for message in messages):
            if trouble:
                output.remark(trouble)
    except Failure as failure:
        output.remark(f"What becomes of it cannot be asked now: {failure.message} It is stored, and {_GOES_ON}")
    except asyncio.CancelledError:
        output.remark(f"Not waiting any longer; {_GOES_ON}")
        raise


async def _until_final(session: Session, messages: list[message_pb2.Message]) -> None:
    page_token = ""
    for index, message in enumerate(messages):
        while messages[index].delivery.state not in FINAL_STATES:
            await asyncio.sleep(_POLL_SECONDS)
            messages[index], page_token = await _look_up(session, message, page_token)


async def _look_up(session: Session, message: message_pb2.Message, page_token: str) -> tuple[message_pb2.Message, str]:
    """The message as it is now, and the token of the page that has it, to look there first the next time."""
    request = ticket_service_pb2.ListMessagesRequest(workspace_id=message.workspace_id, ticket_id=message.ticket_id)
    rpc = session.services.tickets.ListMessages
    while True:
        messages, following = await one_page(session, rpc, request, lambda page: page.messages, token=page_token)
        for found in messages:
            if found.message_id == message.message_id:
                return found, page_token
        if not following:
            return message, ""
        page_token = following
