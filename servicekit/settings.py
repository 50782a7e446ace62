"""Settings: environment variables with the prefix KEVA_, typed, read once, every mistake reported at once. Any of them
can be given as a file instead: KEVA_<NAME>_FILE holds the path (a mounted Kubernetes secret)."""

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from servicekit.addresses import split_address
from servicekit.http.sources import Network, parse_networks
from servicekit.rpc import certificates, rpc_policy

PREFIX = "KEVA_"
# Mistakes after which it helps to read what the setting is, by pydantic's names for them.
_EXPLAINED = {"missing": "must be set", "string_pattern_mismatch": "has the wrong form"}
_PYDANTICS_OPENING = re.compile(r"^Input should ")


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
    """The settings of every process."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="The least severe log lines to write"
    )
    drain_seconds: float = Field(
        10, ge=0, le=300, description="How long, in seconds, running requests may take to finish after SIGTERM"
    )
    health_listen: str = Field(
        "0.0.0.0:8081",
        description="`host:port` for probes over HTTP: `/healthz` (is it alive?) and `/readyz` (does it take work?). "
        "Need not be public",
    )
    tls_dir: Path = Field(
        description="Folder with this process's certificate, `tls.crt`, its key, `tls.key`, and the authority that it "
        "trusts, `ca.crt`. Renewed files are taken up without a restart"
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
    """The settings of every process that strangers reach over HTTP."""

    http_listen: str = Field("0.0.0.0:8080", description="`host:port` that takes requests over HTTP")
    metrics_listen: str = Field(
        "", description="`host:port` where Prometheus reads metrics over HTTP. If empty, there are none"
    )
    trusted_proxies: str = Field(
        "",
        description="Addresses and networks (CIDR), separated by commas, of the proxies in front of the process: their "
        "X-Forwarded-For header is believed",
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
        """`trusted_proxies`, parsed."""
        return parse_networks(self.trusted_proxies)


class GrpcSettings(ServiceSettings):
    """The settings of every gRPC service."""

    grpc_listen: str = Field("0.0.0.0:50051", description="`host:port` that the gRPC server listens on")
    reflection: bool = Field(
        True, description="Whether the server tells callers which RPCs it has (gRPC server reflection)"
    )
    rpc_policy_file: Path | None = Field(
        None,
        description="File that says which caller may call which RPC, in place of `servicekit/rpc/rpc_policy.yaml`",
    )

    rpc_policy_overlay_file: Path | None = Field(
        None,
        description="File that lets callers of your own call RPCs, in addition to that one "
        "([security](security.md#callers-of-your-own))",
    )

    @field_validator("rpc_policy_file")
    @classmethod
    def _is_policy(cls, value: Path | None) -> Path | None:
        rpc_policy.load(value)
        return value

    @field_validator("rpc_policy_overlay_file")
    @classmethod
    def _is_overlay(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        # The other file's own mistakes are reported by itself.
        rpc_policy.load(info.data.get("rpc_policy_file"), value)
        return value

    @property
    def policy(self) -> rpc_policy.RpcPolicy:
        """Which caller may call which RPC, by both files."""
        return rpc_policy.load(self.rpc_policy_file, self.rpc_policy_overlay_file)


class MongoSettings(GrpcSettings):
    """The settings of every gRPC service with a database."""

    mongodb_uri: str = Field(description="Connection string of a MongoDB replica set", repr=False)


Settings = TypeVar("Settings", bound=ServiceSettings)


def load(settings: type[Settings]) -> Settings:
    """The settings from the environment. Ends the process with status 2 after naming all that is wrong or missing."""
    try:
        return settings()
    except ValidationError as error:
        print("Settings are wrong or missing (see docs/settings.md):", file=sys.stderr)
        for problem in error.errors(include_url=False, include_context=False):
            print(f"  {_mistake(problem, settings)}", file=sys.stderr)
        raise SystemExit(2) from None


def _mistake(problem: ErrorDetails, settings: type[ServiceSettings]) -> str:
    """One line about one setting, without its value, which may be a secret; about several, if they contradict each
    other: their names are in the message then."""
    if isinstance(problem["input"], _Unreadable):
        return problem["input"].problem
    message = problem["msg"].removeprefix("Value error, ")
    if not problem["loc"]:
        return message
    field = str(problem["loc"][0])
    if problem["type"] in _EXPLAINED:
        message = f"{_EXPLAINED[problem['type']]}. {settings.model_fields[field].description}"
    return f"{PREFIX}{field.upper()}: {_PYDANTICS_OPENING.sub('must ', message)}"
