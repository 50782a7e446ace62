"""Who gets through the door of a server, and whom a client believes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest

from dev.local_stack.certificates import Authority
from servicekit.rpc import identity
from servicekit.rpc.certificates import AUTHORITIES, CERTIFICATE, KEY, CertificateError, CertificateFolder, read
from servicekit.rpc.channel import open_channel
from servicekit.rpc.mutual_tls import channel_credentials
from servicekit.rpc.renewing_channel import RenewingChannel
from servicekit.rpc.server import GrpcServer
from tests import identities
from tests.identities import channel_to
from tests.servicekit.one_method import SERVICE, Context, echo, method, serving

_UNREACHABLE = grpc.StatusCode.UNAVAILABLE


async def name_of_caller(_: bytes, context: Context) -> bytes:
    """What the server knows of its caller."""
    return str(identity.of_call(context)).encode()


async def refusal(port: int, credentials: grpc.ChannelCredentials) -> grpc.StatusCode:
    """How a call with these credentials ends, which must not be well."""
    options = (("grpc.ssl_target_name_override", identity.server_name("tester")), ("grpc.enable_retries", 0))
    async with grpc.aio.secure_channel(f"127.0.0.1:{port}", credentials, options=options) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await method(channel)(b"", timeout=90)
    return failed.value.code()


async def test_a_caller_is_known_by_its_certificate() -> None:
    async with serving(name_of_caller) as port, channel_to("tester", port, "sms_service") as channel:
        assert await method(channel)(b"") == b"sms_service"


async def test_a_caller_without_a_certificate_is_refused() -> None:
    trusting = grpc.ssl_channel_credentials(identities.certificates().current().authorities)

    async with serving(echo) as port:
        assert await refusal(port, trusting) == _UNREACHABLE


async def test_a_caller_without_tls_is_refused() -> None:
    async with serving(echo) as port, grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await method(channel)(b"", timeout=90)

    assert failed.value.code() == _UNREACHABLE


async def test_a_certificate_of_another_authority_is_refused(tmp_path: Path) -> None:
    Authority.create("somebody else's").issue(tmp_path, "gateway")
    theirs = read(tmp_path)
    ours = identities.certificates().current()
    mixed = grpc.ssl_channel_credentials(ours.authorities, theirs.key, theirs.chain)

    async with serving(echo) as port:
        assert await refusal(port, mixed) == _UNREACHABLE


async def test_an_expired_certificate_is_refused(tmp_path: Path) -> None:
    identities.authority().issue(tmp_path, "gateway", expires=datetime.now(UTC) - timedelta(seconds=1))

    async with serving(echo) as port:
        assert await refusal(port, channel_credentials(read(tmp_path))) == _UNREACHABLE


@pytest.mark.parametrize("service", ["gateway", "operator"])
async def test_a_server_with_another_services_certificate_is_not_called(service: str) -> None:
    server = identities.server(service, (), f"{SERVICE}/Call")
    port = await server.start("127.0.0.1:0")

    async with channel_to("credentials_service", port, wait_for_ready=False) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await method(channel)(b"", timeout=90)

    await server.drain(0)
    assert failed.value.code() == _UNREACHABLE
    assert "Hostname Verification" in str(failed.value.details())


async def test_a_server_of_another_authority_is_not_called(tmp_path: Path) -> None:
    Authority.create("somebody else's").issue(tmp_path, "gateway")

    async with serving(echo) as port:
        channel = open_channel(f"127.0.0.1:{port}", "tester", CertificateFolder(tmp_path), wait_for_ready=False)
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await method(channel)(b"", timeout=90)
        await channel.close()

    assert failed.value.code() == _UNREACHABLE


async def test_renewed_files_are_taken_up_by_servers_and_clients(tmp_path: Path) -> None:
    """From another authority, so that it shows: neither side would believe the other's old certificate."""
    old, new = Authority.create("the old one"), Authority.create("the new one")
    for name in ("tester", "gateway"):
        old.issue(tmp_path / name, name)
    async with _tester(CertificateFolder(tmp_path / "tester")) as port:
        channel = open_channel(f"127.0.0.1:{port}", "tester", CertificateFolder(tmp_path / "gateway"))
        call = method(channel)
        assert await call(b"") == b"gateway"
        old.issue(tmp_path / "late", "gateway")

        for name in ("tester", "gateway"):
            new.issue(tmp_path / name, name)

        assert await refusal(port, channel_credentials(read(tmp_path / "late"))) == _UNREACHABLE
        async with open_channel(f"127.0.0.1:{port}", "tester", CertificateFolder(tmp_path / "gateway")) as fresh:
            assert await method(fresh)(b"") == b"gateway"
        assert isinstance(channel, RenewingChannel)
        before = channel.current()
        async with asyncio.timeout(90):
            # It looks at the files once a second at most.
            while channel.current() is before:  # noqa: ASYNC110 - files tell no event
                await asyncio.sleep(0.1)
        assert await call(b"") == b"gateway"
        await channel.close()


@asynccontextmanager
async def _tester(certificates: CertificateFolder) -> AsyncIterator[int]:
    server = GrpcServer((), certificates, identities.checks(f"{SERVICE}/Call"), reflect=False)
    handler: Any = grpc.unary_unary_rpc_method_handler(name_of_caller)
    server.grpc.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, {"Call": handler}),))
    yield await server.start("127.0.0.1:0")
    await server.drain(0)


def test_files_that_do_not_fit_leave_the_earlier_ones_in_force(tmp_path: Path) -> None:
    identities.authority().issue(tmp_path, "gateway")
    folder = CertificateFolder(tmp_path)
    earlier = folder.current()
    other = tmp_path / "other"
    identities.authority().issue(other, "gateway")

    (tmp_path / KEY).write_bytes((other / KEY).read_bytes())
    half_renewed = folder.current()
    (tmp_path / CERTIFICATE).write_bytes((other / CERTIFICATE).read_bytes())
    renewed = folder.current()
    (tmp_path / KEY).unlink()

    assert half_renewed is earlier
    assert renewed.chain == (other / CERTIFICATE).read_bytes()
    assert folder.current() is renewed


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        pytest.param(AUTHORITIES, None, "cannot read", id="no authorities"),
        pytest.param(CERTIFICATE, None, "cannot read", id="no certificate"),
        pytest.param(KEY, None, "cannot read", id="no key"),
        pytest.param(AUTHORITIES, b"", "holds no PEM certificates", id="empty authorities"),
        pytest.param(CERTIFICATE, b"nonsense", "holds no PEM certificate", id="no PEM"),
        pytest.param(KEY, b"nonsense", "holds no unencrypted PEM private key", id="no PEM key"),
    ],
)
def test_files_that_cannot_be_used_are_named(tmp_path: Path, name: str, content: bytes | None, complaint: str) -> None:
    identities.authority().issue(tmp_path, "gateway")
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_bytes(content)

    with pytest.raises(CertificateError, match=complaint) as failed:
        CertificateFolder(tmp_path)

    assert str(tmp_path / name) in str(failed.value)


def test_key_of_another_certificate_is_noticed(tmp_path: Path) -> None:
    identities.authority().issue(tmp_path, "gateway")
    identities.authority().issue(tmp_path / "other", "gateway")
    (tmp_path / KEY).write_bytes((tmp_path / "other" / KEY).read_bytes())

    with pytest.raises(CertificateError, match="is not the key of"):
        read(tmp_path)
