"""Use case: take over customers from a list."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from servicekit import phone_numbers
from servicekit.clock import Clock
from servicekit.errors import Internal, InvalidArgument, KevaError
from servicekit.ids import new_id
from servicekit.phone_numbers import AddressKind
from ticket_service import errors
from ticket_service.domain.addresses.phone_forms import as_networks_write, current_form
from ticket_service.domain.audit import Actor
from ticket_service.domain.customer import EDITABLE_FIELDS, Customer, new_customer
from ticket_service.domain.customer_data import imports as domain
from ticket_service.domain.customer_data.imports import Import, Imported, Known, Row, RowResult, Unreadable
from ticket_service.ports.customer_data.imports import ImportStore
from ticket_service.ports.workspaces import WorkspaceStore
from ticket_service.use_cases.checks import MAX_CUSTOMER_CHARACTERS, require_region, require_short_reason
from ticket_service.use_cases.email_addresses import require_email

MAX_ROWS = 500
# In one transaction.
_TOGETHER = 100
_UNREADABLE = Internal(
    "INTERNAL", "what is stored of this customer cannot be read, and stays as it is: the log of ticket_service names it"
)
# What a spreadsheet makes of a long number: 1.5551E+10.
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+?\d+\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Options:
    """How a list is taken; an empty `region` is the service's own."""

    region: str = ""
    consent_basis: str = ""
    overwrite: bool = False
    validate_only: bool = False


@dataclass(frozen=True)
class RowOutcome:
    """What became of a row: one of `imported`, `replaced_by` and `error` is set, besides the number if it is one."""

    address: str = ""
    imported: Imported | None = None
    replaced_by: int | None = None
    error: KevaError | None = None


class Imports:
    """Lists for all workspaces."""

    def __init__(self, store: ImportStore, workspaces: WorkspaceStore, clock: Clock, region: str) -> None:
        self._store = store
        self._workspaces = workspaces
        self._clock = clock
        self._region = region

    async def import_customers(
        self, workspace_id: str, rows: Sequence[Mapping[str, str]], options: Options, actor: Actor
    ) -> list[RowOutcome]:
        """One outcome per row, in order; each has its `address` and EDITABLE_FIELDS. What is wrong with one stops no
        other. Raises FIELD_REQUIRED, FIELD_INVALID, WORKSPACE_NOT_FOUND."""
        if not rows:
            raise errors.required("rows")
        if len(rows) > MAX_ROWS:
            raise errors.invalid("rows", f"may have at most {MAX_ROWS} entries")
        require_short_reason(options.consent_basis, "consent_basis")
        region = require_region(options.region, "region") if options.region else self._region
        organization_id = await self._workspaces.organization_of(workspace_id)
        how = Import(actor, self._clock(), options.overwrite, options.consent_basis.strip())
        outcomes = _read(rows, region)
        counting = {place: outcome for place, outcome in enumerate(outcomes) if isinstance(outcome, Row)}
        places = list(counting)
        done: dict[int, RowOutcome] = {}
        for start in range(0, len(places), _TOGETHER):
            part = places[start : start + _TOGETHER]
            made = await self._take([counting[place] for place in part], (organization_id, workspace_id), how, options)
            done |= dict(zip(part, made, strict=True))
        return [done[place] if isinstance(one, Row) else one for place, one in enumerate(outcomes)]

    async def _take(
        self, rows: Sequence[Row], tenant: tuple[str, str], how: Import, options: Options
    ) -> list[RowOutcome]:
        def decide(known: Sequence[Known]) -> list[Imported | None]:
            return [
                None
                if isinstance(customer, Unreadable)
                else domain.imported(customer, _unknown(row, tenant, how), row, how)
                for row, customer in zip(rows, known, strict=True)
            ]

        addresses = [row.address for row in rows]
        made = await self._store.import_customers(tenant[1], addresses, decide, write=not options.validate_only)
        if options.validate_only:
            # Nobody will ever have the id of a customer who was not written.
            made = [domain.without_id(one) if one and one.result is RowResult.CREATED else one for one in made]
        return [
            RowOutcome(row.address, one) if one else RowOutcome(row.address, error=_UNREADABLE)
            for row, one in zip(rows, made, strict=True)
        ]


def _unknown(row: Row, tenant: tuple[str, str], how: Import) -> Customer:
    # The location is the list's, as all else that it says: it is set like that.
    named = new_customer(new_id("cus"), *tenant, row.address, domain.location_of(row.values), how.time)
    return domain.without_location(named)


def _read(rows: Sequence[Mapping[str, str]], region: str) -> list[Row | RowOutcome]:
    """Rows that count, and what is said of the others."""
    read = [_row(values, region) for values in rows]
    last = {current_form(one.address): place for place, one in enumerate(read) if isinstance(one, Row)}
    return [
        RowOutcome(one.address, replaced_by=last[current_form(one.address)])
        if isinstance(one, Row) and last[current_form(one.address)] != place
        else one
        for place, one in enumerate(read)
    ]


def _row(values: Mapping[str, str], region: str) -> Row | RowOutcome:
    address = ""
    try:
        address = _number(values["address"], region)
        kept = {name: value for name in EDITABLE_FIELDS if (value := " ".join(values[name].split()))}
        for name, value in kept.items():
            if len(value) > MAX_CUSTOMER_CHARACTERS:
                raise errors.invalid(name, f"is longer than {MAX_CUSTOMER_CHARACTERS} characters")
        if "email" in kept:
            require_email(kept["email"], "email")
    except InvalidArgument as error:
        return RowOutcome(address, error=error)
    return Row(address, kept)


def _number(text: str, region: str) -> str:
    """A phone's number. Names and short codes, which may have texted us, cannot be imported from a list."""
    number = text.strip().lstrip("'")
    if not number:
        raise InvalidArgument("FIELD_REQUIRED", "the number is missing; write it like +15551234567")
    if _ROUNDED.match(number):
        raise InvalidArgument(
            "PHONE_NUMBER_INVALID",
            "a spreadsheet has shortened the number: make its column text there, and type the number again",
        )
    address = phone_numbers.normalize(as_networks_write(number), region)
    if address is None or address.kind is not AddressKind.E164:
        raise InvalidArgument(
            "PHONE_NUMBER_INVALID", "the number is not a possible phone number; write it like +15551234567"
        )
    return address.value
