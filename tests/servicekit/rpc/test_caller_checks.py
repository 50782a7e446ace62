"""Whom a server admits, for which tenant, and as whom."""

import ast
import importlib
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from google.protobuf import descriptor

from dev.process_list import PROCESSES, SERVICES, Process
from servicekit import errors
from servicekit.rpc import identity, rpc_policy
from servicekit.rpc.agents_at_the_door import SECONDS, AgentAsks, remembered
from servicekit.rpc.caller_checks import CallerChecks
from servicekit.rpc.identity import Caller
from servicekit.rpc.request_context import Actor
from servicekit.rpc.rpc_policy import PolicyError

ROOT = Path(__file__).parents[3]
# Every proto file of ours that has a service: one that is added is tried like the others.
FILES = [
    importlib.import_module(f"keva.{file.parts[-3]}.v1.{file.stem}_pb2")
    for file in sorted((ROOT / "protos" / "keva").glob("*/v1/*_service.proto"))
]
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


AGENTS = {"dana": "ADMINISTRATOR", "ann": "AGENT", "vic": "VIEWER"}
ROLES = ("VIEWER", "AGENT", "ADMINISTRATOR")
ASKED: list[AgentAsks] = []


async def require_agent(asked: AgentAsks) -> None:
    """As KnownAgents of ticket_service: those of AGENTS, and all who are not administrators in `support` alone."""
    ASKED.append(asked)
    role = AGENTS.get(asked.agent_id)
    if role is None or "globex" in (asked.organization_id, WORKSPACES.get(asked.workspace_id)):
        raise errors.PermissionDenied("AGENT_NOT_FOUND", "there is none")
    if ROLES.index(role) < ROLES.index(asked.role):
        raise errors.PermissionDenied("ROLE_NOT_ALLOWED", "that takes another role")
    if role != "ADMINISTRATOR" and (asked.all_workspaces or asked.workspace_id not in ("", "support")):
        raise errors.PermissionDenied("WORKSPACE_NOT_ALLOWED", "not there")


CHECKS = CallerChecks(rpc_policy.load(), organization_of, require_agent)


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


async def test_a_workspace_of_another_organization_than_the_caller_means_is_not_there() -> None:
    with pytest.raises(errors.NotFound) as failed:
        await CHECKS.admit(SimpleNamespace(workspace_id="support"), OPERATOR, GET, "", "globex")

    assert failed.value.reason == "WORKSPACE_NOT_FOUND"
    assert await CHECKS.admit(SimpleNamespace(workspace_id="support"), OPERATOR, GET, "", "acme")


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
    known = {*SERVICES, "operator", "console", "integration", "any"}
    policy = rpc_policy.load()

    assert {caller for callers in policy.callers.values() for caller in callers} <= known
    assert policy.act_for_people == {"operator"}
    assert policy.act_for_agents == {"console"}
    assert policy.as_themselves == {WATCH, "keva.ticket.v1.EventService/ListEvents", CHECK_AGENT, FIND, APPEND}
    assert policy.of_one_organization == {"integration"}
    assert not any("gateway" in callers for callers in policy.pass_on_people.values())


def _called_by(process: Process) -> set[str]:
    """The RPCs of other services that its source calls, by their names: each is an attribute of a stub."""
    sources = [file.read_text(encoding="utf-8") for file in (ROOT / process.name).rglob("*.py")]
    names = {node.attr for source in sources for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}
    of_peers = [rpc for rpc in map(full_name, rpcs()) if f"{rpc.split('.')[1]}_service" in process.calls]
    called = {rpc for rpc in of_peers if rpc.rpartition("/")[2] in names}
    # sms_service's RPC of the same name is the one that people's programs call: it asks credentials_service.
    of_sms = {rpc.rpartition("/")[2] for rpc in called if rpc.startswith("keva.sms.")}
    return {rpc for rpc in called if not (rpc.startswith("keva.credentials.") and rpc.rpartition("/")[2] in of_sms)}


@pytest.mark.parametrize("process", [p for p in PROCESSES if p.calls], ids=lambda process: process.name)
def test_each_service_may_call_what_its_source_calls(process: Process) -> None:
    called, policy = _called_by(process), rpc_policy.load()

    assert called
    # Where two services have an RPC of one name, the source does not say here which of them it calls.
    allowed = {rpc.rpartition("/")[2] for rpc in called if policy.allows(Caller(process.name), rpc)}
    assert {rpc for rpc in called if rpc.rpartition("/")[2] not in allowed} == set()


@pytest.mark.parametrize("process", [p for p in PROCESSES if p.calls], ids=lambda process: process.name)
def test_a_line_that_is_taken_away_is_missed(process: Process, tmp_path: Path) -> None:
    """So the test above cannot pass by looking at nothing."""
    called = _called_by(process)
    content = yaml.load(rpc_policy.DEFAULT_FILE.read_text(), yaml.CSafeLoader)
    for rpc in called:
        service, _, name = rpc.partition("/")
        del content["rpcs"][service][name]
    (tmp_path / "policy.yaml").write_text(yaml.dump(content, Dumper=yaml.CSafeDumper))

    policy = rpc_policy.load(tmp_path / "policy.yaml")

    assert [rpc for rpc in called if policy.allows(Caller(process.name), rpc)] == []


def test_secrets_are_given_to_sms_service_alone() -> None:
    assert rpc_policy.load().callers[ACCESS] == {"sms_service"}


def test_what_people_may_call_says_which_role_they_need() -> None:
    policy = rpc_policy.load()
    for_people = {rpc for rpc, callers in policy.callers.items() if rpc.startswith("keva.") and "operator" in callers}
    for_nobody = {CHECK_AGENT, FIND, APPEND}
    without_console = {rpc for rpc in for_people if rpc.startswith("keva.console.")}
    for_agents = {rpc for rpc, callers in policy.callers.items() if "console" in callers} - for_nobody

    # What concerns all organizations is for operators alone.
    assert for_people - for_agents - without_console == {
        "keva.credentials.v1.CredentialsService/ListKeys",
        "keva.credentials.v1.CredentialsService/RotateKeys",
    }
    assert set(policy.roles) == for_agents | without_console
    assert not for_agents & set(policy.closed)


def test_what_an_integration_may_do_is_reading_replying_and_following() -> None:
    policy = rpc_policy.load()

    may = {rpc.rpartition("/")[2] for rpc, callers in policy.callers.items() if "integration" in callers}

    assert may - {"StartConversation"} == {
        *("GetTicket", "ListTickets", "GetMessage", "ListMessages", "GetCustomer", "ListCustomers", "GetMedia"),
        "CountTickets",
        *("GetWorkspace", "ListWorkspaces", "GetChannel", "ListChannels", "ReplyToTicket", "WatchEvents", "ListEvents"),
    }


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


CONSOLE, PROGRAM = Caller("console"), Caller("integration", "acme")
GET, FORGET = "keva.ticket.v1.TicketService/GetTicket", "keva.ticket.v1.TicketService/ForgetCustomer"
AUDIT, RESPONDER = "keva.ticket.v1.AuditService/ListAuditRecords", "keva.responder.v1.ResponderService/GetResponder"
KEYS = "keva.credentials.v1.CredentialsService/ListKeys"
WATCH, CHECK_AGENT = "keva.ticket.v1.EventService/WatchEvents", "keva.ticket.v1.AgentService/CheckAgent"
FIND = "keva.ticket.v1.AgentService/FindAgents"
APPEND = "keva.ticket.v1.AuditService/AppendAuditRecords"


@pytest.mark.parametrize("caller", [OPERATOR, CONSOLE], ids=str)
@pytest.mark.parametrize(
    ("rpc", "agent", "request_fields", "reason"),
    [
        pytest.param(GET, "vic", {"workspace_id": "support"}, "", id="a viewer reads"),
        pytest.param(REPLY, "vic", {"workspace_id": "support"}, "ROLE_NOT_ALLOWED", id="a viewer replies"),
        pytest.param(REPLY, "ann", {"workspace_id": "support"}, "", id="an agent replies"),
        pytest.param(REPLY, "ann", {"workspace_id": "sales"}, "WORKSPACE_NOT_ALLOWED", id="an agent elsewhere"),
        pytest.param(FORGET, "ann", {"workspace_id": "support"}, "ROLE_NOT_ALLOWED", id="an agent forgets"),
        pytest.param(FORGET, "dana", {"workspace_id": "sales"}, "", id="an administrator forgets"),
        pytest.param(GET, "dana", {"workspace_id": "elsewhere"}, "AGENT_NOT_FOUND", id="another organization"),
        pytest.param(GET, "eve", {"workspace_id": "support"}, "AGENT_NOT_FOUND", id="nobody"),
        pytest.param(GET, "dana", {"workspace_id": "none"}, "WORKSPACE_NOT_FOUND", id="no such workspace"),
        pytest.param(GET, "ann", {"workspace_id": ""}, "FIELD_REQUIRED", id="no workspace"),
        pytest.param(
            AUDIT,
            "vic",
            {"organization_id": "acme", "workspace_id": ""},
            "WORKSPACE_NOT_ALLOWED",
            id="all of the trail",
        ),
        pytest.param(AUDIT, "dana", {"organization_id": "acme", "workspace_id": ""}, "", id="all, an administrator"),
        pytest.param(AUDIT, "vic", {"organization_id": "acme", "workspace_id": "support"}, "", id="one's own trail"),
        pytest.param(RESPONDER, "eve", {}, "", id="of nobody's"),
    ],
)
async def test_what_an_agent_may_do(
    caller: Caller, rpc: str, agent: str, request_fields: dict[str, str], reason: str
) -> None:
    if reason:
        assert await refused(caller, rpc, f"agent:{agent}", **request_fields) == reason
    else:
        assert await admitted(caller, rpc, f"agent:{agent}", **request_fields) == Actor("agent", agent)


async def test_what_concerns_all_organizations_is_for_no_agent() -> None:
    assert await refused(OPERATOR, KEYS, "agent:dana") == "ROLE_NOT_ALLOWED"
    assert await refused(CONSOLE, KEYS, "agent:dana") == "CALLER_NOT_ALLOWED"


@pytest.mark.parametrize("named", ["", "operator:kim", "service:console", "ai:x", "agent:", "dana"])
async def test_the_console_names_an_agent_in_every_call(named: str) -> None:
    assert await refused(CONSOLE, GET, named, workspace_id="support") == "ACTOR_REQUIRED"
    assert await admitted(CONSOLE, "grpc.health.v1.Health/Check", named) == Actor("service", "console")


async def test_the_console_follows_and_records_what_happens_as_itself() -> None:
    for rpc in (WATCH, CHECK_AGENT, FIND, APPEND):
        for named in ("", "service:console"):
            assert await admitted(CONSOLE, rpc, named, organization_id="acme") == Actor("service", "console")
        assert await refused(CONSOLE, rpc, "operator:kim", organization_id="acme") == "ACTOR_REQUIRED"
    # For an agent it gets what they may see.
    assert await refused(CONSOLE, WATCH, "agent:vic", organization_id="acme", workspace_id="sales") == (
        "WORKSPACE_NOT_ALLOWED"
    )
    # An operator says who asks, as before.
    assert await admitted(OPERATOR, WATCH, organization_id="acme") == Actor("operator", "unnamed")


async def test_without_anybody_to_ask_agents_get_nothing_that_needs_a_role() -> None:
    checks = CallerChecks(rpc_policy.load(), organization_of)

    with pytest.raises(errors.PermissionDenied) as failed:
        await checks.admit(SimpleNamespace(workspace_id="support"), OPERATOR, GET, "agent:dana")

    assert failed.value.reason == "ROLE_NOT_ALLOWED"
    assert await checks.admit(SimpleNamespace(), OPERATOR, RESPONDER, "agent:dana") == Actor("agent", "dana")


async def test_whom_a_service_passes_on_is_not_asked_again() -> None:
    ASKED.clear()

    assert await admitted(SMS, CREATE, "agent:eve", organization_id="acme") == Actor("agent", "eve")

    assert ASKED == []


async def test_programs_are_of_one_organization() -> None:
    assert await admitted(PROGRAM, REPLY, workspace_id="support") == Actor("service", "integration")
    assert await refused(PROGRAM, REPLY, workspace_id="elsewhere") == "TENANT_NOT_ALLOWED"
    assert await refused(PROGRAM, REPLY, "agent:dana", workspace_id="support") == "ACTOR_NOT_ALLOWED"
    assert await refused(PROGRAM, FORGET, workspace_id="support") == "CALLER_NOT_ALLOWED"
    # Without one they are nobody's.
    assert await refused(Caller("integration"), REPLY, workspace_id="support") == "CALLER_NOT_ALLOWED"


async def test_what_was_allowed_is_remembered_for_a_moment_and_a_refusal_never() -> None:
    now, answers, asks = 0.0, ["no", "yes", "yes"], []

    async def require(asked: AgentAsks) -> None:
        asks.append(asked)
        if answers.pop(0) == "no":
            raise errors.PermissionDenied("ROLE_NOT_ALLOWED", "no")

    ask, asked = remembered(require, lambda: now), AgentAsks("ann", "VIEWER", "acme", "")
    with pytest.raises(errors.PermissionDenied):
        await ask(asked)
    await ask(asked)
    await ask(asked)
    now = SECONDS
    await ask(asked)

    assert asks == [asked] * 3


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
    checks = CallerChecks(rpc_policy.load(file), organization_of, require_agent)
    request = SimpleNamespace(workspace_id="support")

    assert await checks.admit(request, OPERATOR, REPLY, "ai:mine") == Actor("ai", "mine")
    with pytest.raises(errors.PermissionDenied):
        await checks.admit(request, OPERATOR, REPLY, "operator:kim")


def test_a_policy_without_kinds_means_people(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    before, _, rest = rpc_policy.DEFAULT_FILE.read_text().partition("actor_kinds:")
    file.write_text(before + rest[rest.index("# What no overlay opens") :])

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


def _older_file(folder: Path) -> Path:
    """A policy as operators wrote it when there were no roles."""
    content = yaml.load(rpc_policy.DEFAULT_FILE.read_text(), yaml.CSafeLoader)
    for part in ("act_for_agents", "as_themselves", "of_one_organization", "closed"):
        del content[part]
    for rpcs in content["rpcs"].values():
        rpcs |= {rpc: ["operator", "crm"] for rpc, entry in rpcs.items() if isinstance(entry, dict)}
    (folder / "older.yaml").write_text(yaml.safe_dump(content))
    return folder / "older.yaml"


def test_a_file_of_before_there_were_roles_has_those_of_the_product(tmp_path: Path) -> None:
    policy, product = rpc_policy.load(_older_file(tmp_path)), rpc_policy.load()

    assert policy.callers[GET] == {"operator", "crm"}
    assert (policy.roles, policy.closed) == (product.roles, product.closed)
    assert policy.role("keva.ticket.v1.TicketService/NoSuch") == "ADMINISTRATOR"
    assert (policy.act_for_agents, policy.of_one_organization) == (product.act_for_agents, product.of_one_organization)
    assert policy.as_themselves == product.as_themselves


def _overlay(folder: Path, rpc: str, *callers: str) -> Path:
    service, _, name = rpc.partition("/")
    (folder / "overlay.yaml").write_text(yaml.safe_dump({"rpcs": {service: {name: list(callers)}}}))
    return folder / "overlay.yaml"


async def test_an_overlay_adds_callers_of_ones_own(tmp_path: Path) -> None:
    policy = rpc_policy.load(None, _overlay(tmp_path, FORGET, "crm", "integration"))
    checks = CallerChecks(policy, organization_of, require_agent)
    asked = SimpleNamespace(workspace_id="support")

    assert await checks.admit(asked, Caller("crm"), FORGET, "") == Actor("service", "crm")
    assert await checks.admit(asked, Caller("crm", "acme"), FORGET, "") == Actor("service", "crm")
    assert await checks.admit(asked, PROGRAM, FORGET, "") == Actor("service", "integration")
    assert policy.callers[FORGET] == {"operator", "console", "crm", "integration"}
    assert {**policy.callers, FORGET: rpc_policy.load().callers[FORGET]} == rpc_policy.load().callers
    for caller, named, reason in ((Caller("crm"), "agent:dana", "ACTOR_NOT_ALLOWED"),):
        with pytest.raises(errors.PermissionDenied) as failed:
            await checks.admit(asked, caller, FORGET, named)
        assert failed.value.reason == reason
    assert rpc_policy.load(_older_file(tmp_path), _overlay(tmp_path, GET, "bi")).callers[GET] == {
        "operator",
        "crm",
        "bi",
    }


@pytest.mark.parametrize("rpc", sorted(rpc_policy.load().closed))
def test_no_overlay_opens_what_stays_closed(tmp_path: Path, rpc: str) -> None:
    with pytest.raises(PolicyError, match="stays closed"):
        rpc_policy.load(None, _overlay(tmp_path, rpc, "crm"))


def test_all_that_has_to_do_with_secrets_stays_closed() -> None:
    of_credentials = {full_name(method) for method in rpcs() if full_name(method).startswith("keva.credentials.")}

    assert {rpc.rpartition("/")[2] for rpc in of_credentials - rpc_policy.load().closed} == {
        *("GetCredential", "ListCredentials"),
    }


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        pytest.param(f"rpcs: {{{GET.replace('/', ': {')}: [any]}}}}", "any for", id="everybody"),
        pytest.param(f"rpcs: {{{GET.replace('/', ': {')}: [gateway]}}}}", "gateway for", id="a service of ours"),
        pytest.param(f"rpcs: {{{GET.replace('/', ': {')}: [console]}}}}", "console for", id="the console"),
        pytest.param(f"rpcs: {{{GET.replace('/', ': {')}: [C R M]}}}}", "C R M for", id="no name"),
        pytest.param("rpcs: {keva.ticket.v1.TicketService: {GetTickets: [crm]}}", "no RPC", id="a misspelt RPC"),
        pytest.param("act_for_people: [crm]\nrpcs: {}", "act_for_people", id="something else than callers"),
        pytest.param("", "whole file", id="nothing"),
        pytest.param("rpcs: {a: {}, a: {}}", "a is there twice", id="twice"),
    ],
)
def test_an_overlay_that_cannot_be_used_is_an_error(tmp_path: Path, content: str, complaint: str) -> None:
    file = tmp_path / "overlay.yaml"
    file.write_text(content)

    with pytest.raises(PolicyError, match=complaint):
        rpc_policy.load(None, file)


def test_a_policy_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="cannot read"):
        rpc_policy.load(tmp_path / "none.yaml")
