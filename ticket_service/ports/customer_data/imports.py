"""What importing customers needs of the database."""

from collections.abc import Sequence
from typing import Protocol

from ticket_service.domain.customer_data.imports import DecideImport, Imported


class ImportStore(Protocol):
    """Reads and writes customers by their numbers, many at once."""

    async def import_customers(
        self, workspace_id: str, addresses: Sequence[str], decide: DecideImport, write: bool
    ) -> Sequence[Imported | None]:
        """Writes what `decide` says of the customers who have these addresses, in whichever form, in one transaction
        with its audit records; only says it, unless `write`. `addresses` are of different phones, and `decide` is
        given what is known for each. It may be asked several times."""
        ...
