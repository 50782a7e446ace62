"""Use cases: read and change customers."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from servicekit.clock import Clock
from servicekit.paging import Page, decode, encode, id_at, page_size
from ticket_service import errors
from ticket_service.domain import customer as domain
from ticket_service.domain import forgetting
from ticket_service.domain.audit import Actor, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.customer import Customer
from ticket_service.domain.forgetting import Forgetting
from ticket_service.domain.search.customer_keys import MAX_SEARCH_CHARACTERS, asked_keys
from ticket_service.domain.search.customers import CustomerFilter
from ticket_service.domain.texts.consent import NoTexts, TakesTexts
from ticket_service.domain.ticket import Ticket
from ticket_service.ports.customer_data.search import CustomerSearchStore
from ticket_service.ports.customers import CustomerStore
from ticket_service.ports.erasures import ErasureStore
from ticket_service.use_cases.checks import MAX_CUSTOMER_CHARACTERS, normalized_address, require_short_reason
from ticket_service.use_cases.email_addresses import require_email


class Customers:
    """Customers of all workspaces."""

    def __init__(
        self,
        store: CustomerStore,
        search: CustomerSearchStore,
        erasures: ErasureStore,
        clock: Clock,
        region: str,
        wake_eraser: Callable[[], None],
    ) -> None:
        """`wake_eraser` is called when there is something to erase."""
        self._store = store
        self._search = search
        self._erasures = erasures
        self._wake_eraser = wake_eraser
        self._clock = clock
        self._region = region

    async def get(self, workspace_id: str, customer_id: str) -> Customer:
        """Raises CUSTOMER_NOT_FOUND."""
        return await self._store.get_customer(workspace_id, customer_id)

    async def list_customers(
        self, workspace_id: str, asked: Page, address: str = "", text: str = "", blocked: bool = False
    ) -> tuple[list[Customer], str]:
        """A page of customers, newest first, and the next page's token. `text` is a search. A page of a search may have
        fewer customers than asked for, or none, and still not be the last."""
        number = normalized_address(address, self._region, "address") if address else ""
        wanted = CustomerFilter(workspace_id, number, _asked_keys(text), blocked)
        before = id_at(decode(asked.token, [wanted]))
        found = await self._search.search_customers(replace(wanted, before=before), page_size(asked.size))
        return list(found.customers), encode([found.before], [wanted]) if found.before else ""

    async def update(self, workspace_id: str, customer_id: str, values: dict[str, str], actor: Actor) -> Customer:
        """Sets what a person has typed; `values` are of customer.EDITABLE_FIELDS. Raises CUSTOMER_NOT_FOUND,
        CUSTOMER_FORGOTTEN, FIELD_REQUIRED, FIELD_INVALID."""
        for name, value in values.items():
            if len(value) > MAX_CUSTOMER_CHARACTERS:
                raise errors.invalid(f"customer.{name}", f"is longer than {MAX_CUSTOMER_CHARACTERS} characters")
        if not values.get("display_name", "some").strip():
            raise errors.required("customer.display_name")

        def decide(customer: Customer) -> tuple[Customer, tuple[AuditEntry, ...]]:
            if customer.forget_time:
                raise errors.customer_forgotten(customer_id)
            email = values.get("email", "")
            # An earlier version took any text, and whoever edits another field may send it back.
            if email and email != customer.email:
                require_email(email, "customer.email")
            now = self._clock()
            changed = domain.edit(customer, values, now)
            if changed == customer:
                return customer, ()
            # Names and e-mail addresses are personal: the trail says which fields, not what they hold.
            entry = AuditEntry(
                AuditAction.CUSTOMER_UPDATED, customer_id, actor, now, {"fields": ", ".join(sorted(values))}
            )
            return changed, (entry,)

        return await self._store.change_customer(workspace_id, customer_id, decide)

    async def set_consent(
        self, workspace_id: str, customer_id: str, no_texts: bool, reason: str, actor: Actor
    ) -> Customer:
        """Notes why the customer wants no texts from any of our numbers, or that they want some, which takes that back;
        why may then be empty. What they said to a number by STOP stays as it is. Raises CUSTOMER_NOT_FOUND,
        CUSTOMER_FORGOTTEN, FIELD_REQUIRED, FIELD_INVALID."""
        if no_texts and not reason.strip():
            raise errors.required("reason")
        require_short_reason(reason)

        def decide(customer: Customer) -> tuple[Customer, tuple[AuditEntry, ...]]:
            if customer.forget_time:
                raise errors.customer_forgotten(customer_id)
            now = self._clock()
            noted = _noted(customer, no_texts, reason, actor, now)
            if noted == customer:
                return customer, ()
            action = AuditAction.CUSTOMER_NO_TEXTS if no_texts else AuditAction.CUSTOMER_TAKES_TEXTS
            # The reason may say anything of the customer: the trail does not quote it.
            return replace(noted, update_time=now), (AuditEntry(action, customer_id, actor, now),)

        return await self._store.change_customer(workspace_id, customer_id, decide)

    async def forget(self, workspace_id: str, customer_id: str, actor: Actor) -> Customer:
        """Decides that all that identifies the customer is erased, for good. Raises CUSTOMER_NOT_FOUND."""

        def decide(customer: Customer, unclosed: Sequence[Ticket]) -> Forgetting:
            return forgetting.forget(customer, unclosed, actor, self._clock())

        customer = await self._erasures.forget(workspace_id, customer_id, decide)
        self._wake_eraser()
        return customer


def _noted(customer: Customer, no_texts: bool, reason: str, actor: Actor, now: datetime) -> Customer:
    """The customer with that note; the same one if it stands there already. A basis that is known stays beneath the
    note that they want none, and counts again when that is taken back, unless another one is given."""
    if no_texts:
        if customer.no_texts is not None and customer.no_texts.reason == reason:
            return customer
        return replace(customer, no_texts=NoTexts(reason, now, actor))
    known = customer.takes_texts
    # Given again after they wanted none, it is a new one, though in the same words.
    is_known = known is not None and known.reason == reason and customer.no_texts is None
    if not reason.strip() or is_known:
        return replace(customer, no_texts=None)
    return replace(customer, no_texts=None, takes_texts=TakesTexts(reason, now, actor))


def _asked_keys(text: str) -> tuple[str, ...]:
    """What a search is for; nothing when it is empty. Raises FIELD_INVALID for a text in which there is no word."""
    if len(text) > MAX_SEARCH_CHARACTERS:
        raise errors.invalid("text", f"is longer than {MAX_SEARCH_CHARACTERS} characters")
    asked = tuple(asked_keys(text))
    if text.strip() and not asked:
        raise errors.invalid("text", "has nothing to look for: write letters or digits")
    return asked
