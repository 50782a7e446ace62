"""The door of every gRPC server: who calls, whether it may call this RPC, for which tenant, and for whom it acts."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import structlog

from servicekit import errors
from servicekit.rpc import identity, request_context
from servicekit.rpc.agents_at_the_door import AgentAsks, RequireAgent
from servicekit.rpc.identity import Caller
from servicekit.rpc.request_context import Actor
from servicekit.rpc.rpc_policy import ANY_ROLE, RpcPolicy

# The organization of a workspace, which must be the second argument unless that is empty. Raises NotFound.
OrganizationOf = Callable[[str, str], Awaitable[str]]
# How old an admission may be when a stream goes on.
_AGAIN_SECONDS = 10.0
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class CallerChecks:
    """Raises PermissionDenied for whatever the policy does not allow. Without `organization_of` the service knows no
    workspaces, and takes its callers' word for them. Without `require_agent` it can ask nobody about agents, who get
    nothing then that needs a role."""

    policy: RpcPolicy
    organization_of: OrganizationOf | None = None
    require_agent: RequireAgent | None = None

    async def admit(self, request: Any, caller: Caller | None, rpc: str, named: str, meant: str = "") -> Actor:
        """Who acts. `named` is what the caller says of that, `meant` of its organization, or empty. Raises
        PermissionDenied, NotFound WORKSPACE_NOT_FOUND, and for agents InvalidArgument FIELD_REQUIRED, Unavailable."""
        if caller is None or not self.policy.allows(caller, rpc):
            raise _refused("CALLER_NOT_ALLOWED", "this caller may not call this RPC", caller, rpc)
        await self._check_tenant(request, caller, rpc, meant)
        actor = self._actor(caller, rpc, named)
        # Whom a service passes on was checked at the first door.
        if actor.kind == "agent" and self.policy.may_act_for_people(caller):
            await self._check_agent(request, caller, rpc, actor.id)
        return actor

    async def _check_agent(self, request: Any, caller: Caller, rpc: str, agent_id: str) -> None:
        role = self.policy.role(rpc)
        if role == ANY_ROLE:
            return
        organization_id = str(getattr(request, "organization_id", ""))
        workspace_id = str(getattr(request, "workspace_id", ""))
        if self.require_agent is None or rpc in self.policy.of_no_tenant:
            raise _refused("ROLE_NOT_ALLOWED", "no agent may call this RPC", caller, rpc)
        if not organization_id and not workspace_id:
            raise errors.required("organization_id" if hasattr(request, "organization_id") else "workspace_id")
        whole = not workspace_id and hasattr(request, "workspace_id")
        await self.require_agent(AgentAsks(agent_id, role, organization_id, workspace_id, whole))

    async def _check_tenant(self, request: Any, caller: Caller, rpc: str, meant: str) -> None:
        organization_id = str(getattr(request, "organization_id", ""))
        workspace_id = str(getattr(request, "workspace_id", ""))
        if caller.organization_id and rpc.startswith("keva."):
            await self._check_bound(organization_id, workspace_id, caller, rpc)
        if workspace_id and self.organization_of is not None:
            # A request that names a workspace alone is for the organization that its caller means.
            await self.organization_of(workspace_id, organization_id or meant)

    async def _check_bound(self, organization_id: str, workspace_id: str, caller: Caller, rpc: str) -> None:
        """Refuses a caller who is bound to one organization whatever is not that one's, whether it exists or not."""
        owners = {organization_id} - {""}
        if workspace_id and self.organization_of is not None:
            try:
                owners.add(await self.organization_of(workspace_id, ""))
            except errors.NotFound:
                owners.add("")
        if owners != {caller.organization_id}:
            raise _refused("TENANT_NOT_ALLOWED", "this caller may ask for its own organization alone", caller, rpc)

    def _actor(self, caller: Caller, rpc: str, named: str) -> Actor:
        actor = request_context.parse_actor(named) if named else None
        if self.policy.acts_for_agents_only(caller) and rpc.startswith("keva."):
            if named in ("", f"service:{caller.name}") and self.policy.may_act_for_nobody(rpc):
                return Actor("service", caller.name)
            if actor is None or actor.kind != "agent":
                raise _refused("ACTOR_REQUIRED", "this caller has to say for which agent it acts", caller, rpc)
            return actor
        for_people = self.policy.may_act_for_people(caller) and not self.policy.acts_for_agents_only(caller)
        itself = Actor("operator", "unnamed") if for_people else Actor("service", caller.name)
        if actor is None or actor == itself or self.policy.acts_for_agents_only(caller):
            return itself
        passes_on = self.policy.may_pass_on_people(caller, rpc)
        if (for_people or passes_on) and self.policy.may_name(caller, actor.kind):
            return actor
        if passes_on and actor.kind == "service":
            # Called by a service that does so by itself: it passes on nobody.
            return itself
        raise _refused("ACTOR_NOT_ALLOWED", "this caller may not act for somebody else", caller, rpc)


def _refused(reason: str, message: str, caller: Caller | None, rpc: str) -> errors.PermissionDenied:
    known = str(caller) if caller else "unknown"
    _log.warning("call refused", reason=reason, caller=known, rpc=rpc)
    return errors.PermissionDenied(reason, f"{message}: {known}, {rpc}", caller=known, rpc=rpc)


class AdmitCallers:
    """Admits each call before its handler sees it, and makes the acting person or service the current one: an Around of
    handlers. Who follows a stream is admitted again now and then."""

    def __init__(self, checks: CallerChecks) -> None:
        self._checks = checks

    def answering(self, behavior: Any, rpc: str) -> Any:
        async def call(request: Any, context: Any) -> Any:
            await self._enter(request, context, rpc)
            return await behavior(request, context)

        return call

    def streaming(self, behavior: Any, rpc: str) -> Any:
        async def call(request: Any, context: Any) -> AsyncIterator[Any]:
            await self._enter(request, context, rpc)
            admitted = time.monotonic()
            async with aclosing(behavior(request, context)) as responses:
                async for response in responses:
                    if time.monotonic() - admitted >= _AGAIN_SECONDS:
                        # Who follows a stream may have lost a role or a workspace meanwhile.
                        await self._enter(request, context, rpc)
                        admitted = time.monotonic()
                    yield response

        return call

    async def _enter(self, request: Any, context: Any, rpc: str) -> None:
        metadata = dict(context.invocation_metadata() or ())
        request_id = _text(metadata.get(request_context.REQUEST_ID_METADATA))
        if not request_context.well_formed_request_id(request_id):
            request_id = request_context.new_request_id()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        named = _text(metadata.get(request_context.ACTOR_METADATA))
        meant = _text(metadata.get(request_context.ORGANIZATION_METADATA))
        actor = await self._checks.admit(request, identity.of_call(context), rpc, named, meant)
        request_context.enter(request_context.RequestContext(actor, request_id))


def _text(value: object) -> str:
    return "" if value is None else str(value)
