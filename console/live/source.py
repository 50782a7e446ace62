"""Events of an organization, as ticket_service gives them to the console itself."""

from collections.abc import AsyncGenerator
from typing import Protocol

from client.events import follow_events
from client.services import Services
from client.session import Scope, Session
from console.live.happening import Batch, batch_of
from keva.ticket.v1 import event_service_pb2


class Source(Protocol):
    """What hubs and browsers' streams read."""

    def follow(self, organization_id: str, token: str) -> AsyncGenerator[Batch, None]:
        """What happens after `token` (empty: from now on), for ever, through interruptions; at once, and now and then,
        a batch without events. Raises Failure when it cannot begin, or is refused."""
        ...

    def catch_up(self, organization_id: str, token: str) -> AsyncGenerator[Batch, None]:
        """The same until it is interrupted. Raises Failure, with the reason RESUME_TOKEN_EXPIRED or
        RESUME_TOKEN_INVALID when what happened after `token` is not known any more, or never was."""
        ...


class ServiceSource:
    """Implements Source on EventService."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def follow(self, organization_id: str, token: str) -> AsyncGenerator[Batch, None]:
        async for response in follow_events(self._session(organization_id), _request(organization_id, token)):
            yield batch_of(response)

    async def catch_up(self, organization_id: str, token: str) -> AsyncGenerator[Batch, None]:
        session = self._session(organization_id)
        async for response in session.follow(self._services.events.WatchEvents, _request(organization_id, token)):
            yield batch_of(response)

    def _session(self, organization_id: str) -> Session:
        # For nobody: each browser gets what its own agent may see (sight.py).
        return Session(self._services, Scope(None, organization_id, "", ""))


def _request(organization_id: str, token: str) -> event_service_pb2.WatchEventsRequest:
    return event_service_pb2.WatchEventsRequest(
        organization_id=organization_id, resume_token=token, include_ticket=True
    )
