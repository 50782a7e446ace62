"""The errors that are about what is kept with customers, and about saved replies: like those in errors.py."""

from collections.abc import Sequence

from servicekit.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound


def customer_blocked(customer_id: str) -> FailedPrecondition:
    """Nobody texts who is blocked."""
    return FailedPrecondition(
        "CUSTOMER_BLOCKED",
        f"customer {customer_id} is blocked, so nobody texts them; `keva customers unblock` takes that back",
        customer_id=customer_id,
    )


def placeholder_unknown(placeholder: str, known: Sequence[str]) -> InvalidArgument:
    """It would be texted as it stands."""
    names = ", ".join(f"{{{name}}}" for name in known)
    return InvalidArgument(
        "PLACEHOLDER_UNKNOWN",
        f"text has the unknown placeholder {{{placeholder}}}; there are {names}; write {{{{ for a brace",
        field="text",
        placeholder=placeholder,
        known=", ".join(known),
    )


def saved_reply_not_found(named: str) -> NotFound:
    """No such saved reply in the workspace that was named, or another agent's own."""
    return NotFound("SAVED_REPLY_NOT_FOUND", f"there is no saved reply {named} in this workspace", saved_reply_id=named)


def saved_reply_already_exists(saved_reply_id: str, own: bool) -> AlreadyExists:
    """One shortcut, one text."""
    whose = "one of your own" if own else "one of the workspace"
    return AlreadyExists(
        "SAVED_REPLY_ALREADY_EXISTS",
        f"{whose} has this shortcut already, {saved_reply_id}; change that one, or choose another shortcut",
        saved_reply_id=saved_reply_id,
    )


def customer_note_not_found(customer_note_id: str) -> NotFound:
    """No such note in the workspace that was named, or it is gone."""
    return NotFound(
        "CUSTOMER_NOTE_NOT_FOUND",
        f"there is no note {customer_note_id} about a customer of this workspace",
        customer_note_id=customer_note_id,
    )


def agent_required() -> FailedPrecondition:
    """Only an agent has something of their own."""
    return FailedPrecondition(
        "AGENT_REQUIRED", "only an agent can keep a saved reply of their own; act as one (`keva --actor agent:ID`)"
    )
