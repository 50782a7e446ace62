"""credentials_service as this service sees it."""

import contextlib
from collections.abc import Awaitable, Iterator
from typing import TypeVar

import grpc
import structlog

from keva.credentials.v1 import credentials_service_pb2 as pb
from keva.credentials.v1 import credentials_service_pb2_grpc
from servicekit.errors import FailedPrecondition, KevaError, NotFound, Unavailable
from servicekit.paging import Page
from servicekit.rpc.statuses_to_errors import as_keva_error
from servicekit.secret import Secret
from sms_service import errors
from sms_service.domain.credential import AuthToken, ConnectedAccount, Credential, SharedKey, StoredTokens
from sms_service.rpc.convert_credentials import account_from_proto, credential_from_proto

Answer = TypeVar("Answer")

_log = structlog.get_logger(__name__)

_ACCESS_SECONDS = 2.0
_CHANGE_SECONDS = 5.0


class CredentialsClient:
    """Implements ports.credentials.CredentialKeeper."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub: credentials_service_pb2_grpc.CredentialsServiceAsyncStub = (
            credentials_service_pb2_grpc.CredentialsServiceStub(channel)
        )

    async def access(self, account_sid: str) -> Credential | None:
        request = pb.AccessCredentialRequest(account_sid=account_sid)
        try:
            answer = await _answer(self._stub.AccessCredential(request, timeout=_ACCESS_SECONDS))
        except NotFound:
            return None
        return credential_from_proto(account_sid, answer)

    async def tokens(self, organization_id: str, account_sid: str) -> StoredTokens:
        request = pb.AccessCredentialRequest(account_sid=account_sid)
        with _own_account(account_sid):
            answer = await _answer(self._stub.AccessCredential(request, timeout=_CHANGE_SECONDS))
        if answer.credential.organization_id != organization_id:
            raise errors.account_not_found(account_sid)
        tokens = [AuthToken(token.version, Secret(token.auth_token), token.primary) for token in answer.auth_tokens]
        return StoredTokens(tokens, len(answer.unreadable_versions))

    async def add_token(self, credential: Credential) -> ConnectedAccount:
        request = pb.AddCredentialVersionRequest(
            organization_id=credential.organization_id,
            account_sid=credential.account_sid,
            auth_token=credential.auth_tokens[0].reveal(),
        )
        with _own_account(credential.account_sid):
            return account_from_proto(
                (await _answer(self._stub.AddCredentialVersion(request, timeout=_CHANGE_SECONDS))).credential
            )

    async def disable_token(self, organization_id: str, account_sid: str, version: int) -> ConnectedAccount:
        request = pb.DisableCredentialVersionRequest(
            organization_id=organization_id, account_sid=account_sid, version=version
        )
        return account_from_proto(await self._disable(request))

    async def add_shared_key(self, organization_id: str, account_sid: str, key: SharedKey) -> ConnectedAccount:
        request = pb.AddSharedKeyRequest(
            organization_id=organization_id,
            account_sid=account_sid,
            shared_key_id=key.shared_key_id,
            algorithm=pb.SigningAlgorithm.Value(f"SIGNING_ALGORITHM_{key.algorithm}"),
            secret=key.secret.reveal(),
        )
        with _own_account(account_sid):
            answer = await _answer(self._stub.AddSharedKey(request, timeout=_CHANGE_SECONDS))
        return account_from_proto(answer.credential)

    async def delete_shared_key(self, organization_id: str, account_sid: str, shared_key_id: str) -> ConnectedAccount:
        request = pb.DeleteSharedKeyRequest(
            organization_id=organization_id, account_sid=account_sid, shared_key_id=shared_key_id
        )
        with _own_account(account_sid):
            answer = await _answer(self._stub.DeleteSharedKey(request, timeout=_CHANGE_SECONDS))
        return account_from_proto(answer.credential)

    async def create(self, credential: Credential, display_name: str) -> ConnectedAccount:
        request = pb.CreateCredentialRequest(
            organization_id=credential.organization_id,
            account_sid=credential.account_sid,
            display_name=display_name,
            auth_token=credential.auth_tokens[0].reveal(),
        )
        answer = await _answer(self._stub.CreateCredential(request, timeout=_CHANGE_SECONDS))
        return account_from_proto(answer.credential)

    async def replace_token(self, credential: Credential) -> ConnectedAccount:
        request = pb.ReplaceAuthTokenRequest(
            organization_id=credential.organization_id,
            account_sid=credential.account_sid,
            auth_token=credential.auth_tokens[0].reveal(),
        )
        answer = await _answer(self._stub.ReplaceAuthToken(request, timeout=_CHANGE_SECONDS))
        return account_from_proto(answer.credential)

    async def _disable(self, request: pb.DisableCredentialVersionRequest) -> pb.Credential:
        try:
            return (await _answer(self._stub.DisableCredentialVersion(request, timeout=_CHANGE_SECONDS))).credential
        except (FailedPrecondition, NotFound):
            # Gone already, or the last one: somebody else replaced the token, or disconnected, in the meantime.
            raise errors.concurrent_connect() from None

    async def list_accounts(self, organization_id: str, asked: Page) -> tuple[list[ConnectedAccount], str]:
        request = pb.ListCredentialsRequest(
            organization_id=organization_id, page_size=asked.size, page_token=asked.token
        )
        answer = await _answer(self._stub.ListCredentials(request, timeout=_CHANGE_SECONDS))
        return [account_from_proto(credential) for credential in answer.credentials], answer.next_page_token

    async def delete(self, organization_id: str, account_sid: str) -> None:
        request = pb.DeleteCredentialRequest(organization_id=organization_id, account_sid=account_sid)
        try:
            await _answer(self._stub.DeleteCredential(request, timeout=_CHANGE_SECONDS))
        except NotFound:
            raise errors.account_not_found(account_sid) from None


@contextlib.contextmanager
def _own_account(account_sid: str) -> Iterator[None]:
    """NotFound CREDENTIAL_NOT_FOUND as keva.sms.v1 has it."""
    try:
        yield
    except NotFound as error:
        if error.reason != "CREDENTIAL_NOT_FOUND":
            raise
        raise errors.account_not_found(account_sid) from None


async def _answer(call: Awaitable[Answer]) -> Answer:
    try:
        return await call
    except grpc.aio.AioRpcError as error:
        raise _own_error(as_keva_error(error)) from None


def _own_error(error: KevaError) -> KevaError:
    """The error as keva.sms.v1 has it."""
    if isinstance(error, Unavailable):
        away = error.reason != "STORE_UNAVAILABLE"
        return errors.credentials_service_unavailable() if away else errors.credentials_store_unavailable()
    if error.reason == "CREDENTIAL_UNREADABLE":
        unreadable = errors.credential_unreadable()
        key_id, error_id = error.metadata.get("key_id", ""), unreadable.metadata["error_id"]
        _log.error("an account's Auth Tokens cannot be decrypted", error_id=error_id, key_id=key_id)
        return unreadable
    if error.reason == "CREDENTIAL_MALFORMED":
        return errors.credential_malformed(error.metadata.get("account_sid", ""))
    return error
