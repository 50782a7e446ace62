"""Whose a delivery record is, and until when: by the database's clock, since those of replicas may be minutes apart.

- `lease_until`: the end by the clock of whoever has it, which names the lease when it is given back. None: nothing
  was sent under it; FREE: that is in doubt.
- `lease`: the same moment (`until`), for how many `milliseconds` it was taken, and whether `again`, after an
  attempt whose outcome is not known. The version before has no such copy, so that a lease of its own differs from it.
- `lease_time`: when it was taken, by the database's clock. A Timestamp, in whole seconds, while the record is as it was
  made: the database itself puts that into what is inserted, at no cost. A date afterwards.
"""

from datetime import datetime, timedelta
from typing import Any

from bson.timestamp import Timestamp

from servicekit.mongo.leases import FREE
from sms_service.domain.delivery import Delivery

Document = dict[str, Any]
# No lease is as long. One that seems to be was taken by a clock that was set wrong.
_LONGER_THAN_ANY = timedelta(hours=1)
# The database fills it in. https://www.mongodb.com/docs/manual/reference/bson-types/#timestamps
_NOW_WHEN_INSERTED = Timestamp(0, 0)
_REST_OF_A_SECOND = 999

_OURS: Document = {"$eq": ["$lease.until", "$lease_until"]}
_AS_INSERTED: Document = {"$eq": [{"$type": "$lease_time"}, "timestamp"]}
# Rather late than early: within the second somebody may still be sending it.
_TAKEN: Document = {
    "$cond": [_AS_INSERTED, {"$add": [{"$toDate": "$lease_time"}, _REST_OF_A_SECOND]}, "$lease_time"],
}
# The database puts its logical time into what is inserted, which stays ahead where its clock ever was. Such a stamp
# says nothing, and the time of whoever has the record counts.
_STAMPED_AHEAD: Document = {"$cond": [_AS_INSERTED, {"$gt": [{"$toDate": "$lease_time"}, "$$NOW"]}, False]}
_BY_ITS_TIME: Document = {"$and": [_OURS, {"$not": [_STAMPED_AHEAD]}]}
_END: Document = {
    "$cond": [_BY_ITS_TIME, {"$add": [_TAKEN, "$lease.milliseconds"]}, {"$ifNull": ["$lease_until", FREE]}],
}
_LONGEST_END: Document = {"$add": ["$$NOW", _LONGER_THAN_ANY // timedelta(milliseconds=1)]}
# A lease that was given back says that nothing was sent; one that ran out says nothing.
_GIVEN_BACK: Document = {"$eq": ["$lease_until", None]}
# A time to come is of a clock that was ahead: the attempt was before now.
_ATTEMPTED: Document = {"$min": [{"$cond": [{"$and": [_OURS, _AS_INSERTED]}, _TAKEN, "$attempt_time"]}, "$$NOW"]}

# Of records that nobody has: for `find`, with what else must hold.
NOBODYS: Document = {"$expr": {"$or": [{"$lte": [_END, "$$NOW"]}, {"$gt": [_END, _LONGEST_END]}]}}


def first_lease(lease_until: datetime, lease: timedelta) -> Document:
    """The fields of the lease of a record that is about to be inserted."""
    return {**_named(lease_until, lease), "lease_time": _NOW_WHEN_INSERTED}


def next_lease(delivery: Delivery, lease_until: datetime, lease: timedelta) -> Document:
    """The fields, for an update by a pipeline, of a record that nobody has and `delivery` claims."""
    named = _named(lease_until, lease)
    return {
        **named,
        "lease": {**named["lease"], "again": {"$not": [_GIVEN_BACK]}},
        "lease_time": "$$NOW",
        "attempt_time": {"$cond": [_GIVEN_BACK, "$$NOW", _ATTEMPTED]},
        "account_sid": {"$cond": [_GIVEN_BACK, {"$literal": delivery.account_sid}, "$account_sid"]},
        "taken_after": {"$cond": [_GIVEN_BACK, delivery.taken_after, "$taken_after"]},
    }


def _named(lease_until: datetime, lease: timedelta) -> Document:
    milliseconds = round(lease / timedelta(milliseconds=1))
    return {"lease_until": lease_until, "lease": {"until": lease_until, "milliseconds": milliseconds}}
