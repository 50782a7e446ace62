"""Certificates for tests: one authority per test process, and a folder for each identity that a test wants to be.

`tester` stands for anybody who calls a service in that service's own tests: the policy there lets it call every RPC, as
any person. Who may really call what is tested by tests/e2e/security/test_who_may_call_what.py.
"""

import atexit
import functools
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import grpc
import yaml

from dev.local_stack.certificates import Authority
from servicekit.rpc import identity, rpc_policy
from servicekit.rpc.agents_at_the_door import AgentAsks
from servicekit.rpc.caller_checks import AdmitCallers, CallerChecks, OrganizationOf
from servicekit.rpc.certificates import CertificateFolder
from servicekit.rpc.channel import open_channel
from servicekit.rpc.errors_to_statuses import ErrorsToStatuses, Translate
from servicekit.rpc.handlers import AroundHandlers
from servicekit.rpc.mutual_tls import channel_credentials
from servicekit.rpc.server import GrpcServer

TESTER = "tester"


@functools.cache
def _place() -> Path:
    folder, owner = Path(tempfile.mkdtemp(prefix="keva-test-certificates-")), os.getpid()
    atexit.register(_remove, folder, owner)
    return folder


def _remove(folder: Path, owner: int) -> None:
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)


@functools.cache
def authority() -> Authority:
    """The one that all services of this test process trust."""
    return Authority.create("Keva test CA")


@functools.cache
def tls_dir(name: str, organization_id: str = "") -> Path:
    """KEVA_TLS_DIR of that identity."""
    folder = _place() / "-".join(filter(None, (name, organization_id)))
    authority().issue(folder, name, organization_id)
    return folder


@functools.cache
def certificates(name: str = TESTER, organization_id: str = "") -> CertificateFolder:
    """The certificates of that identity."""
    return CertificateFolder(tls_dir(name, organization_id))


@functools.cache
def policy_file() -> Path:
    """The policy of the product, which the tester may pass by."""
    policy = yaml.load(rpc_policy.DEFAULT_FILE.read_text(), yaml.CSafeLoader)
    policy["act_for_people"].append(TESTER)
    policy["believed"].append(TESTER)
    for rpcs in policy["rpcs"].values():
        for entry in rpcs.values():
            (entry["callers"] if isinstance(entry, dict) else entry).append(TESTER)
    file = _place() / "policy.yaml"
    file.write_text(yaml.dump(policy, Dumper=yaml.CSafeDumper))
    return file


def checks(*rpcs: str, organization_of: OrganizationOf | None = None) -> CallerChecks:
    """What a server of a test's own checks; `rpcs` of its own may be called by anybody with a certificate."""
    policy = rpc_policy.load(policy_file())
    open_to_all = {**policy.callers, **{rpc: frozenset({rpc_policy.ANY}) for rpc in rpcs}}
    roles = {**policy.roles, **dict.fromkeys(rpcs, rpc_policy.ANY_ROLE)}
    return CallerChecks(replace(policy, callers=open_to_all, roles=roles), organization_of, any_agent)


async def any_agent(asked: AgentAsks) -> None:
    """For servers that know no agents: whoever acts, may."""


def channel_to(
    service: str, address: str | int, caller: str = TESTER, deadline_seconds: float = 90, wait_for_ready: bool = True
) -> grpc.aio.Channel:
    """A channel to that service at host:port, or at a port of this machine."""
    place = f"127.0.0.1:{address}" if isinstance(address, int) else address
    return open_channel(place, service, certificates(caller), wait_for_ready, deadline_seconds)


def real_door() -> AroundHandlers:
    """What stands around the handlers of whoever stands for a service: it lets in whom the real one lets in, so that a
    call which no policy allows fails in tests as well."""
    return AroundHandlers(ErrorsToStatuses(), AdmitCallers(CallerChecks(rpc_policy.load(), None, any_agent)))


def server(
    service: str, rpc_services: Sequence[str] = (), *rpcs: str, translate: Translate = lambda _: None, **options: bool
) -> GrpcServer:
    """A server that stands for `service`. `rpcs` of its own anybody may call."""
    reflect = options.get("reflect", False)
    return GrpcServer(rpc_services, certificates(service), checks(*rpcs), reflect, translate)


def plain_channel(
    service: str, port: int, options: Sequence[tuple[str, object]] = (), caller: str = TESTER
) -> grpc.aio.Channel:
    """A channel without what servicekit's do: no retries, no deadline."""
    named = ("grpc.ssl_target_name_override", identity.server_name(service))
    credentials = channel_credentials(certificates(caller).current())
    return grpc.aio.secure_channel(f"127.0.0.1:{port}", credentials, options=(named, *options))


def environment_of(service: str) -> dict[str, str]:
    """What a process of that service is told of certificates, callers and probes."""
    return {
        "KEVA_HEALTH_LISTEN": "127.0.0.1:0",
        "KEVA_TLS_DIR": str(tls_dir(service)),
        "KEVA_RPC_POLICY_FILE": str(policy_file()),
    }


def _forget() -> None:
    for made in (_place, authority, tls_dir, certificates, policy_file):
        made.cache_clear()


# Two processes that were forked from one would write to one folder.
os.register_at_fork(after_in_child=_forget)
