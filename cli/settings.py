"""Whom a command acts for and where the services are: options, then the environment, then `.keva/stack.json` of the
working folder (the local stack writes it while it runs), then defaults."""

import getpass
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from client.failure import unusable
from servicekit.rpc.request_context import Actor, parse_actor

STACK_FILE = Path(".keva") / "stack.json"
WEBHOOK_PATH = "/api/webhooks/twilio"

# Setting: its environment variable, where stack.json has it, and what holds without both.
_SOURCES: dict[str, tuple[str, str, str]] = {
    "organization": ("KEVA_ORGANIZATION", "", "default"),
    "workspace": ("KEVA_WORKSPACE", "", "default"),
    "actor": ("KEVA_ACTOR", "", ""),
    "ticket_service": ("KEVA_TICKET_SERVICE", "ticket_service", "127.0.0.1:50051"),
    "sms_service": ("KEVA_SMS_SERVICE", "sms_service", "127.0.0.1:50052"),
    "credentials_service": ("KEVA_CREDENTIALS_SERVICE", "credentials_service", "127.0.0.1:50053"),
    "responder_service": ("KEVA_RESPONDER_SERVICE", "responder_service", "127.0.0.1:50054"),
    "gateway_health": ("KEVA_GATEWAY_HEALTH_URL", "gateway_health", "http://127.0.0.1:8081"),
    "simulator": ("KEVA_SIMULATOR_URL", "simulator", "http://127.0.0.1:8090"),
    "public_url": ("KEVA_PUBLIC_URL", "public_url", ""),
    "tls_dir": ("KEVA_TLS_DIR", "tls_dir", ""),
    "region": ("KEVA_DEFAULT_REGION", "", "US"),
}


@dataclass(frozen=True)
class Settings:
    """All that the options common to every command decide. `region` is what numbers without country code are in;
    `demo_number` is the local stack's, or empty."""

    organization: str
    workspace: str
    actor: Actor
    ticket_service: str
    sms_service: str
    credentials_service: str
    responder_service: str
    gateway_health: str
    simulator: str
    public_url: str
    tls_dir: str
    region: str
    demo_number: str
    as_json: bool

    @property
    def webhook_url(self) -> str:
        """Where Twilio has to send inbound texts, as far as it is known."""
        return (self.public_url.rstrip("/") or "https://<public address of your gateway>") + WEBHOOK_PATH


def resolve(given: Mapping[str, str | None], as_json: bool) -> Settings:
    """The settings for one command; `given` has what its options say. Raises Failure."""
    stack = _stack_file()
    values = {name: given.get(name) or _from_surroundings(name, stack) for name in _SOURCES}
    # A stack that is not reached from outside is texted at its gateway.
    public_url = values.pop("public_url") or str(stack.get("gateway") or "")
    actor = _actor(values.pop("actor"))
    demo = stack.get("demo") or {}
    return Settings(
        **values, actor=actor, public_url=public_url, demo_number=str(demo.get("phone_number", "")), as_json=as_json
    )


def _from_surroundings(name: str, stack: Mapping[str, Any]) -> str:
    variable, key, default = _SOURCES[name]
    return os.environ.get(variable) or str(stack.get(key) or "") or default


def _stack_file() -> dict[str, Any]:
    try:
        stack = json.loads(STACK_FILE.read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise unusable(
            f"Cannot read {STACK_FILE}: {error}", "Start the local stack again, or remove the file."
        ) from None
    if not isinstance(stack, dict):
        raise unusable(f"{STACK_FILE} is not what the local stack writes.", "Start it again, or remove the file.")
    return stack


def _actor(text: str) -> Actor:
    if not text:
        return Actor("operator", _user())
    actor = parse_actor(text)
    if actor is None or actor.kind == "service":
        raise unusable(f"--as {text!r} names nobody.", "Write --as agent:ID (letters, digits and . _ : @ + -).")
    return actor


def _user() -> str:
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        # A container's user may have a number and no name.
        name = f"uid-{os.getuid()}"
    return re.sub(r"[^A-Za-z0-9._:@+-]", "_", name)[:128] or "unknown"
