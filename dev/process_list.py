"""Every process of the product, once; `python -m dev.process_list` prints the packages.

A new one is an entry here, a folder with `settings.py` and `__main__.py`, and its manifests. What cannot be read from
here (pyproject.toml, deploy/) is compared by tests/test_process_list.py and tests/deploy, which name what is missing.
"""

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from servicekit.settings import ServiceSettings


@dataclass(frozen=True)
class Process:
    """`name` is its package, and its identity in certificates; `port` is where it usually takes work on one machine.
    `calls` are the processes whose addresses it needs."""

    name: str
    port: int
    speaks: Literal["grpc", "http"] = "grpc"
    calls: tuple[str, ...] = ()
    # The name of its database, if it has one.
    database: str = ""
    has_metrics: bool = False
    # Where one that speaks HTTP takes operators' calls over gRPC, too.
    grpc_port: int | None = None
    # Where probes ask on one machine, if somebody expects it at a usual port.
    health_port: int | None = None

    @property
    def has_database(self) -> bool:
        """Whether it keeps anything."""
        return bool(self.database)

    @property
    def listen_setting(self) -> str:
        """The environment variable with the address that it takes work at."""
        return f"KEVA_{self.speaks.upper()}_LISTEN"

    @property
    def object_name(self) -> str:
        """What its Kubernetes objects and its container are called: those names have no underscore."""
        return self.name.replace("_", "-")

    def settings(self) -> "type[ServiceSettings]":
        """Its settings: the one class of them in its `settings.py`."""
        # Not above: whoever wants the list alone would wait for pydantic.
        from servicekit.settings import ServiceSettings  # noqa: PLC0415

        module = importlib.import_module(f"{self.name}.settings")
        own = [value for value in vars(module).values() if getattr(value, "__module__", "") == module.__name__]
        [found] = [value for value in own if isinstance(value, type) and issubclass(value, ServiceSettings)]
        return found


# The order of starting: whoever is needed comes first, as far as that is possible.
PROCESSES = (
    Process("credentials_service", 50053, calls=("ticket_service",), database="keva_credentials"),
    Process("responder_service", 50054),
    Process(
        "ticket_service",
        50051,
        calls=("sms_service", "responder_service"),
        database="keva_tickets",
        has_metrics=True,
    ),
    Process(
        "sms_service", 50052, calls=("credentials_service", "ticket_service"), database="keva_sms", has_metrics=True
    ),
    Process(
        "gateway", 8080, speaks="http", calls=("ticket_service", "sms_service"), has_metrics=True, health_port=8081
    ),
    Process(
        "console",
        8070,
        speaks="http",
        calls=("ticket_service", "sms_service", "credentials_service", "responder_service"),
        database="keva_console",
        has_metrics=True,
        grpc_port=50055,
    ),
)
SERVICES = tuple(process.name for process in PROCESSES)
# All packages whose source is ours: those of processes, what they share, and the tools.
PACKAGES = (*SERVICES, "servicekit", "client", "cli", "dev")


def process(name: str) -> Process:
    """The one of that name. Raises KeyError."""
    for found in PROCESSES:
        if found.name == name:
            return found
    raise KeyError(name)


if __name__ == "__main__":
    print(*PACKAGES)
