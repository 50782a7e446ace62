"""How calls to the database are shared by those that come at the same time."""

from typing import Any

# Another one leaves beside a trip that takes longer than usual: a connection may hang, and must not hold up what comes
# later. Only for what may overtake what came before it.
TRIPS: dict[str, Any] = {"max_items": 100, "max_in_flight": 4, "beside_after_seconds": 0.1}
