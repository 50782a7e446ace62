"""What goes wrong while somebody signs in, or is invited: the errors of keva.console.v1, too."""

import grpc

from servicekit.errors import KevaError, NotFound, Unavailable
from servicekit.rpc.statuses_to_errors import as_keva_error


def agent_not_found(agent_id: str) -> NotFound:
    """The organization has no such agent, or they are deactivated."""
    return NotFound("AGENT_NOT_FOUND", f"there is no active agent {agent_id}", agent_id=agent_id)


def of_ticket_service(error: grpc.aio.AioRpcError) -> KevaError:
    """What ticket_service answered; when it did not, that it does not."""
    known = as_keva_error(error)
    if isinstance(known, Unavailable):
        return Unavailable("TICKET_SERVICE_UNAVAILABLE", "ticket_service does not answer; ask again")
    return known
