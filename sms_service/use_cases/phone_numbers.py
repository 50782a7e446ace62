"""Use cases: list an account's numbers with where their texts go, and make Twilio send a number's texts to us."""

import structlog

from servicekit import paging, phone_numbers
from servicekit.clock import Clock
from servicekit.errors import KevaError
from servicekit.ids import new_id
from servicekit.masking import mask
from servicekit.paging import Page
from servicekit.rpc.request_context import Actor
from sms_service import errors
from sms_service.audit_action import AuditAction
from sms_service.domain.audit_entry import AuditEntry
from sms_service.domain.credential import Credential
from sms_service.domain.phone_number import FoundNumber, NumberPosition, PhoneNumber, Route, RoutedNumber
from sms_service.domain.provider_errors import (
    NumberCannotReceive,
    NumberNotFound,
    ProviderError,
    ProviderRefused,
    ProviderUnreachable,
    WebhookAddressRefused,
)
from sms_service.ports.audit_trail import AuditTrail
from sms_service.ports.phone_numbers import PhoneNumberProvider
from sms_service.use_cases.credentials_cache import CredentialsCache
from sms_service.use_cases.provider_failures import as_keva_error

_log = structlog.get_logger(__name__)


class PhoneNumbers:
    """Numbers of all accounts."""

    def __init__(
        self,
        provider: PhoneNumberProvider,
        credentials: CredentialsCache,
        trail: AuditTrail,
        clock: Clock,
        default_region: str,
    ) -> None:
        self._provider = provider
        self._credentials = credentials
        self._trail = trail
        self._clock = clock
        self._default_region = default_region

    async def list_numbers(
        self, organization_id: str, account_sid: str, asked: Page, phone_number: str, all_kinds: bool
    ) -> tuple[list[RoutedNumber], str]:
        """A page of the account's numbers as Twilio lists them now, and the next page's token.

        `all_kinds`: those too that cannot receive SMS. sms_service.proto, ListPhoneNumbers, names what is raised.
        """
        if phone_number:
            phone_number = phone_numbers.require_number(phone_number, self._default_region, "phone_number")
        arguments: list[object] = [organization_id, account_sid, phone_number, all_kinds]
        after, size = _position(asked.token, arguments), paging.page_size(asked.size)
        credential = await self._credentials.require(organization_id, account_sid)
        try:
            page = await self._provider.list_numbers(credential, phone_number, size, after, all_kinds)
        except ProviderRefused as error:
            # All that Twilio can object to is where the page begins, and the account.
            refused = errors.credentials_refused(error.code, account_sid)
            raise (errors.page_token_invalid() if after else refused) from None
        except ProviderError as error:
            raise as_keva_error(error, account_sid) from None
        return list(page.numbers), paging.encode(page.next_position, arguments) if page.next_position else ""

    async def configure(
        self, organization_id: str, account_sid: str, phone_number: str, replace: bool, actor: Actor
    ) -> RoutedNumber:
        """The number as it is once its texts come to us, as far as that is its own to decide: see the route.

        `replace`: also if they go to somebody else now. sms_service.proto, ConfigurePhoneNumber, names what is raised.
        """
        phone_number = phone_numbers.require_number(phone_number, self._default_region, "phone_number")
        credential = await self._credentials.require(organization_id, account_sid)
        if self._provider.is_out_of_reach():
            raise errors.public_url_out_of_reach()
        found = await self._find(credential, phone_number)
        number = found.number
        if not number.sms_capable:
            raise errors.phone_number_not_sms_capable()
        if found.route is not Route.KEVA:
            if found.taken_from is not None and not replace:
                raise errors.phone_number_routed_elsewhere(found.route.name, found.taken_from)
            number = await self._set_up(credential, found, actor)
            _log.info("a number was set up", account_sid=account_sid, phone_number_sid=number.phone_number_sid)
        return await self._provider.routed(credential, number)

    async def _find(self, credential: Credential, phone_number: str) -> FoundNumber:
        try:
            return await self._provider.find(credential, phone_number)
        except NumberNotFound:
            raise errors.phone_number_not_found() from None
        except ProviderRefused as error:
            raise errors.credentials_refused(error.code, credential.account_sid) from None
        except ProviderError as error:
            raise as_keva_error(error, credential.account_sid) from None

    async def _set_up(self, credential: Credential, found: FoundNumber, actor: Actor) -> PhoneNumber:
        """Records it first: the record of a change that was made must not depend on what happens afterwards."""
        before = {"before": found.route.name, **({"host": found.host} if found.host else {})}
        configured, not_configured = AuditAction.PHONE_NUMBER_CONFIGURED, AuditAction.PHONE_NUMBER_NOT_CONFIGURED
        await self._trail.append(self._entry(configured, credential, found.number, actor, before))
        try:
            return await self._provider.set_up(credential, found)
        except ProviderError as error:
            if not isinstance(error, ProviderUnreachable):
                refusal = {"twilio_code": str(error.code)}
                await self._note(self._entry(not_configured, credential, found.number, actor, refusal))
            raise _setup_error(error, credential.account_sid) from None

    async def _note(self, entry: AuditEntry) -> None:
        """Adds what need not be known for the call to end."""
        try:
            await self._trail.append(entry)
        except KevaError as error:
            _log.error("not in the audit trail", action=entry.action, subject_id=entry.subject_id, reason=error.reason)

    def _entry(
        self, action: AuditAction, credential: Credential, number: PhoneNumber, actor: Actor, details: dict[str, str]
    ) -> AuditEntry:
        named = {"account_sid": credential.account_sid, "phone_number": mask(number.phone_number)}
        who = (actor.kind, actor.id, self._clock(), {**named, **details})
        return AuditEntry(new_id("aud"), credential.organization_id, action, number.phone_number_sid, *who)


def _setup_error(error: ProviderError, account_sid: str) -> KevaError:
    match error:
        case NumberNotFound():
            return errors.phone_number_not_found()
        case NumberCannotReceive():
            return errors.phone_number_not_sms_capable()
        case WebhookAddressRefused():
            return errors.public_url_refused(error.code)
        case ProviderRefused():
            return errors.credentials_refused(error.code, account_sid)
        case _:
            return as_keva_error(error, account_sid)


def _position(token: str, arguments: list[object]) -> NumberPosition | None:
    match paging.decode(token, arguments):
        case []:
            return None
        case [int(page), str(twilio_token)] if page >= 0:
            return page, twilio_token
        case _:
            raise errors.page_token_invalid()
