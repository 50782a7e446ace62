"""Customers by what is known of them."""

from typing import Protocol

from ticket_service.domain.search.customers import CustomerFilter, FoundCustomers


class CustomerSearchStore(Protocol):
    """Searches, and makes customers of earlier versions ready to be found."""

    async def search_customers(self, wanted: CustomerFilter, limit: int) -> FoundCustomers:
        """At most `limit` customers that match the filter, newest first. With keys it looks through so many customers
        at most, so that a page may have fewer than `limit`, or none, and still not be the last."""
        ...

    async def index_customers(self, limit: int) -> int:
        """Stores the keys of up to `limit` customers that a version before has stored without; how many it was."""
        ...
