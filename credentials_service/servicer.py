"""CredentialsService over gRPC: from proto, use case, to proto."""

from typing import Any

import grpc

from credentials_service import convert
from credentials_service.credentials import Credentials
from credentials_service.keys import Keys
from credentials_service.shared_keys import SharedKeys
from keva.credentials.v1 import credentials_service_pb2 as pb
from keva.credentials.v1 import credentials_service_pb2_grpc
from servicekit.paging import Page
from servicekit.rpc.proto_values import require
from servicekit.rpc.request_context import current_actor
from servicekit.secret import Secret

Context = grpc.aio.ServicerContext[Any, Any]


class CredentialsServicer(credentials_service_pb2_grpc.CredentialsServiceServicer):
    """Its contract is credentials_service.proto."""

    def __init__(self, credentials: Credentials, shared_keys: SharedKeys, keys: Keys) -> None:
        self._credentials = credentials
        self._shared_keys = shared_keys
        self._keys = keys

    async def CreateCredential(
        self, request: pb.CreateCredentialRequest, context: Context
    ) -> pb.CreateCredentialResponse:
        require(request, "organization_id")
        credential = await self._credentials.create(
            request.organization_id,
            request.account_sid,
            request.display_name,
            Secret(request.auth_token),
            current_actor(),
        )
        return pb.CreateCredentialResponse(credential=convert.credential_to_proto(credential))

    async def GetCredential(self, request: pb.GetCredentialRequest, context: Context) -> pb.GetCredentialResponse:
        require(request, "organization_id", "account_sid")
        credential = await self._credentials.get(request.organization_id, request.account_sid)
        return pb.GetCredentialResponse(credential=convert.credential_to_proto(credential))

    async def ListCredentials(self, request: pb.ListCredentialsRequest, context: Context) -> pb.ListCredentialsResponse:
        require(request, "organization_id")
        found, token = await self._credentials.list_credentials(
            request.organization_id, Page(request.page_size, request.page_token)
        )
        return pb.ListCredentialsResponse(credentials=map(convert.credential_to_proto, found), next_page_token=token)

    async def AccessCredential(
        self, request: pb.AccessCredentialRequest, context: Context
    ) -> pb.AccessCredentialResponse:
        credential, tokens, unreadable_versions = await self._credentials.access(request.account_sid)
        shared_keys, unreadable_shared_keys = await self._shared_keys.open(credential)
        return pb.AccessCredentialResponse(
            credential=convert.credential_to_proto(credential),
            auth_tokens=map(convert.token_to_proto, tokens),
            shared_keys=map(convert.opened_shared_key_to_proto, shared_keys),
            unreadable_versions=unreadable_versions,
            unreadable_shared_keys=unreadable_shared_keys,
        )

    async def AddCredentialVersion(
        self, request: pb.AddCredentialVersionRequest, context: Context
    ) -> pb.AddCredentialVersionResponse:
        require(request, "organization_id", "account_sid")
        credential, version = await self._credentials.add_version(
            request.organization_id, request.account_sid, Secret(request.auth_token), current_actor()
        )
        return pb.AddCredentialVersionResponse(credential=convert.credential_to_proto(credential), version=version)

    async def ReplaceAuthToken(
        self, request: pb.ReplaceAuthTokenRequest, context: Context
    ) -> pb.ReplaceAuthTokenResponse:
        require(request, "organization_id", "account_sid")
        credential = await self._credentials.replace_token(
            request.organization_id, request.account_sid, Secret(request.auth_token), current_actor()
        )
        return pb.ReplaceAuthTokenResponse(credential=convert.credential_to_proto(credential))

    async def DisableCredentialVersion(
        self, request: pb.DisableCredentialVersionRequest, context: Context
    ) -> pb.DisableCredentialVersionResponse:
        require(request, "organization_id", "account_sid", "version")
        credential = await self._credentials.disable_version(
            request.organization_id, request.account_sid, request.version, current_actor()
        )
        return pb.DisableCredentialVersionResponse(credential=convert.credential_to_proto(credential))

    async def AddSharedKey(self, request: pb.AddSharedKeyRequest, context: Context) -> pb.AddSharedKeyResponse:
        require(request, "organization_id", "account_sid")
        credential = await self._shared_keys.add(
            request.organization_id, request.account_sid, convert.shared_key_from_proto(request), current_actor()
        )
        return pb.AddSharedKeyResponse(credential=convert.credential_to_proto(credential))

    async def DeleteSharedKey(self, request: pb.DeleteSharedKeyRequest, context: Context) -> pb.DeleteSharedKeyResponse:
        require(request, "organization_id", "account_sid", "shared_key_id")
        credential = await self._shared_keys.delete(
            request.organization_id, request.account_sid, request.shared_key_id, current_actor()
        )
        return pb.DeleteSharedKeyResponse(credential=convert.credential_to_proto(credential))

    async def DeleteCredential(
        self, request: pb.DeleteCredentialRequest, context: Context
    ) -> pb.DeleteCredentialResponse:
        require(request, "organization_id", "account_sid")
        await self._credentials.delete(request.organization_id, request.account_sid, current_actor())
        return pb.DeleteCredentialResponse()

    async def ListKeys(self, request: pb.ListKeysRequest, context: Context) -> pb.ListKeysResponse:
        return convert.key_list_to_proto(await self._keys.list_keys())

    async def RotateKeys(self, request: pb.RotateKeysRequest, context: Context) -> pb.RotateKeysResponse:
        rotated = await self._keys.rotate(request.key_id, Page(request.page_size, request.page_token), current_actor())
        return convert.rotated_to_proto(rotated)
