"""A whole Keva on this machine: mongod, the Twilio simulator and the services, each as a process of its own."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from dev.local_stack import certificates, mongod, ports
from dev.local_stack.layout import Layout, Overrides, Wiring, base_environment, python_module
from dev.local_stack.readiness import http_ok
from dev.local_stack.state import ADMINISTRATOR, StateFolder
from dev.local_stack.supervisor import Program, Supervisor
from dev.process_list import PROCESSES, SERVICES, process
from dev.twilio_simulator.control.connection import CONTROL_SETTING
from dev.twilio_simulator.phone_page.page import PATH as PHONE_PATH
from servicekit.rpc import identity

SIMULATOR = "twilio_simulator"


class LocalStack:
    """Starts everything on entering `async with`, ends it in reverse order on leaving.

    `folder` gets `.keva/`; `supervisor` runs the processes, and has none yet; `environment` is where `Overrides` are
    looked for; `replicas` says how many processes of a service to run (named `ticket_service-1`, `ticket_service-2`),
    one unless given; `settings` adds to the environment of a service, by the service's name; `simulator_arguments` go
    to the simulator's command line; `prepare_twilio` is awaited once it runs, before services start; `fixed_ports`
    prefers the usual ports to any free ones, and `moved_ports` has what that was not possible for.
    """

    def __init__(
        self,
        folder: Path,
        supervisor: Supervisor,
        *,
        environment: Mapping[str, str] | None = None,
        replicas: Mapping[str, int] | None = None,
        settings: Mapping[str, Mapping[str, str]] | None = None,
        simulator_arguments: Sequence[str] = (),
        prepare_twilio: Callable[["LocalStack"], Coroutine[Any, Any, None]] | None = None,
        fixed_ports: bool = False,
    ) -> None:
        self.state = StateFolder(folder)
        self.supervisor = supervisor
        self._overrides = Overrides(environment or {})
        self._replicas = replicas or {}
        self._settings = settings or {}
        self._simulator_arguments = simulator_arguments
        self._prepare_twilio = prepare_twilio
        self._fixed_ports = fixed_ports
        self._layout: Layout | None = None
        self.moved_ports: Sequence[ports.Moved] = ()

    async def __aenter__(self) -> Self:
        """Raises StackError when something does not start; nothing is left running then."""
        self.state.take()
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise
        self.publish()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Ends all in reverse order, in bounded time. Doing it twice is not an error."""
        try:
            await self.supervisor.stop_all()
        finally:
            self.state.release()

    async def restart(self, name: str) -> None:
        """Ends the process, unless it is gone already, starts it again on its address and waits until it is ready."""
        await self.supervisor.restart(name)

    async def kill(self, name: str) -> None:
        """SIGKILL, as a crash would be; it stays away until `restart`."""
        await self.supervisor.kill(name)

    def pause(self, name: str) -> None:
        """Freezes the process (SIGSTOP): its connections stay, and nothing is answered."""
        self.supervisor.pause(name)

    def resume(self, name: str) -> None:
        """Ends `pause`."""
        self.supervisor.resume(name)

    @property
    def layout(self) -> Layout:
        """Who listens where."""
        if self._layout is None:
            raise RuntimeError("the stack has not been started")
        return self._layout

    @property
    def mongodb_uri(self) -> str:
        """All databases, for tools: with all rights, unless it is the caller's own."""
        return self.database_uri(ADMINISTRATOR)

    @property
    def mongodb_address(self) -> str:
        """Where the mongod of the stack is, and where its passwords are: for people to read."""
        return f"127.0.0.1:{self.layout.ports['mongod']}, passwords in {self.state.passwords}"

    def database_uri(self, user: str) -> str:
        """The databases as `user` may use them: a service, or ADMINISTRATOR."""
        return self._overrides.get("KEVA_MONGODB_URI") or mongod.uri(
            self.layout.ports["mongod"], self.state.mongodb_access().users[user]
        )

    @property
    def gateway_url(self) -> str:
        """Where the gateway, or its first replica, listens."""
        return self.layout.urls("gateway")[0]

    @property
    def gateway_health_url(self) -> str:
        """Where it is asked for its health."""
        return f"http://{self.layout.health_address(self.layout.names('gateway')[0])}"

    @property
    def public_url(self) -> str:
        """The gateway as Twilio knows it: the origin in the URLs that Twilio signs."""
        return (self._overrides.get("KEVA_PUBLIC_URL") or self.gateway_url).rstrip("/")

    @property
    def console_url(self) -> str:
        """The console, or its first replica, as people open it."""
        return self.layout.urls("console")[0]

    @property
    def public_url_map(self) -> dict[str, str]:
        """For the simulator: where the public URL's origin really is; empty when it is there."""
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(self.public_url))
        return {} if origin == self.gateway_url else {origin: self.gateway_url}

    @property
    def simulator_url(self) -> str | None:
        """The Twilio simulator; None when the stack uses another Twilio."""
        return self.layout.urls(SIMULATOR)[0] if self.has_simulator else None

    @property
    def simulator_token(self) -> str:
        """What it asks for from whoever orders something of it."""
        return self.state.simulator_token()

    @property
    def has_mongod(self) -> bool:
        """Whether the stack runs a mongod of its own."""
        return self._overrides.get("KEVA_MONGODB_URI") is None

    @property
    def phone_link(self) -> str:
        """Opens the page on which one is the customer, when there is a simulator. The token is behind `#`, and browsers
        send that to nobody."""
        return f"{self.simulator_url}{PHONE_PATH}#{self.simulator_token}"

    @property
    def has_simulator(self) -> bool:
        """Whether the Twilio simulator stands in for Twilio."""
        return self._overrides.get("KEVA_TWILIO_API_URL") is None

    @property
    def responder_address(self) -> str:
        """Who drafts the AI's answers: responder_service, unless the stack uses another responder."""
        return self._overrides.get("KEVA_RESPONDER_SERVICE") or self.layout.address("responder_service")

    def address_of(self, service: str) -> str:
        """Where it is called: host:port of all of its processes, or the URL of the first one where that is HTTP."""
        if service == "responder_service":
            return self.responder_address
        return self.layout.urls(service)[0] if process(service).speaks == "http" else self.layout.address(service)

    @property
    def _services(self) -> list[str]:
        external = self._overrides.get("KEVA_RESPONDER_SERVICE") is not None
        return [service for service in SERVICES if not (external and service == "responder_service")]

    def publish(self, demo: Mapping[str, str] | None = None) -> None:
        """Writes the addresses for the command line. `demo`: account_sid and phone_number of a connected demo."""
        addresses: dict[str, Any] = {
            **{service: self.address_of(service) for service in SERVICES},
            "console_service": self.layout.address("console"),
            "gateway_health": self.gateway_health_url,
            "simulator": self.simulator_url,
            "simulator_token": self.simulator_token if self.has_simulator else None,
            "mongodb_uri": self.mongodb_uri,
            "public_url": self.public_url,
            "tls_dir": str(self.state.tls / identity.OPERATOR),
            "demo": dict(demo) if demo else None,
            "knowledge_base": self._overrides.knowledge_base,
            "sample_articles": not self._overrides.given("KEVA_RESPONDER_SERVICE", "KEVA_KNOWLEDGE_BASE_DIR"),
        }
        self.state.publish(addresses)

    async def _start(self) -> None:
        given = ports.given_ports(self._overrides.environment)
        self._layout = Layout.choose(self._replicas, self._fixed_ports, self._services, given)
        chosen = (self.layout.ports, given, self.layout.health_ports, self.layout.grpc_ports)
        self.moved_ports = ports.moved(*chosen) if self._fixed_ports else ()
        if self._overrides.given("KEVA_PUBLIC_URL", "KEVA_TWILIO_API_URL"):
            ports.require_usual(self.moved_ports)
        certificates.ensure(self.state.tls)
        if self.has_mongod:
            port, access = self.layout.ports["mongod"], self.state.mongodb_access()
            cache_gb = self._overrides.get("KEVA_MONGOD_CACHE_GB") or mongod.CACHE_GB
            program = mongod.program(self.state.mongodb, port, base_environment(), access, cache_gb=cache_gb)
            await self.supervisor.start(program)
        if self.simulator_url is not None:
            await self.supervisor.start(self._simulator(self.simulator_url))
            if self._prepare_twilio is not None:
                await self.supervisor.unless_death(self._prepare_twilio(self))
        self.state.prepare_keys()
        wiring = self._wiring()
        for service in self._services:
            for name in self.layout.names(service):
                await self.supervisor.start(self._service(service, name, wiring))

    def _wiring(self) -> Wiring:
        return Wiring(
            layout=self.layout,
            mongodb_uris={process.name: self.database_uri(process.name) for process in PROCESSES if process.database},
            twilio_api_url=self.simulator_url or str(self._overrides.get("KEVA_TWILIO_API_URL")),
            twilio_messaging_url=self.simulator_url or self._overrides.get("KEVA_TWILIO_MESSAGING_URL"),
            public_url=self.public_url,
            console_url=self.console_url,
            key_ring=self.state.keys,
            audit_keys=self.state.audit_keys,
            active_audit_key_id=self.state.active_audit_key_id(),
            tls=self.state.tls,
            overrides=self._overrides,
        )

    def _simulator(self, url: str) -> Program:
        arguments = ("--port", str(self.layout.ports[SIMULATOR]), *self._simulator_arguments)
        environment = {**base_environment(), CONTROL_SETTING: self.simulator_token}
        command = python_module("dev.twilio_simulator", *arguments)
        return Program(SIMULATOR, command, environment, partial(http_ok, f"{url}/control/health"))

    def _service(self, service: str, name: str, wiring: Wiring) -> Program:
        environment = {**wiring.environment(service, name), **self._settings.get(service, {})}
        ready = partial(http_ok, f"http://{self.layout.health_address(name)}/readyz")
        return Program(name, python_module(service), environment, ready)
