"""The indexes of lists: those that orders are read along, and one per condition that few tickets may match, whose
entries are counted first. listing.py says how they are used, docs/decisions/0039-inbox-lists.md why, and
docs/decisions/0046-indexes-are-few.md why they are no more than these."""

from pymongo import ASCENDING, DESCENDING, IndexModel

CREATION, WAITING, LAST_ACTIVITY = "state", "priority", "last_activity"
CUSTOMER, ASSIGNEE, CHANNEL, TAG = "customer", "assignee_and_state", "channel_and_state", "tag"
HANDED_OFF, FAILED_REPLY, SNOOZED = "handed_off", "failed_reply", "snoozed_by_state"
NUMBER = "number"
LAST_MESSAGE_TIME = "last_message.time"

# Most tickets have no tag, and are in no index of tags. Asking for any tag implies it.
_TAGGED = {"tags": {"$gt": ""}}
IS_HANDED_OFF = {"hand_off_reason": {"$exists": True}}
HAS_FAILED_REPLY = {"failed_reply": True}
_IS_SNOOZED = {"snooze_until": {"$exists": True}}
_WORKSPACE, _STATE, _NEWEST = ("workspace_id", ASCENDING), ("state", ASCENDING), ("_id", DESCENDING)

LIST_INDEXES = [
    IndexModel([_WORKSPACE, _STATE, (LAST_MESSAGE_TIME, DESCENDING), _NEWEST], name=LAST_ACTIVITY),
    # Of both orders by waiting: all priorities are merged, or read one after the other.
    IndexModel(
        [_WORKSPACE, ("priority", ASCENDING), _STATE, ("waiting_since", ASCENDING), _NEWEST],
        name=WAITING,
    ),
    IndexModel([_WORKSPACE, ("assignee", ASCENDING), _STATE, _NEWEST], name=ASSIGNEE),
    IndexModel([_WORKSPACE, ("channel_id", ASCENDING), _STATE, _NEWEST], name=CHANNEL),
    IndexModel([_WORKSPACE, ("tags", ASCENDING), _STATE, _NEWEST], name=TAG, partialFilterExpression=_TAGGED),
    IndexModel(
        [_WORKSPACE, _STATE, ("hand_off_time", DESCENDING)], name=HANDED_OFF, partialFilterExpression=IS_HANDED_OFF
    ),
    IndexModel(
        [_WORKSPACE, _STATE, ("failed_reply", ASCENDING)], name=FAILED_REPLY, partialFilterExpression=HAS_FAILED_REPLY
    ),
    IndexModel([_WORKSPACE, _STATE, ("snooze_until", ASCENDING)], name=SNOOZED, partialFilterExpression=_IS_SNOOZED),
]
# What versions before this one made, and nothing reads any more.
OLD_INDEXES = (
    *("assignee", "channel", "newest", "waiting"),
    *("waits_for_ai", "auto_close", "retention", "unclosed_of_agent"),
)
