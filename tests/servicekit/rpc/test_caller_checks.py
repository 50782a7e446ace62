"""Whom a server admits, for which tenant, and as whom."""

import ast
from pathlib import Path
from types import SimpleNamespace

import pytest
from google.protobuf import descriptor

from dev.process_list import PROCESSES, SERVICES, Process
from keva.credentials.v1 import credentials_service_pb2
from keva.responder.v1 import responder_service_pb2
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import (
    agent_service_pb2,
    audit_service_pb2,
    channel_service_pb2,
    event_service_pb2,
    ticket_service_pb2,
    workspace_service_pb2,
)
from servicekit import errors
from servicekit.rpc import identity, rpc_policy
from servicekit.rpc.caller_checks import CallerChecks
from servicekit.rpc.identity import Caller
from servicekit.rpc.request_context import Actor
from servicekit.rpc.rpc_policy import PolicyError

FILES = (
    ticket_service_pb2,
    workspace_service_pb2,
    channel_service_pb2,
    audit_service_pb2,
    agent_service_pb2,
    event_service_pb2,
    sms_service_pb2,
    credentials_service_pb2,
    responder_service_pb2,
)
REPLY, ACCESS = "keva.ticket.v1.TicketService/ReplyToTicket", "keva.credentials.v1.CredentialsService/AccessCredential"
INGEST, SEND = "keva.ticket.v1.TicketService/IngestMessages", "keva.sms.v1.SmsService/SendMessage"
CREATE = "keva.credentials.v1.CredentialsService/CreateCredential"
OPERATOR, GATEWAY, SMS = Caller("operator"), Caller("gateway"), Caller("sms_service")
OF_ACME = Caller("operator", "acme")
WORKSPACES = {"support": "acme", "sales": "acme", "elsewhere": "globex"}


async def organization_of(workspace_id: str, organization_id: str) -> str:
    """As Tenants of ticket_service."""
    owner = WORKSPACES.get(workspace_id, "")
    if not owner or (organization_id and owner != organization_id):
        raise errors.NotFound("WORKSPACE_NOT_FOUND", "there is none")
    return owner


CHECKS = CallerChecks(rpc_policy.load(), organization_of)
ROOT = Path(__file__).parents[3]


def rpcs() -> list[descriptor.MethodDescriptor]:
    """All RPCs of all services, as the protos have them."""
    services = [service for file in FILES for service in file.DESCRIPTOR.services_by_name.values()]
    return [method for service in services for method in service.methods]


def full_name(method: descriptor.MethodDescriptor) -> str:
    """As the policy names it."""
    return f"{method.containing_service.full_name}/{method.name}"


async def refused(caller: Caller | None, rpc: str, named: str = "", **request: str) -> str:
    """The reason."""
    with pytest.raises(errors.KevaError) as failed:
        await CHECKS.admit(SimpleNamespace(**request), caller, rpc, named)
    return failed.value.reason


async def admitted(caller: Caller, rpc: str, named: str = "", **request: str) -> Actor:
    """Who acts."""
    return await CHECKS.admit(SimpleNamespace(**request), caller, rpc, named)


def test_every_rpc_is_in_the_policy_and_nothing_else() -> None:
    policy = rpc_policy.load()

    of_ours = {rpc for rpc in policy.callers if rpc.startswith("keva.")}

    assert of_ours == {full_name(method) for method in rpcs()}
    assert all(policy.callers.values())


def test_every_request_names_its_tenant_or_is_listed() -> None:
    without = {
        full_name(method)
        for method in rpcs()
        if not {"organization_id", "workspace_id"} & {field.name for field in method.input_type.fields}
    }

    assert without == set(rpc_policy.load().of_no_tenant)


def test_no_rpc_takes_a_stream_of_requests() -> None:
    """The door looks at one request. The tenants of a stream of them would be checked by nobody."""
    assert [full_name(method) for method in rpcs() if method.client_streaming] == []


def test_callers_are_those_that_there_are() -> None:
    known = {*SERVICES, "operator", "integration", "any"}
    policy = rpc_policy.load()

    assert {caller for callers in policy.callers.values() for caller in callers} <= known
    assert policy.act_for_people == {"operator"}
    assert not any("gateway" in callers for callers in policy.pass_on_people.values())


def _called_by(process: Process) -> set[str]:
    """The RPCs of other services that its source calls, by their names: each is an attribute of a stub."""
    sources = [file.read_text(encoding="utf-8") for file in (ROOT / process.name).rglob("*.py")]
    names = {node.attr for source in sources for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}
    of_peers = [rpc for rpc in map(full_name, rpcs()) if f"{rpc.split('.')[1]}_service" in process.calls]
    return {rpc for rpc in of_peers if rpc.rpartition("/")[2] in names}


@pytest.mark.parametrize("process", [p for p in PROCESSES if p.calls], ids=lambda process: process.name)
def test_each_service_may_call_what_its_source_calls(process: Process) -> None:
    called, policy = _called_by(process), rpc_policy.load()

    assert called
    assert {rpc for rpc in called if not policy.allows(Caller(process.name), rpc)} == set()


def test_secrets_are_given_to_sms_service_alone() -> None:
    assert rpc_policy.load().callers[ACCESS] == {"sms_service"}


@pytest.mark.parametrize(
    ("uri", "caller"),
    [
        ("spiffe://keva/gateway", GATEWAY),
        ("spiffe://keva/operator/acme", OF_ACME),
        ("spiffe://keva/", None),
        ("spiffe://keva/Gateway", None),
        ("spiffe://keva/operator/", None),
        ("spiffe://keva/operator/a/b", None),
        ("spiffe://keva/operator/a b", None),
        ("spiffe://keva.example/gateway", None),
        ("spiffe://other/gateway", None),
        ("https://keva/gateway", None),
        ("gateway", None),
        ("", None),
    ],
)
def test_identity(uri: str, caller: Caller | None) -> None:
    assert identity.parse(uri) == caller


@pytest.mark.parametrize(
    ("presented", "caller"),
    [
        ([b"spiffe://keva/gateway"], GATEWAY),
        ([], None),
        ([b"spiffe://keva/gateway", b"spiffe://keva/operator"], None),
        ([b"\xff\xfe"], None),
    ],
)
def test_identity_of_a_call(presented: list[bytes], caller: Caller | None) -> None:
    context = SimpleNamespace(auth_context=lambda: {"peer_spiffe_id": presented})

    assert identity.of_call(context) == caller


@pytest.mark.parametrize(
    ("caller", "rpc"),
    [
        pytest.param(None, REPLY, id="nobody"),
        pytest.param(GATEWAY, REPLY, id="another service"),
        pytest.param(OPERATOR, ACCESS, id="an operator who wants secrets"),
        pytest.param(OPERATOR, INGEST, id="an operator who brings texts"),
        pytest.param(OPERATOR, "keva.ticket.v1.TicketService/NoSuch", id="an RPC that nobody listed"),
        pytest.param(Caller("any"), REPLY, id="somebody called any"),
    ],
)
async def test_callers_who_are_not_listed_are_refused(caller: Caller | None, rpc: str) -> None:
    assert await refused(caller, rpc, workspace_id="support") == "CALLER_NOT_ALLOWED"


async def test_who_acts() -> None:
    asked = {"workspace_id": "support"}

    assert await admitted(OPERATOR, REPLY, "agent:dana", **asked) == Actor("agent", "dana")
    assert await admitted(OPERATOR, REPLY, "", **asked) == Actor("operator", "unnamed")
    assert await admitted(GATEWAY, INGEST, "") == Actor("service", "gateway")
    assert await admitted(GATEWAY, INGEST, "service:gateway") == Actor("service", "gateway")
    # For whom sms_service was called itself.
    assert await admitted(SMS, CREATE, "operator:kim") == Actor("operator", "kim")
    # Services pass on nobody but people: that one called the other says its certificate.
    assert await admitted(SMS, ACCESS, "service:gateway") == Actor("service", "sms_service")


@pytest.mark.parametrize(
    ("caller", "rpc", "named"),
    [
        pytest.param(GATEWAY, INGEST, "agent:dana", id="the gateway as an agent"),
        pytest.param(GATEWAY, INGEST, "operator:root", id="the gateway as an operator"),
        pytest.param(GATEWAY, INGEST, "service:sms_service", id="the gateway as another service"),
        pytest.param(OPERATOR, REPLY, "service:ticket_service", id="an operator as a service"),
        pytest.param(OPERATOR, REPLY, "ai:responder", id="an operator as the AI"),
        pytest.param(OF_ACME, REPLY, "ai:gpt-x", id="an organization's operator as an AI"),
        pytest.param(SMS, CREATE, "ai:responder", id="sms_service as the AI"),
        pytest.param(
            Caller("ticket_service"), SEND, "ai:responder", id="even ticket_service, which acts for it by itself"
        ),
    ],
)
async def test_nobody_acts_for_somebody_who_may_not(caller: Caller, rpc: str, named: str) -> None:
    assert await refused(caller, rpc, named, workspace_id="support") == "ACTOR_NOT_ALLOWED"


async def test_workspaces_are_those_of_the_organization() -> None:
    listing = "keva.ticket.v1.AuditService/ListAuditRecords"

    assert await refused(OPERATOR, listing, organization_id="globex", workspace_id="support") == "WORKSPACE_NOT_FOUND"
    assert await refused(OPERATOR, REPLY, workspace_id="none") == "WORKSPACE_NOT_FOUND"
    assert await admitted(OPERATOR, listing, organization_id="acme", workspace_id="support")


@pytest.mark.parametrize(
    "request_fields",
    [
        pytest.param({"organization_id": "globex"}, id="another organization"),
        pytest.param({"workspace_id": "elsewhere"}, id="another organization's workspace"),
        pytest.param({"workspace_id": "none"}, id="a workspace that is not there"),
        pytest.param({"organization_id": "acme", "workspace_id": "elsewhere"}, id="its own, and another's workspace"),
        pytest.param({"organization_id": "globex", "workspace_id": "support"}, id="another's, and its own workspace"),
        pytest.param({"organization_id": "", "workspace_id": ""}, id="none named"),
        pytest.param({}, id="an RPC of no tenant"),
    ],
)
async def test_operators_of_one_organization_reach_no_other(request_fields: dict[str, str]) -> None:
    listing = "keva.ticket.v1.AuditService/ListAuditRecords"

    assert await refused(OF_ACME, listing, **request_fields) == "TENANT_NOT_ALLOWED"


async def test_operators_of_one_organization_reach_their_own() -> None:
    assert await admitted(OF_ACME, REPLY, "agent:dana", workspace_id="support") == Actor("agent", "dana")
    assert await admitted(OF_ACME, "keva.ticket.v1.ChannelService/ListChannels", organization_id="acme")


async def test_a_policy_says_per_caller_whom_it_may_name(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    text = rpc_policy.DEFAULT_FILE.read_text()
    file.write_text(text.replace("  operator: [agent, operator]", "  operator: [agent, ai]"))
    checks = CallerChecks(rpc_policy.load(file), organization_of)
    request = SimpleNamespace(workspace_id="support")

    assert await checks.admit(request, OPERATOR, REPLY, "ai:mine") == Actor("ai", "mine")
    with pytest.raises(errors.PermissionDenied):
        await checks.admit(request, OPERATOR, REPLY, "operator:kim")


def test_a_policy_without_kinds_means_people(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    before, _, rest = rpc_policy.DEFAULT_FILE.read_text().partition("actor_kinds:")
    file.write_text(before + rest[rest.index("# What asks for no organization") :])

    policy = rpc_policy.load(file)

    assert [policy.may_name(OPERATOR, kind) for kind in ("agent", "operator", "ai", "service")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        pytest.param("act_for_people: [", "is not YAML", id="no YAML"),
        pytest.param("[]", "the whole file", id="a list"),
        pytest.param("rpcs: {}", "act_for_people", id="a part is missing"),
        pytest.param("rpc: {}", "rpc", id="a misspelt part"),
        pytest.param("actor_kinds: {operator: [service]}", "actor_kinds", id="a kind that nobody may name"),
    ],
)
def test_a_policy_that_cannot_be_used_is_an_error(tmp_path: Path, content: str, complaint: str) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(content)

    with pytest.raises(PolicyError, match=complaint):
        rpc_policy.load(file)


def test_a_policy_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="cannot read"):
        rpc_policy.load(tmp_path / "none.yaml")
