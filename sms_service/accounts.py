"""Use cases: connect Twilio accounts, list them and their numbers."""

from collections.abc import Awaitable
from typing import TypeVar

import grpc

from keva.credentials.v1 import credentials_service_pb2 as pb
from servicekit import paging, phone_numbers
from servicekit.errors import AlreadyExists, KevaError, NotFound, Unavailable
from servicekit.rpc_errors import as_keva_error
from sms_service import errors
from sms_service.credential import Credential, is_account_sid
from sms_service.credentials_client import CredentialsCache
from sms_service.provider import PhoneNumber, Provider, ProviderError

Answer = TypeVar("Answer")

_MAX_TOKEN_CHARACTERS = 256
_CALL_SECONDS = 5.0


class Accounts:
    """Twilio accounts of all organizations. They are kept by credentials_service."""

    def __init__(self, provider: Provider, credentials: CredentialsCache, default_region: str) -> None:
        self._provider = provider
        self._credentials = credentials
        self._default_region = default_region

    async def connect(self, organization_id: str, account_sid: str, auth_token: str) -> pb.Credential:
        """Checks the pair with Twilio, and stores it. sms_service.proto, ConnectTwilioAccount, names what is raised."""
        _require_pair(account_sid, auth_token)
        try:
            account = await self._provider.fetch_account(Credential(organization_id, account_sid, (auth_token,)))
        except ProviderError as error:
            raise _connect_error(error) from None
        if not account.active:
            raise errors.account_not_active("suspended or closed")
        try:
            credential = await self._store(organization_id, account_sid, account.display_name[:100], auth_token)
        finally:
            self._credentials.forget(account_sid)
        return credential

    async def _store(self, organization_id: str, account_sid: str, display_name: str, auth_token: str) -> pb.Credential:
        create = pb.CreateCredentialRequest(
            organization_id=organization_id,
            account_sid=account_sid,
            display_name=display_name,
            auth_token=auth_token,
        )
        try:
            created = await _answer(self._credentials.stub.CreateCredential(create, timeout=_CALL_SECONDS))
        except AlreadyExists:
            return await self._replace_token(organization_id, account_sid, auth_token)
        return created.credential

    async def _replace_token(self, organization_id: str, account_sid: str, auth_token: str) -> pb.Credential:
        """The new token in place of the old ones: after connecting anew nobody has to think of them."""
        add = pb.AddCredentialVersionRequest(
            organization_id=organization_id, account_sid=account_sid, auth_token=auth_token
        )
        stub = self._credentials.stub
        try:
            credential = (await _answer(stub.AddCredentialVersion(add, timeout=_CALL_SECONDS))).credential
        except NotFound:
            raise errors.account_taken() from None
        opened = await _answer(
            stub.AccessCredential(pb.AccessCredentialRequest(account_sid=account_sid), timeout=_CALL_SECONDS)
        )
        for token in opened.auth_tokens:
            if token.auth_token != auth_token:
                disable = pb.DisableCredentialVersionRequest(
                    organization_id=organization_id, account_sid=account_sid, version=token.version
                )
                disabled = await _answer(stub.DisableCredentialVersion(disable, timeout=_CALL_SECONDS))
                credential = disabled.credential
        return credential

    async def list_accounts(self, organization_id: str, size: int, token: str) -> tuple[list[pb.Credential], str]:
        """A page of connected accounts, oldest first, and the next page's token."""
        request = pb.ListCredentialsRequest(organization_id=organization_id, page_size=size, page_token=token)
        answer = await _answer(self._credentials.stub.ListCredentials(request, timeout=_CALL_SECONDS))
        return list(answer.credentials), answer.next_page_token

    async def disconnect(self, organization_id: str, account_sid: str) -> None:
        """Raises TWILIO_ACCOUNT_NOT_FOUND."""
        request = pb.DeleteCredentialRequest(organization_id=organization_id, account_sid=account_sid)
        try:
            await _answer(self._credentials.stub.DeleteCredential(request, timeout=_CALL_SECONDS))
        except NotFound:
            raise errors.account_not_found(account_sid) from None
        finally:
            self._credentials.forget(account_sid)

    async def list_numbers(
        self, organization_id: str, account_sid: str, size: int, token: str, phone_number: str, all_kinds: bool
    ) -> tuple[list[PhoneNumber], str]:
        """A page of the account's numbers as Twilio lists them now, and the next page's token.

        `all_kinds`: those too that cannot receive SMS. sms_service.proto, ListPhoneNumbers, names what is raised.
        """
        if phone_number:
            phone_number = phone_numbers.require_e164(phone_number, self._default_region, "phone_number")
        arguments = [organization_id, account_sid, phone_number, all_kinds]
        position = paging.decode(token, arguments)
        credential = await self._credentials.require(organization_id, account_sid)
        after = (int(position[0]), str(position[1])) if position else None
        try:
            page = await self._provider.list_phone_numbers(credential, phone_number, paging.page_size(size), after)
        except ProviderError as error:
            raise errors.of_provider(error) from None
        found = [number for number in page.phone_numbers if number.sms_capable or all_kinds]
        return found, paging.encode(page.next_position, arguments) if page.next_position else ""


def _require_pair(account_sid: str, auth_token: str) -> None:
    if not account_sid:
        raise errors.required("account_sid")
    if not is_account_sid(account_sid):
        raise errors.invalid("account_sid", "is no Account SID: AC and 32 hexadecimal digits")
    if not auth_token:
        raise errors.required("auth_token")
    if len(auth_token) > _MAX_TOKEN_CHARACTERS or not (auth_token.isascii() and auth_token.isprintable()):
        raise errors.invalid("auth_token", "must be at most 256 printable ASCII characters")
    if " " in auth_token:
        raise errors.invalid("auth_token", "has a space; copy it again")


def _connect_error(error: ProviderError) -> KevaError:
    known = errors.of_provider(error)
    # A wrong Account SID is a 404, which any other question to Twilio would call a refusal of the sender.
    return errors.credentials_refused(error.code) if known.reason == "SENDER_REFUSED" else known


async def _answer(call: Awaitable[Answer]) -> Answer:
    try:
        return await call
    except grpc.aio.AioRpcError as error:
        known = as_keva_error(error)
        raise (errors.credentials_service_unavailable() if isinstance(known, Unavailable) else known) from None
