"""Every reason that a service gives is in its package's error_reason.proto: callers branch on them."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.process_list import PROCESSES

ROOT = Path(__file__).parents[1]
_RAISED = {
    "InvalidArgument",
    "NotFound",
    "AlreadyExists",
    "FailedPrecondition",
    "PermissionDenied",
    "Aborted",
    "ResourceExhausted",
    "Unavailable",
    "Internal",
    "Refused",
    "RefusedText",
    "WebhookRefused",
}
# Files and folders of servicekit that a gRPC service does not use (no edge, shared calls, streams, numbers, lists,
# database).
_NOT_USED: dict[str, tuple[str, ...]] = {
    "ticket_service": ("http/", "gathering.py"),
    "sms_service": ("http/", "gathering.py", "rpc/streams.py", "mongo/turnstile.py"),
    "credentials_service": ("http/", "gathering.py", "rpc/streams.py", "phone_numbers.py", "mongo/turnstile.py"),
    "responder_service": ("http/", "gathering.py", "rpc/streams.py", "phone_numbers.py", "paging.py", "mongo/"),
}
# What a caller makes of a peer that does not answer; services translate it before it goes on.
_NEVER_LEAVES = {"PEER_UNAVAILABLE"}


def _reasons(folder: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            reason = node.args[0].value
            if name in _RAISED and isinstance(reason, str):
                yield reason, file.relative_to(folder).as_posix()


@pytest.mark.parametrize("service", [process.name for process in PROCESSES if process.speaks == "grpc"])
def test_every_reason_is_listed(service: str) -> None:
    known = importlib.import_module(f"keva.{service.removesuffix('_service')}.v1.error_reason_pb2").ErrorReason.keys()
    own = set(_reasons(ROOT / service))
    shared = {
        (reason, file)
        for reason, file in _reasons(ROOT / "servicekit")
        if not file.startswith(_NOT_USED.get(service, ()))
    }

    assert own
    assert [r for r, _ in own | shared if f"ERROR_REASON_{r}" not in known and r not in _NEVER_LEAVES] == []
