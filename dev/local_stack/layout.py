"""Where everything of one local stack listens, and what each service is told: its environment, built from scratch."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dev.local_stack.ports import free_port

ROOT = Path(__file__).parents[2]

# The order of starting: whoever is needed comes first.
SERVICES = ("credentials_service", "responder_service", "ticket_service", "sms_service", "gateway")
_PREFERRED_PORTS = {
    "ticket_service": 50051,
    "sms_service": 50052,
    "credentials_service": 50053,
    "responder_service": 50054,
    "gateway": 8080,
    "gateway health": 8081,
    "twilio_simulator": 8090,
    "mongod": 27117,
}
_KEPT = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
# Settings of the caller that every service gets; those of one service alone are read in this module and in stack.py.
_PASSED_ON = ("KEVA_LOG_LEVEL", "KEVA_DRAIN_SECONDS", "KEVA_REFLECTION")
_RESPONDER_SETTINGS = (
    "KEVA_AI_BASE_URL",
    "KEVA_AI_MODEL",
    "KEVA_AI_API_KEY",
    "KEVA_AI_API_KEY_FILE",
    "KEVA_AI_RESPONSE_FORMAT",
    "KEVA_AI_TIMEOUT_SECONDS",
    "KEVA_AI_MAX_OUTPUT_TOKENS",
    "KEVA_AI_MAX_SEGMENTS",
    "KEVA_AI_MAX_DRAFTS",
)
_TURN_SETTINGS = (
    "KEVA_AI_PAUSE_SECONDS",
    "KEVA_AI_LONGEST_PAUSE_SECONDS",
    "KEVA_AI_DRAFT_TIMEOUT_SECONDS",
    "KEVA_AI_LEASE_SECONDS",
    "KEVA_AI_GIVE_UP_SECONDS",
)
_AUDIT_SETTINGS = ("KEVA_AUDIT_ANCHOR_SECONDS", "KEVA_AUDIT_ANCHORS_FILE")
_SMS_SETTINGS = (
    "KEVA_BACKFILL_INTERVAL_SECONDS",
    "KEVA_BACKFILL_GRACE_SECONDS",
    "KEVA_BACKFILL_OVERLAP_SECONDS",
    "KEVA_DELIVERY_CHECK_SECONDS",
    "KEVA_MEDIA_MAX_BYTES",
    "KEVA_SEND_LEASE_SECONDS",
    "KEVA_SEND_SETTLE_SECONDS",
    "KEVA_TWILIO_MEDIA_HOSTS",
    "KEVA_TWILIO_TIMEOUT_SECONDS",
)
_DRAIN_SECONDS = "3"
SAMPLE_KNOWLEDGE_BASE = ROOT / "dev" / "knowledge_base"

# The services that count something.
_METERED = ("sms_service",)


@dataclass(frozen=True)
class Overrides:
    """What the caller's environment may change; nothing else of KEVA_* reaches the services.

    KEVA_MONGODB_URI: a replica set to use, so that no mongod is started. KEVA_TWILIO_API_URL, with
    KEVA_TWILIO_MESSAGING_URL: a Twilio to use, so that no simulator is started. KEVA_RESPONDER_SERVICE: a responder to
    use, so that responder_service is not started. KEVA_KNOWLEDGE_BASE_DIR and KEVA_AI_*: as responder_service takes
    them; without them it answers from the sample knowledge base alone. KEVA_BACKFILL_*, KEVA_SEND_*,
    KEVA_DELIVERY_CHECK_SECONDS, KEVA_TWILIO_TIMEOUT_SECONDS: as sms_service takes them. KEVA_LOST_KEY_IDS: as
    credentials_service takes it. KEVA_TRUSTED_PROXIES: as the gateway takes them. KEVA_PUBLIC_URL: how Twilio reaches
    the gateway. KEVA_DEFAULT_REGION, KEVA_LOG_LEVEL, KEVA_DRAIN_SECONDS, KEVA_REFLECTION: as the services take them.
    """

    environment: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        """The value of `name`; an empty one counts as absent."""
        return self.environment.get(name) or None

    def given(self, *names: str) -> dict[str, str]:
        """Those of `names` that have a value."""
        return {name: value for name in names if (value := self.get(name))}


@dataclass(frozen=True)
class Layout:
    """The port of each process, by its name, the one where probes ask a service's, and the one where its metrics are
    read, of those that have some."""

    ports: Mapping[str, int]
    health_ports: Mapping[str, int] = field(default_factory=dict)
    metrics_ports: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def choose(cls, replicas: Mapping[str, int], fixed_ports: bool, services: Sequence[str] = SERVICES) -> "Layout":
        """A free port for each process. `fixed_ports`: the usual ones, for those that are free."""
        names = ["mongod", "twilio_simulator"]
        for service in services:
            count = replicas.get(service, 1)
            names += [service] if count == 1 else [f"{service}-{number}" for number in range(1, count + 1)]
        preferred = {name: _PREFERRED_PORTS.get(name.removesuffix("-1")) if fixed_ports else None for name in names}
        ports = {name: free_port(preferred[name]) for name in names}
        health = _PREFERRED_PORTS.get("gateway health") if fixed_ports else None
        asked = {name: free_port(health if name == "gateway" else None) for name in names[2:]}
        metered = [name for name in names if name.partition("-")[0] in _METERED]
        return cls(ports, asked, {name: free_port(None) for name in metered})

    def metrics_urls(self) -> dict[str, str]:
        """Where Prometheus would read each process's metrics, by its name."""
        return {name: f"http://127.0.0.1:{port}/metrics" for name, port in self.metrics_ports.items()}

    def names(self, service: str) -> list[str]:
        """The names of the service's processes: its own, or one per replica."""
        return [name for name in self.ports if name == service or name.startswith(f"{service}-")]

    def addresses(self, service: str) -> list[str]:
        """host:port of each of the service's processes."""
        return [f"127.0.0.1:{self.ports[name]}" for name in self.names(service)]

    def health_address(self, name: str) -> str:
        """host:port where the process `name` is asked for its health over HTTP."""
        return f"127.0.0.1:{self.health_ports[name]}"

    def health_addresses(self, service: str) -> dict[str, str]:
        """The same for each of the service's processes, by the address of its work."""
        return {f"127.0.0.1:{self.ports[name]}": self.health_address(name) for name in self.names(service)}

    def address(self, service: str) -> str:
        """All of the service's processes, as KEVA_*_SERVICE takes them."""
        return ",".join(self.addresses(service))

    def urls(self, service: str) -> list[str]:
        """http://host:port of each of the service's processes."""
        return [f"http://{address}" for address in self.addresses(service)]


@dataclass(frozen=True)
class Wiring:
    """What the services are told beyond their addresses."""

    layout: Layout
    mongodb_uri: str
    twilio_api_url: str
    twilio_messaging_url: str | None
    public_url: str
    key_ring: Path
    audit_keys: Path
    active_audit_key_id: str
    tls: Path
    overrides: Overrides

    def environment(self, service: str, name: str) -> dict[str, str]:
        """The whole environment of the process `name` of `service`: what it needs and nothing else, so that the
        gateway, for one, has neither keys nor a database."""
        address = f"127.0.0.1:{self.layout.ports[name]}"
        listen = "KEVA_HTTP_LISTEN" if service == "gateway" else "KEVA_GRPC_LISTEN"
        own = {
            listen: address,
            "KEVA_HEALTH_LISTEN": self.layout.health_address(name),
            "KEVA_TLS_DIR": str(self.tls / service),
        }
        if name in self.layout.metrics_ports:
            own["KEVA_METRICS_LISTEN"] = f"127.0.0.1:{self.layout.metrics_ports[name]}"
        return {**base_environment(), **self._settings(service), **self._passed_on(), **own}

    def _passed_on(self) -> dict[str, str]:
        return {"KEVA_DRAIN_SECONDS": _DRAIN_SECONDS, **self.overrides.given(*_PASSED_ON)}

    def _settings(self, service: str) -> dict[str, str]:
        database = {"KEVA_MONGODB_URI": self.mongodb_uri}
        public = {"KEVA_PUBLIC_URL": self.public_url}
        region = self.overrides.given("KEVA_DEFAULT_REGION")
        if service == "credentials_service":
            keys = {"KEVA_KEY_RING_DIR": str(self.key_ring)} | self.overrides.given("KEVA_LOST_KEY_IDS")
            return database | keys | self._peers("ticket_service")
        if service == "responder_service":
            articles = {"KEVA_KNOWLEDGE_BASE_DIR": str(SAMPLE_KNOWLEDGE_BASE)}
            return articles | self.overrides.given("KEVA_KNOWLEDGE_BASE_DIR", *_RESPONDER_SETTINGS)
        if service == "ticket_service":
            responder = self.overrides.given("KEVA_RESPONDER_SERVICE") or self._peers("responder_service")
            turns = self.overrides.given(*_TURN_SETTINGS)
            audit = {
                "KEVA_AUDIT_KEYS_DIR": str(self.audit_keys),
                "KEVA_ACTIVE_AUDIT_KEY_ID": self.active_audit_key_id,
                **self.overrides.given(*_AUDIT_SETTINGS),
            }
            return database | region | turns | audit | self._peers("sms_service") | responder
        if service == "sms_service":
            twilio = {"KEVA_TWILIO_API_URL": self.twilio_api_url} | self.overrides.given(*_SMS_SETTINGS)
            if self.twilio_messaging_url:
                twilio["KEVA_TWILIO_MESSAGING_URL"] = self.twilio_messaging_url
            return database | region | public | twilio | self._peers("credentials_service", "ticket_service")
        return public | self.overrides.given("KEVA_TRUSTED_PROXIES") | self._peers("ticket_service", "sms_service")

    def _peers(self, *services: str) -> dict[str, str]:
        return {f"KEVA_{service.upper()}": self.layout.address(service) for service in services}


def base_environment() -> dict[str, str]:
    """What any program needs of the caller's environment, and this checkout as the place where Python looks first."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    python_path = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    python = {"PYTHONPATH": os.pathsep.join(python_path), "PYTHONSAFEPATH": "1", "PYTHONUNBUFFERED": "1"}
    return {**kept, **python}


def python_module(module: str, *arguments: str) -> list[str]:
    """The command that runs a module of this project with this Python."""
    return [sys.executable, "-m", module, *arguments]
