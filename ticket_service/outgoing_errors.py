"""The errors of keva.ticket.v1 that first texts, sending later and two people at one customer lead to."""

from collections.abc import Sequence
from datetime import datetime

from servicekit.errors import FailedPrecondition, NotFound, ResourceExhausted


def newer_messages(message_ids: Sequence[str], count: int) -> FailedPrecondition:
    """What was written may not fit any more. The ids are those of the newest, oldest first."""
    what = "there is a newer message" if count == 1 else f"there are {count} newer messages"
    return FailedPrecondition(
        "NEWER_MESSAGES",
        f"{what} on this ticket than the one that you have seen last; look, then send it again with the newest as "
        "last_seen_message_id, or with send_anyway",
        count=str(count),
        message_ids=",".join(message_ids),
    )


def message_not_scheduled(message_id: str, state: str) -> FailedPrecondition:
    """What has left cannot be cancelled."""
    return FailedPrecondition(
        "MESSAGE_NOT_SCHEDULED",
        f"message {message_id} does not wait for its time: it is {state}; only what is SCHEDULED can be cancelled",
        message_id=message_id,
        state=state,
    )


def message_not_failed(message_id: str, state: str) -> FailedPrecondition:
    """Only what has not arrived is repeated."""
    return FailedPrecondition(
        "MESSAGE_NOT_FAILED",
        f"message {message_id} is {state}; only a reply that is FAILED can be sent again",
        message_id=message_id,
        state=state,
    )


def channel_not_in_workspace(channel_id: str) -> NotFound:
    """No such channel, or its texts go to another workspace."""
    return NotFound("CHANNEL_NOT_FOUND", f"there is no channel {channel_id} in this workspace", channel_id=channel_id)


def opted_out_of_any_number() -> FailedPrecondition:
    """Who has told one of our numbers to stop is not texted first by another one."""
    return FailedPrecondition(
        "RECIPIENT_OPTED_OUT",
        "this customer has opted out of texts from one of our numbers, and is not texted first from any; only they can "
        "change that, by texting START to it",
    )


def first_text_cannot_be_received() -> FailedPrecondition:
    """A slip of the finger would be a stranger, or a program."""
    return FailedPrecondition(
        "RECIPIENT_CANNOT_RECEIVE",
        "only a whole phone number, other than our own, can be texted first; write it like +15551234567",
    )


def thread_of_another_workspace() -> FailedPrecondition:
    """Whose ticket it is, is none of this caller's business."""
    return FailedPrecondition(
        "THREAD_HAS_LIVE_TICKET",
        "another workspace, which had this number before, still has a ticket with this customer; close it there first",
    )


def first_text_limit_reached(limit: int, retry_time: datetime | None) -> ResourceExhausted:
    """So that whoever has stolen a session cannot text the whole world."""
    when = f"ask again after {retry_time.isoformat(timespec='seconds')}" if retry_time else "nobody may begin one"
    more = {"retry_time": retry_time.isoformat()} if retry_time else {}
    return ResourceExhausted(
        "FIRST_TEXT_LIMIT_REACHED",
        f"this organization may begin {limit} conversations within an hour; {when}. KEVA_FIRST_TEXTS_PER_HOUR of "
        "ticket_service sets the limit",
        limit=str(limit),
        **more,
    )
