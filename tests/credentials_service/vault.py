"""What the tests of credentials_service speak with: its RPCs in few words, and the peer of its audit records."""

import asyncio
import base64
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import grpc
import pytest

from keva.credentials.v1 import credentials_service_pb2 as pb
from keva.credentials.v1 import credentials_service_pb2_grpc
from keva.ticket.v1 import agent_service_pb2_grpc, audit_service_pb2, audit_service_pb2_grpc
from servicekit.errors import Aborted, KevaError
from servicekit.rpc.mutual_tls import server_credentials
from servicekit.rpc.request_context import ACTOR_METADATA
from servicekit.rpc.statuses_to_errors import as_keva_error
from tests.agents import AgentPeer
from tests.identities import certificates, real_door

ACCOUNT, OTHER_ACCOUNT = "AC" + "a1" * 16, "AC" + "b2" * 16
TOKEN, NEXT_TOKEN = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
OPERATOR = "operator:kim"


def write_key(folder: Path, key_id: str) -> None:
    """Adds a key-encryption key to a key ring."""
    folder.mkdir(exist_ok=True)
    (folder / key_id).write_text(base64.b64encode(os.urandom(32)).decode() + "\n")


async def error_of(call: Awaitable[Any]) -> KevaError:
    """The error that a call ends with."""
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await call
    return as_keva_error(failed.value)


class AuditPeer(audit_service_pb2_grpc.AuditServiceServicer):
    """Stands for ticket_service's audit trail: keeps each record once, in the order of arrival. It may be told to be
    down, to refuse what is of one organization, or that somebody else's records come first so many times."""

    def __init__(self) -> None:
        self.records: list[audit_service_pb2.AuditRecord] = []
        self.down = False
        self.refuses = ""
        self.lost_races = 0
        self.turned_away = asyncio.Event()
        self.agents = AgentPeer()  # type: ignore[abstract]
        self._grown = asyncio.Condition()

    async def AppendAuditRecords(self, request: Any, context: Any) -> audit_service_pb2.AppendAuditRecordsResponse:
        if self.down or request.organization_id == self.refuses:
            self.turned_away.set()
            code = grpc.StatusCode.UNAVAILABLE if self.down else grpc.StatusCode.INVALID_ARGUMENT
            await context.abort(code, "not now")
        if self.lost_races:
            self.lost_races -= 1
            raise Aborted("CONCURRENT_UPDATE", "somebody else was faster")
        async with self._grown:
            known = {record.audit_record_id for record in self.records}
            self.records += [record for record in request.audit_records if record.audit_record_id not in known]
            self._grown.notify_all()
        return audit_service_pb2.AppendAuditRecordsResponse()

    async def first(self, count: int) -> list[audit_service_pb2.AuditRecord]:
        """The records, as soon as there are `count`."""
        async with asyncio.timeout(90), self._grown:
            await self._grown.wait_for(lambda: len(self.records) >= count)
            return list(self.records)

    async def serve(self, address: str) -> tuple[grpc.aio.Server, int]:
        """Listens on `address`; the server and its port."""
        server = grpc.aio.server(interceptors=[real_door()])
        audit_service_pb2_grpc.add_AuditServiceServicer_to_server(self, server)
        agent_service_pb2_grpc.add_AgentServiceServicer_to_server(self.agents, server)
        port = server.add_secure_port(address, server_credentials(certificates("ticket_service")))
        await server.start()
        return server, port


class Vault:
    """A running credentials_service. Calls are made for an operator and the organization `default`."""

    def __init__(self, channel: grpc.aio.Channel, actor: str = OPERATOR) -> None:
        self.stub: credentials_service_pb2_grpc.CredentialsServiceAsyncStub = (
            credentials_service_pb2_grpc.CredentialsServiceStub(channel)
        )
        self.stop: Callable[[], Awaitable[None]] = channel.close
        self._channel = channel
        self._as = {"metadata": ((ACTOR_METADATA, actor),), "timeout": 90.0}

    def acting_as(self, actor: str) -> "Vault":
        """The same replica, called for somebody else."""
        return Vault(self._channel, actor)

    async def create(
        self, account_sid: str = ACCOUNT, token: str = TOKEN, organization: str = "default", name: str = ""
    ) -> pb.Credential:
        request = pb.CreateCredentialRequest(
            organization_id=organization, account_sid=account_sid, auth_token=token, display_name=name
        )
        return (await self.stub.CreateCredential(request, **self._as)).credential  # type: ignore[arg-type]

    async def get(self, account_sid: str = ACCOUNT, organization: str = "default") -> pb.Credential:
        request = pb.GetCredentialRequest(organization_id=organization, account_sid=account_sid)
        return (await self.stub.GetCredential(request, **self._as)).credential  # type: ignore[arg-type]

    async def page(self, size: int = 0, token: str = "", organization: str = "default") -> pb.ListCredentialsResponse:
        request = pb.ListCredentialsRequest(organization_id=organization, page_size=size, page_token=token)
        return await self.stub.ListCredentials(request, **self._as)  # type: ignore[arg-type]

    async def access(self, account_sid: str = ACCOUNT) -> pb.AccessCredentialResponse:
        request = pb.AccessCredentialRequest(account_sid=account_sid)
        return await self.stub.AccessCredential(request, **self._as)  # type: ignore[arg-type]

    async def tokens(self, account_sid: str = ACCOUNT) -> list[str]:
        return [token.auth_token for token in (await self.access(account_sid)).auth_tokens]

    async def add(
        self, token: str = NEXT_TOKEN, account_sid: str = ACCOUNT, organization: str = "default"
    ) -> pb.Credential:
        request = pb.AddCredentialVersionRequest(
            organization_id=organization, account_sid=account_sid, auth_token=token
        )
        return (await self.stub.AddCredentialVersion(request, **self._as)).credential  # type: ignore[arg-type]

    async def replace(
        self, token: str = NEXT_TOKEN, account_sid: str = ACCOUNT, organization: str = "default"
    ) -> pb.Credential:
        request = pb.ReplaceAuthTokenRequest(organization_id=organization, account_sid=account_sid, auth_token=token)
        return (await self.stub.ReplaceAuthToken(request, **self._as)).credential  # type: ignore[arg-type]

    async def disable(self, version: int, account_sid: str = ACCOUNT, organization: str = "default") -> pb.Credential:
        request = pb.DisableCredentialVersionRequest(
            organization_id=organization, account_sid=account_sid, version=version
        )
        return (await self.stub.DisableCredentialVersion(request, **self._as)).credential  # type: ignore[arg-type]

    async def delete(self, account_sid: str = ACCOUNT, organization: str = "default") -> None:
        request = pb.DeleteCredentialRequest(organization_id=organization, account_sid=account_sid)
        await self.stub.DeleteCredential(request, **self._as)  # type: ignore[arg-type]

    async def keys(self) -> pb.ListKeysResponse:
        return await self.stub.ListKeys(pb.ListKeysRequest(), **self._as)  # type: ignore[arg-type]

    async def rotate(self, size: int = 0, token: str = "", key_id: str = "") -> pb.RotateKeysResponse:
        """One part of a rotation."""
        request = pb.RotateKeysRequest(page_size=size, page_token=token, key_id=key_id)
        return await self.stub.RotateKeys(request, **self._as)  # type: ignore[arg-type]

    async def secrets(self) -> dict[str, int]:
        """How many secrets each key wraps."""
        return {key.key_id: key.secrets for key in (await self.keys()).keys}

    async def until_everywhere(self, key_id: str, replicas: int = 1) -> None:
        """Waits until so many replicas have the key."""
        await self.until_keys(lambda listed: (key_id, replicas) in {(key.key_id, key.replicas) for key in listed.keys})

    async def until_keys(self, wanted: Callable[[pb.ListKeysResponse], bool]) -> pb.ListKeysResponse:
        """The keys, once they are as `wanted`."""
        async with asyncio.timeout(90):
            while not wanted(listed := await self.keys()):  # noqa: ASYNC110 - folders are polled
                await asyncio.sleep(0.02)
            return listed
