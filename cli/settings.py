"""Whom a command acts for and where the services are: options, then the environment, then `.keva/stack.json` of the
working folder (the local stack writes it while it runs), then defaults."""

import getpass
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cli import stack_file
from client.failure import unusable
from servicekit.rpc.request_context import Actor, parse_actor

WEBHOOK_PATH = "/api/webhooks/twilio"


@dataclass(frozen=True)
class Source:
    """Where one setting comes from: the option, else the environment variable, else a key of stack.json, else the
    default. Option and key are empty where there is none."""

    variable: str
    # With the word that stands for its value.
    option: str
    # For help and documentation.
    meaning: str
    default: str = ""
    stack_key: str = ""


SOURCES = {
    "organization": Source("KEVA_ORGANIZATION", "--organization ID", "The organization", "default"),
    "workspace": Source("KEVA_WORKSPACE", "--workspace ID", "The workspace", "default"),
    "actor": Source(
        "KEVA_ACTOR", "--as ACTOR", "Who acts: an agent by e-mail address or id; without it, you as an operator"
    ),
    "ticket_service": Source(
        "KEVA_TICKET_SERVICE",
        "--ticket-service ADDRESS",
        "Where ticket_service is",
        "127.0.0.1:50051",
        "ticket_service",
    ),
    "sms_service": Source(
        "KEVA_SMS_SERVICE", "--sms-service ADDRESS", "Where sms_service is", "127.0.0.1:50052", "sms_service"
    ),
    "credentials_service": Source(
        "KEVA_CREDENTIALS_SERVICE",
        "--credentials-service ADDRESS",
        "Where credentials_service is",
        "127.0.0.1:50053",
        "credentials_service",
    ),
    "responder_service": Source(
        "KEVA_RESPONDER_SERVICE",
        "--responder-service ADDRESS",
        "Where the responder is",
        "127.0.0.1:50054",
        "responder_service",
    ),
    "console_service": Source(
        "KEVA_CONSOLE_SERVICE",
        "--console-service ADDRESS",
        "Where the console takes operators' calls; empty where there is none",
        stack_key="console_service",
    ),
    "tls_dir": Source(
        "KEVA_TLS_DIR",
        "--tls-dir FOLDER",
        "The folder with your certificate: ca.crt, tls.crt, tls.key",
        stack_key="tls_dir",
    ),
    "gateway_health": Source(
        "KEVA_GATEWAY_HEALTH_URL",
        "--gateway-health URL",
        "Where the gateway says whether it is ready",
        "http://127.0.0.1:8081",
        "gateway_health",
    ),
    "simulator": Source(
        "KEVA_SIMULATOR_URL",
        "--simulator URL",
        "Where the Twilio simulator is",
        "http://127.0.0.1:8090",
        "simulator",
    ),
    "simulator_token": Source(
        "KEVA_SIMULATOR_TOKEN",
        "",
        "The token that callers of its control API must show",
        stack_key="simulator_token",
    ),
    "knowledge_base": Source(
        "KEVA_KNOWLEDGE_BASE_DIR",
        "",
        "The folder in which `keva kb search` looks for a workspace's articles",
        stack_key="knowledge_base",
    ),
    "public_url": Source(
        "KEVA_PUBLIC_URL", "", "The gateway's public address, to be shown in advice", stack_key="public_url"
    ),
    "region": Source(
        "KEVA_DEFAULT_REGION", "", "The country of phone numbers that are typed without a country code", "US"
    ),
}


@dataclass(frozen=True)
class Settings:
    """All that the options common to every command decide. `region` is what numbers without country code are in;
    `demo_number` is the local stack's, or empty; `sample_articles`: its AI answers from the samples, though its Twilio
    is not a simulator."""

    organization: str
    workspace: str
    actor: Actor
    ticket_service: str
    sms_service: str
    credentials_service: str
    responder_service: str
    console_service: str
    gateway_health: str
    simulator: str
    simulator_token: str = field(repr=False)
    knowledge_base: str
    public_url: str
    tls_dir: str
    region: str
    demo_number: str
    sample_articles: bool
    as_json: bool
    # False: an organization other than the default one is named, whose workspace is to be looked up.
    knows_workspace: bool = True

    @property
    def webhook_url(self) -> str:
        """Where Twilio has to send inbound texts, as far as it is known."""
        return (self.public_url.rstrip("/") or "https://<public address of your gateway>") + WEBHOOK_PATH


def resolve(given: Mapping[str, str | None], as_json: bool) -> Settings:
    """The settings for one command; `given` has what its options say. Raises Failure."""
    stack = stack_file.read()
    values = {name: given.get(name) or _from_surroundings(source, stack) for name, source in SOURCES.items()}
    # A stack that is not reached from outside is texted at its gateway.
    public_url = values.pop("public_url") or str(stack.get("gateway") or "")
    actor = _actor(values.pop("actor"))
    demo = stack.get("demo") or {}
    samples = bool(stack.get("sample_articles")) and not stack.get("simulator")
    sample_articles = samples and values["responder_service"] == stack.get("responder_service")
    return Settings(
        **values,
        sample_articles=sample_articles,
        actor=actor,
        public_url=public_url,
        demo_number=str(demo.get("phone_number", "")),
        as_json=as_json,
        knows_workspace=_knows_workspace(given, str(values["organization"])),
    )


def _knows_workspace(given: Mapping[str, str | None], organization: str) -> bool:
    named = given.get("workspace") or os.environ.get(SOURCES["workspace"].variable)
    return bool(named) or organization == SOURCES["organization"].default


def _from_surroundings(source: Source, stack: Mapping[str, Any]) -> str:
    return os.environ.get(source.variable) or str(stack.get(source.stack_key) or "") or source.default


def _actor(text: str) -> Actor:
    if not text:
        return operator()
    # It knows messages of the API, which keva --help and --version need none of.
    from client.words.actors import ME, names_agent  # noqa: PLC0415

    actor = parse_actor(f"agent:{text}" if ":" not in text and names_agent(text) else text)
    if actor is None or actor.kind == "service" or actor.id == ME:
        raise unusable(f"Nobody can act as {text!r}.", "Write --as with an agent's e-mail address or id (agt_…).")
    return actor


def operator() -> Actor:
    """Whoever is logged in, as an operator."""
    return Actor("operator", _user())


def _user() -> str:
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        # A container's user may have a number and no name.
        name = f"uid-{os.getuid()}"
    return re.sub(r"[^A-Za-z0-9._:@+-]", "_", name)[:128] or "unknown"
