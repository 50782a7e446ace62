"""What texts that come in must know of their workspaces, at hand without asking the database for each: read every few
seconds, and at once where this replica changes it."""

from servicekit import phone_numbers
from servicekit.background_work.rounds import repeat
from servicekit.phone_numbers import AddressKind
from servicekit.segments import segment_count
from ticket_service.domain.work.office import ALWAYS_OPEN, Office, Offices, OutOfOffice
from ticket_service.domain.workspace import Workspace
from ticket_service.ports.workspaces import WorkspaceStore

_SECONDS = 5.0


class KnownOffices:
    """Those of all workspaces. Until they are read, all are always open."""

    def __init__(self, store: WorkspaceStore) -> None:
        self._store = store
        self._known: dict[str, Office] = {}
        self.offices = Offices(lambda workspace_id: self._known.get(workspace_id, ALWAYS_OPEN), may_be_a_person)

    async def run(self) -> None:
        """Reads them again and again, until cancelled."""
        await repeat(self.refresh, _SECONDS, "reading business hours")

    async def refresh(self) -> bool:
        """Reads them once."""
        self._known = {w.workspace_id: office_of(w) for w in await self._store.list_offices()}
        return False

    def learn(self, workspace: Workspace) -> None:
        """That is how the workspace is now."""
        self._known[workspace.workspace_id] = office_of(workspace)


def office_of(workspace: Workspace) -> Office:
    """How a workspace answers."""
    text = workspace.out_of_office_text
    said = OutOfOffice(text, segment_count(text)) if text and workspace.business_hours else None
    return Office(workspace.business_hours, said, workspace.first_answer_target, workspace.next_answer_target)


def may_be_a_person(address: str) -> bool:
    """Whether a text to that address can arrive, and it is not one that only programs have."""
    known = phone_numbers.normalize(address, "ZZ")
    return known is not None and known.can_be_texted and known.kind is not AddressKind.SHORT_CODE
