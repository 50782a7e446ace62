"""Where everything of one local stack listens, and what each service is told: its environment, built from scratch."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dev.local_stack.ports import USUAL, free_port
from dev.process_list import SERVICES, process
from dev.twilio_simulator.rest.media import MEDIA_HOST

ROOT = Path(__file__).parents[2]

_KEPT = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
# Settings of the caller that every service gets.
_PASSED_ON = (
    "KEVA_LOG_LEVEL",
    "KEVA_DRAIN_SECONDS",
    "KEVA_REFLECTION",
    "KEVA_RPC_POLICY_FILE",
    "KEVA_RPC_POLICY_OVERLAY_FILE",
)
# The same for one service each.
_TAKEN: Mapping[str, Sequence[str]] = {
    "gateway": ("KEVA_TRUSTED_PROXIES",),
    "credentials_service": ("KEVA_LOST_KEY_IDS",),
    "responder_service": (
        "KEVA_KNOWLEDGE_BASE_DIR",
        "KEVA_AI_BASE_URL",
        "KEVA_AI_MODEL",
        "KEVA_AI_API_KEY",
        "KEVA_AI_API_KEY_FILE",
        "KEVA_AI_VERIFIER_MODEL",
        "KEVA_AI_VERIFIER_BASE_URL",
        "KEVA_AI_VERIFIER_API_KEY",
        "KEVA_AI_VERIFIER_API_KEY_FILE",
        "KEVA_AI_RESPONSE_FORMAT",
        "KEVA_AI_TIMEOUT_SECONDS",
        "KEVA_AI_MAX_OUTPUT_TOKENS",
        "KEVA_AI_MAX_SEGMENTS",
        "KEVA_AI_MAX_DRAFTS",
        "KEVA_AI_EMBEDDING",
    ),
    "console": ("KEVA_DEFAULT_REGION", "KEVA_TRUSTED_PROXIES"),
    "ticket_service": (
        "KEVA_DEFAULT_REGION",
        "KEVA_AI_PAUSE_SECONDS",
        "KEVA_AI_LONGEST_PAUSE_SECONDS",
        "KEVA_AI_GREETING_WAIT_SECONDS",
        "KEVA_AI_DRAFT_TIMEOUT_SECONDS",
        "KEVA_AI_LEASE_SECONDS",
        "KEVA_AI_GIVE_UP_SECONDS",
        "KEVA_AUDIT_ANCHOR_SECONDS",
        "KEVA_AUDIT_ANCHORS_FILE",
    ),
    "sms_service": (
        "KEVA_DEFAULT_REGION",
        "KEVA_BACKFILL_INTERVAL_SECONDS",
        "KEVA_BACKFILL_GRACE_SECONDS",
        "KEVA_BACKFILL_OVERLAP_SECONDS",
        "KEVA_DELIVERY_CHECK_SECONDS",
        "KEVA_MEDIA_MAX_BYTES",
        "KEVA_SEND_LEASE_SECONDS",
        "KEVA_SEND_SETTLE_SECONDS",
        "KEVA_TWILIO_MEDIA_HOSTS",
        "KEVA_TWILIO_TIMEOUT_SECONDS",
    ),
}
_DRAIN_SECONDS = "3"
SAMPLE_KNOWLEDGE_BASE = ROOT / "dev" / "knowledge_base"


@dataclass(frozen=True)
class Overrides:
    """What the caller's environment may change; nothing else of KEVA_* reaches the services.

    KEVA_MONGODB_URI: a replica set to use, so that no mongod is started. KEVA_MONGOD_CACHE_GB: how much of its data the
    mongod that is started keeps in memory (0.25). KEVA_TWILIO_API_URL, with KEVA_TWILIO_MESSAGING_URL: a Twilio to use,
    so that no simulator is started. KEVA_RESPONDER_SERVICE: a responder to use, so that responder_service is not
    started. KEVA_KNOWLEDGE_BASE_DIR and KEVA_AI_*: as responder_service takes them; without them it answers from the
    sample knowledge base alone. KEVA_BACKFILL_*, KEVA_SEND_*, KEVA_DELIVERY_CHECK_SECONDS, KEVA_TWILIO_TIMEOUT_SECONDS:
    as sms_service takes them. KEVA_LOST_KEY_IDS: as credentials_service takes it. KEVA_TRUSTED_PROXIES: as the gateway
    takes them. KEVA_PUBLIC_URL: how Twilio reaches the gateway. KEVA_DEFAULT_REGION, KEVA_LOG_LEVEL,
    KEVA_DRAIN_SECONDS, KEVA_REFLECTION, KEVA_RPC_POLICY_…: as the services take them.
    """

    environment: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        """The value of `name`; an empty one counts as absent."""
        return self.environment.get(name) or None

    @property
    def knowledge_base(self) -> str | None:
        """The folder of the articles that responder_service answers from; None where another responder answers."""
        own = Path(self.get("KEVA_KNOWLEDGE_BASE_DIR") or SAMPLE_KNOWLEDGE_BASE).absolute()
        return None if self.get("KEVA_RESPONDER_SERVICE") else str(own)

    def given(self, *names: str) -> dict[str, str]:
        """Those of `names` that have a value."""
        return {name: value for name in names if (value := self.get(name))}


@dataclass(frozen=True)
class Layout:
    """The port of each process, by its name, the one where probes ask a service's, the one where its metrics are read,
    of those that have some, and the one where those that speak HTTP take calls over gRPC, too."""

    ports: Mapping[str, int]
    health_ports: Mapping[str, int] = field(default_factory=dict)
    metrics_ports: Mapping[str, int] = field(default_factory=dict)
    grpc_ports: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def choose(
        cls,
        replicas: Mapping[str, int],
        fixed_ports: bool,
        services: Sequence[str] = SERVICES,
        given: Mapping[str, int] | None = None,
    ) -> "Layout":
        """A free port for each process. `fixed_ports`: the usual ones, for those that are free. `given`: ports that are
        taken as they are, by the process's name."""
        names = {service: _replicas(service, replicas.get(service, 1)) for service in services}
        every = ["mongod", "twilio_simulator", *(name for of_one in names.values() for name in of_one)]
        preferred = {name: USUAL.get(name.removesuffix("-1")) if fixed_ports else None for name in every}
        ports = {name: (given or {}).get(name) or free_port(preferred[name]) for name in every}
        health_ports, metrics_ports, grpc_ports = {}, {}, {}
        for service, of_one in names.items():
            for name in of_one:
                usual = process(service).health_port if fixed_ports and name == service else None
                health_ports[name] = free_port(usual)
                if process(service).has_metrics:
                    metrics_ports[name] = free_port(None)
                if grpc_port := process(service).grpc_port:
                    grpc_ports[name] = free_port(grpc_port if fixed_ports and name == service else None)
        return cls(ports, health_ports, metrics_ports, grpc_ports)

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
        """All of the service's processes, as KEVA_*_SERVICE takes them: where they take calls over gRPC."""
        ports = {**self.ports, **self.grpc_ports}
        return ",".join(f"127.0.0.1:{ports[name]}" for name in self.names(service))

    def urls(self, service: str) -> list[str]:
        """http://host:port of each of the service's processes."""
        return [f"http://{address}" for address in self.addresses(service)]


@dataclass(frozen=True)
class Wiring:
    """What the services are told beyond their addresses."""

    layout: Layout
    # By service, of those that have a database.
    mongodb_uris: Mapping[str, str]
    twilio_api_url: str
    twilio_messaging_url: str | None
    public_url: str
    console_url: str
    key_ring: Path
    audit_keys: Path
    active_audit_key_id: str
    tls: Path
    overrides: Overrides

    def environment(self, service: str, name: str) -> dict[str, str]:
        """The whole environment of the process `name` of `service`: what it needs and nothing else, so that the
        gateway, for one, has neither keys nor a database."""
        address = f"127.0.0.1:{self.layout.ports[name]}"
        own = {
            process(service).listen_setting: address,
            "KEVA_HEALTH_LISTEN": self.layout.health_address(name),
            "KEVA_TLS_DIR": str(self.tls / service),
        }
        if name in self.layout.grpc_ports:
            own["KEVA_GRPC_LISTEN"] = f"127.0.0.1:{self.layout.grpc_ports[name]}"
        if name in self.layout.metrics_ports:
            own["KEVA_METRICS_LISTEN"] = f"127.0.0.1:{self.layout.metrics_ports[name]}"
        return {**base_environment(), **self._settings(service), **self._passed_on(), **own}

    def _passed_on(self) -> dict[str, str]:
        return {"KEVA_DRAIN_SECONDS": _DRAIN_SECONDS, **self.overrides.given(*_PASSED_ON)}

    def _settings(self, service: str) -> dict[str, str]:
        known = process(service)
        database = {"KEVA_MONGODB_URI": self.mongodb_uris[service]} if known.database else {}
        return (
            database | self._peers(*known.calls) | self._own(service) | self.overrides.given(*_TAKEN.get(service, ()))
        )

    def _own(self, service: str) -> dict[str, str]:
        """What no other service has."""
        public = {"KEVA_PUBLIC_URL": self.public_url}
        if service == "credentials_service":
            return {"KEVA_KEY_RING_DIR": str(self.key_ring)}
        if service == "responder_service":
            return {"KEVA_KNOWLEDGE_BASE_DIR": str(SAMPLE_KNOWLEDGE_BASE)}
        if service == "ticket_service":
            keys = {"KEVA_AUDIT_KEYS_DIR": str(self.audit_keys)}
            return keys | {"KEVA_ACTIVE_AUDIT_KEY_ID": self.active_audit_key_id}
        if service == "sms_service":
            twilio = {"KEVA_TWILIO_API_URL": self.twilio_api_url}
            if self.twilio_messaging_url:
                twilio["KEVA_TWILIO_MESSAGING_URL"] = self.twilio_messaging_url
            if not self.overrides.get("KEVA_TWILIO_API_URL"):
                twilio["KEVA_TWILIO_MEDIA_HOSTS"] = MEDIA_HOST
            return public | twilio
        if service == "console":
            return public | {"KEVA_CONSOLE_URL": self.console_url}
        return public if service == "gateway" else {}

    def _peers(self, *services: str) -> dict[str, str]:
        names = {f"KEVA_{service.upper()}": service for service in services}
        # Somebody else's responder is the only peer that may be elsewhere.
        elsewhere = self.overrides.given("KEVA_RESPONDER_SERVICE")
        return {name: elsewhere.get(name) or self.layout.address(service) for name, service in names.items()}


def _replicas(service: str, count: int) -> list[str]:
    return [service] if count == 1 else [f"{service}-{number}" for number in range(1, count + 1)]


def base_environment() -> dict[str, str]:
    """What any program needs of the caller's environment, and this checkout as the place where Python looks first."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    python_path = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    python = {"PYTHONPATH": os.pathsep.join(python_path), "PYTHONSAFEPATH": "1", "PYTHONUNBUFFERED": "1"}
    return {**kept, **python}


def python_module(module: str, *arguments: str) -> list[str]:
    """The command that runs a module of this project with this Python."""
    return [sys.executable, "-m", module, *arguments]
