"""Which customers a list is to have, and what it has found."""

from collections.abc import Sequence
from dataclasses import dataclass

from ticket_service.domain.customer import Customer


@dataclass(frozen=True)
class CustomerFilter:
    """Which customers; empty values match all. `asked_keys` are of customer_keys.py. `before` is the last customer id
    of the page before."""

    workspace_id: str
    address: str = ""
    asked_keys: tuple[str, ...] = ()
    blocked: bool = False
    before: str = ""


@dataclass(frozen=True)
class FoundCustomers:
    """`customers`, newest first. What may be found still has smaller ids than `before`; at the end it is empty."""

    customers: Sequence[Customer]
    before: str
