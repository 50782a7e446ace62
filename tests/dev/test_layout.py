import socket
from pathlib import Path

import pytest

from dev.local_stack.layout import SAMPLE_KNOWLEDGE_BASE, Layout, Overrides, Wiring
from dev.process_list import SERVICES

_SECRETS_AND_STORES = {
    "KEVA_MONGODB_URI",
    "KEVA_KEY_RING_DIR",
    "KEVA_AUDIT_KEYS_DIR",
    "KEVA_ACTIVE_AUDIT_KEY_ID",
    "KEVA_TWILIO_API_URL",
    "KEVA_TWILIO_MESSAGING_URL",
}
_DRAIN = {"KEVA_DRAIN_SECONDS": "3"}
_PUBLIC = {"KEVA_PUBLIC_URL": "https://keva.example"}
_WHAT_EACH_NEEDS: dict[str, dict[str, str]] = {
    "credentials_service": {
        **_DRAIN,
        "KEVA_HEALTH_LISTEN": "127.0.0.1:2000",
        "KEVA_TLS_DIR": "/tls/credentials_service",
        "KEVA_MONGODB_URI": "mongodb://credentials_service@db",
        "KEVA_GRPC_LISTEN": "127.0.0.1:1000",
        "KEVA_KEY_RING_DIR": "/keys",
        "KEVA_TICKET_SERVICE": "127.0.0.1:1002",
    },
    "responder_service": {
        **_DRAIN,
        "KEVA_HEALTH_LISTEN": "127.0.0.1:2001",
        "KEVA_TLS_DIR": "/tls/responder_service",
        "KEVA_GRPC_LISTEN": "127.0.0.1:1001",
        "KEVA_KNOWLEDGE_BASE_DIR": str(SAMPLE_KNOWLEDGE_BASE),
    },
    "ticket_service": {
        **_DRAIN,
        "KEVA_HEALTH_LISTEN": "127.0.0.1:2002",
        "KEVA_TLS_DIR": "/tls/ticket_service",
        "KEVA_MONGODB_URI": "mongodb://ticket_service@db",
        "KEVA_GRPC_LISTEN": "127.0.0.1:1002",
        "KEVA_AUDIT_KEYS_DIR": "/audit-keys",
        "KEVA_ACTIVE_AUDIT_KEY_ID": "a1",
        "KEVA_RESPONDER_SERVICE": "127.0.0.1:1001",
        "KEVA_SMS_SERVICE": "127.0.0.1:1003",
    },
    "sms_service": {
        **_DRAIN,
        "KEVA_HEALTH_LISTEN": "127.0.0.1:2003",
        "KEVA_TLS_DIR": "/tls/sms_service",
        "KEVA_MONGODB_URI": "mongodb://sms_service@db",
        **_PUBLIC,
        "KEVA_GRPC_LISTEN": "127.0.0.1:1003",
        "KEVA_CREDENTIALS_SERVICE": "127.0.0.1:1000",
        "KEVA_TICKET_SERVICE": "127.0.0.1:1002",
        "KEVA_TWILIO_API_URL": "http://twilio",
        "KEVA_TWILIO_MESSAGING_URL": "http://messaging.twilio",
        "KEVA_TWILIO_MEDIA_HOSTS": "localhost",
    },
    "gateway": {
        **_DRAIN,
        "KEVA_HEALTH_LISTEN": "127.0.0.1:2004",
        "KEVA_TLS_DIR": "/tls/gateway",
        **_PUBLIC,
        "KEVA_HTTP_LISTEN": "127.0.0.1:1004",
        "KEVA_TICKET_SERVICE": "127.0.0.1:1002",
        "KEVA_SMS_SERVICE": "127.0.0.1:1003",
    },
    "console": {
        **_DRAIN,
        "KEVA_HEALTH_LISTEN": "127.0.0.1:2005",
        "KEVA_TLS_DIR": "/tls/console",
        **_PUBLIC,
        "KEVA_CONSOLE_URL": "http://127.0.0.1:8070",
        "KEVA_HTTP_LISTEN": "127.0.0.1:1005",
        "KEVA_GRPC_LISTEN": "127.0.0.1:3005",
        "KEVA_MONGODB_URI": "mongodb://console@db",
        "KEVA_TICKET_SERVICE": "127.0.0.1:1002",
        "KEVA_SMS_SERVICE": "127.0.0.1:1003",
        "KEVA_CREDENTIALS_SERVICE": "127.0.0.1:1000",
        "KEVA_RESPONDER_SERVICE": "127.0.0.1:1001",
    },
}


def _wiring(layout: Layout, environment: dict[str, str] | None = None) -> Wiring:
    return Wiring(
        layout=layout,
        mongodb_uris={service: f"mongodb://{service}@db" for service in SERVICES},
        twilio_api_url="http://twilio",
        twilio_messaging_url="http://messaging.twilio",
        public_url="https://keva.example",
        console_url="http://127.0.0.1:8070",
        key_ring=Path("/keys"),
        audit_keys=Path("/audit-keys"),
        active_audit_key_id="a1",
        tls=Path("/tls"),
        overrides=Overrides(environment or {}),
    )


def _keva(environment: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith("KEVA_")}


def test_each_service_is_told_what_it_needs_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEVA_PUBLIC_URL", "https://of-the-caller.example")
    monkeypatch.setenv("KEVA_TICKET_SERVICE", "elsewhere:1")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    ports = {service: 1000 + number for number, service in enumerate(SERVICES)}
    health_ports = {service: 1000 + port for service, port in ports.items()}
    wiring = _wiring(Layout(ports, health_ports, grpc_ports={"console": 3005}))

    environments = {service: wiring.environment(service, service) for service in SERVICES}

    assert {service: _keva(environment) for service, environment in environments.items()} == _WHAT_EACH_NEEDS
    assert not any("AWS_SECRET_ACCESS_KEY" in environment for environment in environments.values())
    assert environments["gateway"].keys().isdisjoint(_SECRETS_AND_STORES)


def test_documented_overrides_reach_the_services() -> None:
    given = {
        "KEVA_LOG_LEVEL": "DEBUG",
        "KEVA_RPC_POLICY_FILE": "policy.yaml",
        "KEVA_RPC_POLICY_OVERLAY_FILE": "overlay.yaml",
        "KEVA_DEFAULT_REGION": "GB",
        "KEVA_DRAIN_SECONDS": "",
        "KEVA_GRPC_LISTEN": "x:1",
    }
    wiring = _wiring(Layout(dict.fromkeys(SERVICES, 1), dict.fromkeys(SERVICES, 2)), given)

    ticket_service = _keva(wiring.environment("ticket_service", "ticket_service"))

    assert ticket_service["KEVA_LOG_LEVEL"] == "DEBUG"
    assert ticket_service["KEVA_RPC_POLICY_FILE"] == "policy.yaml"
    assert ticket_service["KEVA_RPC_POLICY_OVERLAY_FILE"] == "overlay.yaml"
    assert ticket_service["KEVA_DEFAULT_REGION"] == "GB"
    assert ticket_service["KEVA_DRAIN_SECONDS"] == "3"
    assert ticket_service["KEVA_GRPC_LISTEN"] == "127.0.0.1:1"


def test_model_is_the_responders_alone() -> None:
    given = {"KEVA_AI_BASE_URL": "http://model/v1", "KEVA_AI_MODEL": "m", "KEVA_AI_API_KEY": "sk-secret"}
    given |= {"KEVA_AI_VERIFIER_MODEL": "v", "KEVA_AI_VERIFIER_API_KEY": "sk-secret-too"}
    wiring = _wiring(Layout(dict.fromkeys(SERVICES, 1), dict.fromkeys(SERVICES, 2)), given)

    told = {service: _keva(wiring.environment(service, service)) for service in SERVICES}

    assert given.items() <= told.pop("responder_service").items()
    assert not [e for e in told.values() if {"KEVA_AI_API_KEY", "KEVA_AI_VERIFIER_API_KEY"} & e.keys()]


def test_responder_of_somebody_else_takes_the_built_in_ones_place() -> None:
    wiring = _wiring(
        Layout(dict.fromkeys(SERVICES, 1), dict.fromkeys(SERVICES, 2)), {"KEVA_RESPONDER_SERVICE": "ai.example:50051"}
    )

    assert _keva(wiring.environment("ticket_service", "ticket_service"))["KEVA_RESPONDER_SERVICE"] == "ai.example:50051"


def test_replicas_have_names_and_ports_of_their_own_and_are_listed_to_peers() -> None:
    layout = Layout.choose({"ticket_service": 2}, fixed_ports=False)

    first, second = layout.addresses("ticket_service")

    assert layout.names("ticket_service") == ["ticket_service-1", "ticket_service-2"]
    assert layout.names("gateway") == ["gateway"]
    assert first != second
    gateway = _wiring(layout).environment("gateway", "gateway")
    assert gateway["KEVA_TICKET_SERVICE"] == f"{first},{second}"
    assert (
        len(set(layout.ports.values()))
        == len(layout.ports)
        == len(SERVICES) + len(["a second ticket_service", "mongod", "simulator"])
    )


def test_a_usual_port_that_is_taken_is_replaced_by_a_free_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr("dev.local_stack.layout.USUAL", {"gateway": port})

        assert Layout.choose({}, fixed_ports=True).ports["gateway"] != port

    assert Layout.choose({}, fixed_ports=True).ports["gateway"] == port
