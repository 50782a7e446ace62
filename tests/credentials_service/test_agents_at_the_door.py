"""What an acting agent may is ticket_service's to know: it is asked at the door, for a moment only once, and without an
answer the agent gets nothing."""

import pytest

from dev.local_stack.ports import free_port
from keva.ticket.v1 import agent_service_pb2
from servicekit.errors import PermissionDenied, Unavailable
from tests.credentials_service.conftest import StartVault
from tests.credentials_service.vault import AuditPeer, Vault, error_of


@pytest.mark.parametrize("reason", ["AGENT_NOT_FOUND", "AGENT_INACTIVE", "ROLE_NOT_ALLOWED", "WORKSPACE_NOT_ALLOWED"])
async def test_who_may_not_gets_the_reason(vault: Vault, audit_peer: tuple[AuditPeer, str], reason: str) -> None:
    audit_peer[0].agents.refused["eve"] = reason

    error = await error_of(vault.acting_as("agent:eve").page())

    assert (type(error), error.reason) == (PermissionDenied, reason)


async def test_it_is_asked_with_what_the_rpc_needs(vault: Vault, audit_peer: tuple[AuditPeer, str]) -> None:
    await vault.acting_as("agent:ann").page()

    (asked, *_) = audit_peer[0].agents.asked
    assert asked == agent_service_pb2.CheckAgentRequest(
        organization_id="default", agent_id="ann", role=agent_service_pb2.AGENT_ROLE_ADMINISTRATOR
    )


async def test_operators_are_not_asked_about(vault: Vault, audit_peer: tuple[AuditPeer, str]) -> None:
    await vault.page()

    assert audit_peer[0].agents.asked == []


async def test_without_an_answer_nobody_gets_anything(
    start_vault: StartVault,
) -> None:
    vault = await start_vault(ticket_service=f"127.0.0.1:{free_port()}")

    error = await error_of(vault.acting_as("agent:ann").page())

    assert (type(error), error.reason) == (Unavailable, "TICKET_SERVICE_UNAVAILABLE")
    # Operators act by themselves.
    await vault.page()
