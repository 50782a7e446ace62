"""An organization that is named never leads to the workspace of another one."""

from keva.ticket.v1 import ticket_service_pb2 as pb
from keva.ticket.v1 import workspace_service_pb2
from tests.cli.conftest import Keva
from tests.client.peer import Peer


def _have(ticket_service: Peer, *workspace_ids: str) -> None:
    workspaces = [workspace_service_pb2.Workspace(workspace_id=one) for one in workspace_ids]
    ticket_service.answers["ListWorkspaces"] = workspace_service_pb2.ListWorkspacesResponse(workspaces=workspaces)
    ticket_service.answers["ListTickets"] = pb.ListTicketsResponse()


async def test_an_organization_without_a_workspace_takes_its_only_one(keva: Keva, ticket_service: Peer) -> None:
    _have(ticket_service, "sales")

    result = await keva("--organization", "acme", "tickets", "list")

    assert result.status == 0, result.error
    assert ticket_service.requests[-1].workspace_id == "sales"
    assert ticket_service.metadata["keva-organization"] == "acme"


async def test_an_organization_with_several_workspaces_wants_one_named(keva: Keva, ticket_service: Peer) -> None:
    _have(ticket_service, "sales", "support")

    result = await keva("--organization", "acme", "tickets", "list")

    assert result.status == 2
    assert "sales, support" in result.error


async def test_an_organization_that_is_not_there_erases_nobody(keva: Keva, ticket_service: Peer) -> None:
    _have(ticket_service)

    result = await keva("--organization", "nope", "customers", "forget", "(555) 777-4567", "--yes")

    assert result.status == 2
    assert "nope has no workspace" in result.error


async def test_whoever_names_both_or_neither_asks_for_no_list(keva: Keva, ticket_service: Peer) -> None:
    _have(ticket_service)

    named = await keva("--organization", "acme", "--workspace", "sales", "tickets", "list")
    neither = await keva("tickets", "list")

    assert (named.status, neither.status) == (0, 0)
    assert [request.workspace_id for request in ticket_service.requests] == ["sales", "default"]
