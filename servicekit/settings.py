"""Settings: environment variables with the prefix KEVA_, typed, read once, every mistake reported at once. Any of them
can be given as a file instead: KEVA_<NAME>_FILE holds the path (a mounted Kubernetes secret)."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from servicekit.addresses import split_address
from servicekit.http.sources import Network, parse_networks
from servicekit.rpc import certificates, rpc_policy

PREFIX = "KEVA_"


@dataclass(frozen=True)
class _Unreadable:
    """Stands for a setting whose file cannot be read: no field takes it, so it is reported with all other mistakes."""

    problem: str


class _FilesSource(PydanticBaseSettingsSource):
    """Reads KEVA_<NAME>_FILE; an unreadable file is a mistake, not an absent setting. An empty one counts as absent."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        name = f"{PREFIX}{field_name.upper()}_FILE"
        path = os.environ.get(name)
        if not path:
            return None, field_name, False
        try:
            return Path(path).read_text(encoding="utf-8").strip() or None, field_name, False
        except OSError as error:
            return _Unreadable(f"{name}: cannot read {path}: {error.strerror}"), field_name, False
        except UnicodeDecodeError:
            return _Unreadable(f"{name}: {path} is not UTF-8"), field_name, False

    def __call__(self) -> dict[str, Any]:
        values = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in values.items() if value is not None}


class ServiceSettings(BaseSettings):
    """What every process is told."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Least severe line logged")
    drain_seconds: float = Field(10, ge=0, le=300, description="Time that running requests get on SIGTERM")
    health_listen: str = Field(
        "0.0.0.0:8081",
        description="host:port where probes ask over HTTP: /healthz and /readyz; need not be public",
    )
    tls_dir: Path = Field(
        description="Folder with tls.crt, tls.key and ca.crt: this process's certificate, and whom it trusts"
    )

    @field_validator("health_listen")
    @classmethod
    def _is_address(cls, value: str) -> str:
        split_address(value)
        return value

    @field_validator("tls_dir")
    @classmethod
    def _has_certificates(cls, value: Path) -> Path:
        certificates.require_unexpired(certificates.read(value), value)
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Values given by the caller, then the environment, then files."""
        return init_settings, env_settings, _FilesSource(settings_cls)


class HttpSettings(ServiceSettings):
    """What every process that strangers reach over HTTP is told."""

    http_listen: str = Field("0.0.0.0:8080", description="host:port that requests come to over HTTP")
    metrics_listen: str = Field("", description="host:port where Prometheus reads metrics over HTTP; empty: nowhere")
    trusted_proxies: str = Field(
        "", description="Addresses and CIDR networks, with commas, of proxies whose X-Forwarded-For is believed"
    )

    @field_validator("http_listen", "metrics_listen")
    @classmethod
    def _listens(cls, value: str) -> str:
        if value:
            split_address(value)
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        parse_networks(value)
        return value

    @property
    def trusted_networks(self) -> list[Network]:
        """The proxies."""
        return parse_networks(self.trusted_proxies)


class GrpcSettings(ServiceSettings):
    """What every gRPC service is told."""

    grpc_listen: str = Field("0.0.0.0:50051", description="host:port that the gRPC server listens on")
    reflection: bool = Field(True, description="Whether gRPC server reflection is on")
    rpc_policy_file: Path | None = Field(
        None, description="Which caller may call which RPC, if not as in servicekit/rpc/rpc_policy.yaml"
    )

    @field_validator("rpc_policy_file")
    @classmethod
    def _is_policy(cls, value: Path | None) -> Path | None:
        rpc_policy.load(value)
        return value


class MongoSettings(GrpcSettings):
    """What a gRPC service with a database is told."""

    mongodb_uri: str = Field(description="MongoDB connection string of a replica set", repr=False)


Settings = TypeVar("Settings", bound=ServiceSettings)


def load(settings: type[Settings]) -> Settings:
    """The settings from the environment. Ends the process with status 2 after naming all that is wrong or missing."""
    try:
        return settings()
    except ValidationError as error:
        print("Settings are wrong or missing:", file=sys.stderr)
        for problem in error.errors(include_url=False, include_context=False):
            print(f"  {_mistake(problem)}", file=sys.stderr)
        raise SystemExit(2) from None


def _mistake(problem: ErrorDetails) -> str:
    """One line about one setting, without its value, which may be a secret."""
    if isinstance(problem["input"], _Unreadable):
        return problem["input"].problem
    name = PREFIX + "_".join(str(part) for part in problem["loc"]).upper()
    return f"{name}: {problem['msg'].removeprefix('Value error, ')}"
