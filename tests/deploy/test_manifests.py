"""What must hold in the Kubernetes manifests, beyond being well formed."""

import base64
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped, unused-ignore]

from dev.local_stack.certificates import IDENTITIES
from dev.process_list import PROCESSES
from servicekit.rpc.identity import OPERATOR, server_name, uri

Object = dict[str, Any]

ROOT = Path(__file__).parents[2]
SERVICES = [process.object_name for process in PROCESSES]
_NAME = "app.kubernetes.io/name"
_DATABASE_PORT = 27017
_SECRETS = [
    pytest.param(r"://[^/\s{]+@", id="password in a URI"),
    pytest.param(r"\bAC[0-9a-f]{32}\b", id="Account SID"),
    pytest.param(r"\b[0-9a-f]{32}\b", id="Auth Token"),
    pytest.param(r"(?<![\w+/=])[\w+/]{43}=", id="32 bytes in base64"),
    pytest.param(r"-----BEGIN", id="PEM"),
]


def _find(manifests: list[Object], kind: str, name: str) -> Object:
    (found,) = (o for o in manifests if o["kind"] == kind and o["metadata"]["name"] == name)
    return found


def _pods(manifests: list[Object]) -> Iterator[Object]:
    return (o["spec"]["template"] for o in manifests if o["kind"] in ("Deployment", "StatefulSet", "Job"))


def _pod(manifests: list[Object], service: str) -> Object:
    pod: Object = _find(manifests, "Deployment", service)["spec"]["template"]["spec"]
    return pod


def _container(manifests: list[Object], service: str) -> Object:
    (container,) = _pod(manifests, service)["containers"]
    return dict(container)


def _environment(manifests: list[Object], service: str) -> dict[str, str]:
    """As Kubernetes makes it."""
    values = {}
    for variable in _container(manifests, service)["env"]:
        source = variable.get("valueFrom", {})
        assert source.keys() <= {"configMapKeyRef"}
        reference = source.get("configMapKeyRef")
        config = _find(manifests, "ConfigMap", reference["name"])["data"] if reference else {}
        values[variable["name"]] = config[reference["key"]] if reference else variable["value"]
    return values


def _listen_port(manifests: list[Object], service: str) -> int:
    environment = _environment(manifests, service)
    address = environment.get("KEVA_HTTP_LISTEN") or environment["KEVA_GRPC_LISTEN"]
    return int(address.rpartition(":")[2])


def _metrics_ports(manifests: list[Object], service: str) -> set[int]:
    address = _environment(manifests, service).get("KEVA_METRICS_LISTEN", "")
    return {int(address.rpartition(":")[2])} if address else set()


def _health_port(manifests: list[Object], service: str) -> int:
    """Where its probes ask."""
    return int(_environment(manifests, service)["KEVA_HEALTH_LISTEN"].rpartition(":")[2])


def _peers(manifests: list[Object], service: str) -> dict[str, int]:
    """The services that it is told the addresses of, and their ports."""
    addresses = {n: v for n, v in _environment(manifests, service).items() if re.fullmatch(r"KEVA_\w+_SERVICE", n)}
    peers = (address.removeprefix("dns:///").partition(":") for address in addresses.values())
    return {peer: int(port) for peer, _, port in peers}


def _allowed(rules: list[Object], side: str) -> set[tuple[str, int]]:
    """The (name of a pod, TCP port) pairs that rules of a network policy name; `*` where they name no pod."""
    anyone = [{"podSelector": {"matchLabels": {_NAME: "*"}}}]
    return {
        (peer["podSelector"]["matchLabels"][_NAME], port["port"])
        for rule in rules
        for peer in rule.get(side, anyone)
        for port in rule["ports"]
    }


@pytest.mark.parametrize("service", SERVICES)
def test_service_starts_with_its_settings(
    service: str, manifests: list[Object], check_settings: Callable[[str, Mapping[str, str]], None]
) -> None:
    check_settings(service.replace("-", "_"), _environment(manifests, service))


@pytest.mark.parametrize("service", SERVICES)
def test_ports_are_those_that_it_listens_on(service: str, manifests: list[Object]) -> None:
    port = _listen_port(manifests, service)
    container = _container(manifests, service)
    container_port, *others = container["ports"]
    service_port, *more_ports = _find(manifests, "Service", service)["spec"]["ports"]
    grpc_port = {process.object_name: process.grpc_port for process in PROCESSES}[service]
    grpc_ports = {grpc_port} if grpc_port else set()
    probes = [container[f"{probe}Probe"] for probe in ("startup", "readiness", "liveness")]

    health = _health_port(manifests, service)
    paths = ["/healthz", "/readyz", "/healthz"]
    assert [probe["httpGet"] for probe in probes] == [{"path": path, "port": health} for path in paths]
    assert container_port["containerPort"] == port
    assert service_port["targetPort"] == container_port["name"]
    assert {more["port"] for more in more_ports} == grpc_ports
    expected = _metrics_ports(manifests, service) | grpc_ports | {port, health}
    assert {other["containerPort"] for other in others} | {port} == expected


@pytest.mark.parametrize("service", SERVICES)
def test_peers_are_there_and_all_replicas_are_seen(service: str, manifests: list[Object]) -> None:
    for peer, port in _peers(manifests, service).items():
        spec = _find(manifests, "Service", peer)["spec"]

        assert spec["clusterIP"] == "None"
        assert [p["port"] for p in spec["ports"]] == [port]
        assert _listen_port(manifests, peer) == port


@pytest.mark.parametrize("service", SERVICES)
def test_network_policy_allows_the_peers_and_nobody_else(service: str, manifests: list[Object]) -> None:
    policy = _find(manifests, "NetworkPolicy", service)["spec"]
    peers = set(_peers(manifests, service).items())
    process = next(process for process in PROCESSES if process.object_name == service)
    beyond = {("*", _DATABASE_PORT)} if process.has_database else set()
    # Twilio, and a model's endpoint.
    beyond |= {("*", 443)} if service in ("sms-service", "responder-service") else set()
    callers = {(other, _listen_port(manifests, service)) for other in SERVICES if service in _peers(manifests, other)}

    assert policy["podSelector"]["matchLabels"] == {_NAME: service}
    assert _allowed(policy["egress"], "to") == peers | beyond
    metrics = {("*", port) for port in _metrics_ports(manifests, service)}
    strangers = {("*", _listen_port(manifests, service))} if process.speaks == "http" else set()
    assert _allowed(policy["ingress"], "from") == callers | strangers | metrics


def test_what_no_policy_allows_is_refused(manifests: list[Object]) -> None:
    spec = _find(manifests, "NetworkPolicy", "default-deny")["spec"]

    assert spec == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_selectors_select_pods(manifests: list[Object]) -> None:
    labels = [pod["metadata"]["labels"] for pod in _pods(manifests)]
    selectors = [o["spec"]["selector"] for o in manifests if "selector" in o.get("spec", {})]
    selectors += [c["labelSelector"] for p in _pods(manifests) for c in p["spec"].get("topologySpreadConstraints", [])]

    assert len(selectors) >= 4 * len(SERVICES)
    for selector in selectors:
        wanted = selector.get("matchLabels", selector)
        assert len([pod for pod in labels if wanted.items() <= pod.items()]) == 1


def test_gateway_gets_its_certificate_and_no_other_secret(manifests: list[Object]) -> None:
    pod = _pod(manifests, "gateway")
    tmp, tls = pod["volumes"]

    assert tmp.keys() == {"name", "emptyDir"}
    assert tls == {"name": "tls", "secret": {"secretName": "gateway-tls"}}
    assert "envFrom" not in _container(manifests, "gateway")
    assert not [n for n in _environment(manifests, "gateway") if re.search("MONGODB|KEY|CREDENTIALS|TWILIO", n)]


@pytest.mark.parametrize("service", SERVICES)
def test_certificate_is_its_own_and_where_it_looks(service: str, manifests: list[Object]) -> None:
    secrets = {v["name"]: v["secret"]["secretName"] for v in _pod(manifests, service)["volumes"] if "secret" in v}
    mounts = {m["mountPath"]: m for m in _container(manifests, service)["volumeMounts"]}
    mount = mounts[_environment(manifests, service)["KEVA_TLS_DIR"]]

    assert secrets[mount["name"]] == f"{service}-tls"
    assert mount["readOnly"] is True
    assert [name for name in secrets.values() if name.endswith("-tls")] == [f"{service}-tls"]


def test_audit_keys_are_for_ticket_service_alone(manifests: list[Object]) -> None:
    holders = [
        pod["metadata"]["labels"][_NAME]
        for pod in _pods(manifests)
        for volume in pod["spec"]["volumes"]
        if volume.get("secret", {}).get("secretName") == "audit-keys"
    ]

    assert holders == ["ticket-service"]


@pytest.mark.parametrize("identity", IDENTITIES)
def test_cert_manager_issues_what_services_ask_each_other_for(identity: str) -> None:
    objects = yaml.safe_load_all((ROOT / "deploy" / "components" / "cert-manager" / "certificates.yaml").read_text())
    name = identity.replace("_", "-")
    (certificate,) = [o["spec"] for o in objects if o["kind"] == "Certificate" and o["metadata"]["name"] == name]

    assert certificate["uris"] == [uri(identity)]
    assert certificate["secretName"] == f"{name}-tls"
    assert "client auth" in certificate["usages"]
    if identity != OPERATOR:
        assert certificate["dnsNames"] == [server_name(identity)]
        assert "server auth" in certificate["usages"]


def test_key_ring_is_for_credentials_service_alone(manifests: list[Object]) -> None:
    holders = [
        pod["metadata"]["labels"][_NAME]
        for pod in _pods(manifests)
        for volume in pod["spec"]["volumes"]
        if volume.get("secret", {}).get("secretName") == "key-ring"
    ]

    assert holders == ["credentials-service"]
    assert not [o for o in manifests if o["kind"] == "Secret" and o["metadata"]["name"] == "key-ring"]


def test_responder_is_told_of_nobody_and_holds_articles_and_a_key(manifests: list[Object]) -> None:
    pod = _pod(manifests, "responder-service")
    volumes = {volume.pop("name"): volume for volume in map(dict, pod["volumes"])}

    assert "envFrom" not in _container(manifests, "responder-service")
    assert not [n for n in _environment(manifests, "responder-service") if re.search("MONGODB|TWILIO|_SERVICE", n)]
    assert volumes.pop("tmp").keys() == {"emptyDir"}
    assert volumes == {
        "tls": {"secret": {"secretName": "responder-service-tls"}},
        "knowledge-base": {"configMap": {"name": "keva-knowledge-base", "optional": True}},
        "ai": {"secret": {"secretName": "ai-api-key", "optional": True}},
    }


def test_nobody_takes_calls_of_the_responder(manifests: list[Object]) -> None:
    policies = [o["spec"] for o in manifests if o["kind"] == "NetworkPolicy"]
    callers = {caller for spec in policies for caller, _ in _allowed(spec.get("ingress", []), "from")}

    assert "ticket-service" in callers
    assert "responder-service" not in callers


def test_articles_and_key_are_where_the_responder_looks(manifests: list[Object]) -> None:
    mounts = {m["name"]: m["mountPath"] for m in _container(manifests, "responder-service")["volumeMounts"]}
    environment = _environment(manifests, "responder-service")

    assert mounts["knowledge-base"] == f"{environment['KEVA_KNOWLEDGE_BASE_DIR']}/default"
    assert mounts["ai"] == "/etc/keva/ai"


def test_a_model_is_switched_on_by_the_config(
    manifests: list[Object], check_settings: Callable[[str, Mapping[str, str]], None]
) -> None:
    given = {
        "KEVA_AI_BASE_URL": "https://models.example.com/v1",
        "KEVA_AI_MODEL": "example-model",
        "KEVA_AI_API_KEY_FILE": "/etc/keva/ai/api-key",
        "KEVA_AI_VERIFIER_MODEL": "another-model",
        "KEVA_AI_VERIFIER_BASE_URL": "https://verifiers.example.com/v1",
        "KEVA_AI_VERIFIER_API_KEY_FILE": "/etc/keva/ai/verifier-api-key",
        "KEVA_AI_EMBEDDING": "true",
    }

    assert given.keys() <= _environment(manifests, "responder-service").keys()
    check_settings("responder_service", _environment(manifests, "responder-service") | given)


def test_credentials_service_does_not_describe_itself(manifests: list[Object]) -> None:
    assert _environment(manifests, "credentials-service")["KEVA_REFLECTION"] == "false"


@pytest.mark.parametrize("pattern", _SECRETS)
def test_no_secret_is_written_down(pattern: str, manifests: list[Object]) -> None:
    generated = [base64.b64decode(v).decode() for o in manifests if o["kind"] == "Secret" for v in o["data"].values()]
    files = [
        ROOT / "deploy" / "compose.yaml",
        *(ROOT / "deploy").glob("base/*"),
        *(ROOT / "deploy").glob("overlays/*/*"),
        *(ROOT / "deploy").glob("components/*/*"),
    ]

    for text in [*generated, *(file.read_text() for file in files)]:
        assert not re.search(pattern, text)


@pytest.mark.parametrize("service", SERVICES)
def test_pod_is_killed_only_after_it_could_drain(service: str, manifests: list[Object]) -> None:
    pause = _container(manifests, service)["lifecycle"]["preStop"]["sleep"]["seconds"]
    drain = float(_environment(manifests, service)["KEVA_DRAIN_SECONDS"])

    assert _pod(manifests, service)["terminationGracePeriodSeconds"] > pause + drain


def test_pods_may_run_in_a_restricted_namespace(manifests: list[Object]) -> None:
    namespace = _find(manifests, "Namespace", "keva")

    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    for pod in (p["spec"] for p in _pods(manifests)):
        (container,) = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


@pytest.mark.parametrize("service", SERVICES)
def test_image_is_the_service_in_this_version(service: str, manifests: list[Object]) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

    assert _container(manifests, service)["image"] == f"keva-sms/{service.replace('-', '_')}:{version}"
