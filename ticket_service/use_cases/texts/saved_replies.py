"""Use cases: keep saved replies, and make texts of them."""

from collections.abc import Mapping

import structlog

from servicekit.clock import Clock
from servicekit.ids import new_id
from servicekit.paging import Page, Position, is_text, page
from ticket_service import customer_errors, errors
from ticket_service.domain.audit import Actor, ActorKind, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.customer import Customer
from ticket_service.domain.search.words import beginnings_of
from ticket_service.domain.texts import saved_reply as domain
from ticket_service.domain.texts.saved_reply import Rendered, SavedReply
from ticket_service.domain.workspace import Workspace
from ticket_service.ports.agents import AgentStore
from ticket_service.ports.customers import CustomerStore
from ticket_service.ports.texts.saved_replies import SavedReplyStore
from ticket_service.ports.tickets import TicketStore
from ticket_service.ports.workspaces import WorkspaceStore
from ticket_service.use_cases.checks import require_request_id

_MAX_SEARCH_CHARACTERS = 200
_log = structlog.get_logger(__name__)


class SavedReplies:
    """Saved replies of all workspaces."""

    def __init__(
        self,
        store: SavedReplyStore,
        tickets: TicketStore,
        customers: CustomerStore,
        workspaces: WorkspaceStore,
        agents: AgentStore,
        clock: Clock,
    ) -> None:
        self._store = store
        self._tickets = tickets
        self._customers = customers
        self._workspaces = workspaces
        self._agents = agents
        self._clock = clock

    async def create(
        self, workspace_id: str, values: Mapping[str, str], own: bool, request_id: str, actor: Actor
    ) -> SavedReply:
        """`values` are of saved_reply.EDITABLE_FIELDS. saved_reply_service.proto names what is raised."""
        require_request_id(request_id)
        if own and actor.kind is not ActorKind.AGENT:
            raise customer_errors.agent_required()
        now = self._clock()
        saved = SavedReply(
            saved_reply_id=new_id("srp"),
            organization_id=await self._workspaces.organization_of(workspace_id),
            workspace_id=workspace_id,
            agent_id=actor.id if own else "",
            shortcut=values["shortcut"],
            title=values["title"] or values["shortcut"],
            text=values["text"],
            create_time=now,
            update_time=now,
        )
        domain.require_saved_reply(saved.shortcut, saved.title, saved.text)
        _require_known_placeholders(saved.text)
        entry = domain.recorded(AuditAction.SAVED_REPLY_CREATED, saved, actor, now)
        return await self._store.create_saved_reply(saved, request_id, entry)

    async def get(self, workspace_id: str, named: str, actor: Actor) -> SavedReply:
        """By id or shortcut. Raises SAVED_REPLY_NOT_FOUND."""
        return await self._store.get_saved_reply(workspace_id, named, _agent_id(actor))

    async def list_saved_replies(
        self, workspace_id: str, text: str, asked: Page, actor: Actor
    ) -> tuple[list[SavedReply], str]:
        """A page by shortcut, and the next page's token. Raises FIELD_INVALID, PAGE_TOKEN_INVALID."""
        if len(text) > _MAX_SEARCH_CHARACTERS:
            raise errors.invalid("text", f"is longer than {_MAX_SEARCH_CHARACTERS} characters")
        beginnings, mine = beginnings_of(text), _agent_id(actor)
        if text.strip() and not beginnings:
            raise errors.invalid("text", "has nothing to look for: write letters or digits")

        async def read(position: Position, limit: int) -> list[SavedReply]:
            after = (str(position[0]), str(position[1])) if position else None
            return await self._store.list_saved_replies(workspace_id, mine, beginnings, after, limit)

        arguments = [workspace_id, mine, *beginnings]
        return await page(asked, arguments, read, lambda s: [s.shortcut_key, s.saved_reply_id], (is_text, is_text))

    async def update(
        self, workspace_id: str, saved_reply_id: str, values: Mapping[str, str], actor: Actor
    ) -> SavedReply:
        """Raises SAVED_REPLY_NOT_FOUND, SAVED_REPLY_ALREADY_EXISTS, FIELD_INVALID, PLACEHOLDER_UNKNOWN."""

        _require_known_placeholders(values.get("text", ""))

        def decide(saved: SavedReply) -> tuple[SavedReply | None, tuple[AuditEntry, ...]]:
            return domain.edit(saved, values, actor, self._clock())

        changed = await self._store.change_saved_reply(workspace_id, saved_reply_id, _agent_id(actor), decide)
        assert changed is not None
        return changed

    async def delete(self, workspace_id: str, saved_reply_id: str, actor: Actor) -> None:
        """Raises SAVED_REPLY_NOT_FOUND."""

        def decide(saved: SavedReply) -> tuple[SavedReply | None, tuple[AuditEntry, ...]]:
            return None, (domain.recorded(AuditAction.SAVED_REPLY_DELETED, saved, actor, self._clock()),)

        await self._store.change_saved_reply(workspace_id, saved_reply_id, _agent_id(actor), decide)

    async def render(self, workspace_id: str, named: str, ticket_id: str, actor: Actor) -> tuple[SavedReply, Rendered]:
        """The text as `actor` would send it on that ticket. Raises SAVED_REPLY_NOT_FOUND, TICKET_NOT_FOUND."""
        saved = await self.get(workspace_id, named, actor)
        ticket = await self._tickets.get_ticket(workspace_id, ticket_id)
        customer = await self._customers.get_customer(workspace_id, ticket.customer_id)
        workspace = await self._workspaces.get_workspace(ticket.organization_id, workspace_id)
        values = {
            "customer.name": _name_of(customer),
            "agent.name": await self._agent_name(workspace, actor),
            "ticket.number": str(ticket.number),
            "workspace.name": workspace.display_name,
        }
        return saved, domain.render(saved.text, values)

    async def _agent_name(self, workspace: Workspace, actor: Actor) -> str:
        """Empty when no agent of that organization acts."""
        agent = await self._agents.find_agent(actor.id) if actor.kind is ActorKind.AGENT else None
        known = agent is not None and agent.organization_id == workspace.organization_id
        return agent.display_name if agent is not None and known else ""

    async def count_use(self, workspace_id: str, saved_reply_id: str) -> None:
        """A reply was made of it. The reply is stored already: that it cannot be counted must not make anybody write it
        again."""
        try:
            await self._store.count_use(workspace_id, saved_reply_id, self._clock())
        except Exception as error:
            _log.warning("use of a saved reply not counted", saved_reply_id=saved_reply_id, exc_info=error)


def _name_of(customer: Customer) -> str:
    """What somebody has called them. Nobody is addressed by a name that was generated."""
    return customer.display_name if customer.has_own_name and customer.forget_time is None else ""


def _agent_id(actor: Actor) -> str:
    return actor.id if actor.kind is ActorKind.AGENT else ""


def _require_known_placeholders(text: str) -> None:
    """Raises PLACEHOLDER_UNKNOWN."""
    if (unknown := domain.unknown_placeholder(text)) is not None:
        raise customer_errors.placeholder_unknown(unknown, domain.PLACEHOLDERS)
