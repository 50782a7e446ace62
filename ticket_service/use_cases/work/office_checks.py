"""What is checked of a workspace's hours, out-of-office text, targets and limits. Each check raises what is wrong."""

from ticket_service import errors
from ticket_service.domain.message import MAX_REPLY_CHARACTERS
from ticket_service.domain.reply_parts import characters
from ticket_service.domain.work.business_hours import require_hours
from ticket_service.domain.workspace import Workspace
from ticket_service.use_cases.checks import require_duration

_MOST_OPEN_TICKETS = 1000


def require_office(workspace: Workspace) -> None:
    """Raises FIELD_INVALID."""
    if workspace.business_hours is not None:
        require_hours(workspace.business_hours)
    if characters(workspace.out_of_office_text) > MAX_REPLY_CHARACTERS:
        raise errors.invalid("out_of_office_text", f"is longer than {MAX_REPLY_CHARACTERS} characters")
    require_duration(workspace.first_answer_target, "first_answer_target")
    require_duration(workspace.next_answer_target, "next_answer_target")
    if not 0 <= workspace.max_open_tickets <= _MOST_OPEN_TICKETS:
        raise errors.invalid("max_open_tickets", f"must be between 0 and {_MOST_OPEN_TICKETS}")
