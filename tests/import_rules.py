"""The house's import rules as a checker: a module's source in, the rules that it breaks out."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

SERVICES = frozenset({"gateway", "ticket_service", "sms_service", "credentials_service", "responder_service"})
_DOMAIN = {
    "ticket_service": {"ticket", "customer", "channel", "message", "audit", "consent", "ingest_plan"},
    "sms_service": {"inbound", "delivery", "webhook_signature", "credential"},
    "credentials_service": {"credential"},
}
# What a domain module may import beside the standard library: its siblings, its errors, and pure rules that two
# services share.
_PURE = {
    "ticket_service": {"errors"},
    "sms_service": {"twilio_errors", "provider"},
    "credentials_service": {"errors"},
}
_PURE_SERVICEKIT = {"servicekit.errors", "servicekit.phone_numbers"}
_NAMELESS = {"utils", "util", "helpers", "common", "base", "misc"}
# Modules that may know protobuf messages.
_TRANSLATORS = ("convert", "servicer", "client", "__main__", "relay")
MOST_FUNCTION_LINES, MOST_MODULE_LINES = 45, 300


def broken_rules(path: str, source: str) -> list[str]:
    """What the module at `path` (as `package/module.py`) does that it must not."""
    tree = ast.parse(source)
    return [*_wrong_imports(Path(path), tree), *_wrong_sizes(Path(path), source, tree)]


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _wrong_imports(path: Path, tree: ast.Module) -> Iterator[str]:
    package, module = path.parts[0], path.stem
    for name in _imports(tree):
        head = name.partition(".")[0]
        if head in SERVICES and package in SERVICES and head != package:
            yield f"{path}: {package} imports {name}; services meet in protos/"
        if package == "servicekit" and head in {*SERVICES, "cli", "dev", "keva"}:
            yield f"{path}: servicekit imports {name}"
        if head in {"dev", "tests"} and package not in {"dev", "tests", "cli"}:
            yield f"{path}: the product imports {name}"
        if (
            head == "motor"
            and package != "tests"
            and (package not in SERVICES or module not in {"mongo_store", "__main__"})
        ):
            yield f"{path}: imports motor; only mongo_store knows the driver"
        if package == "gateway" and head in {"motor", "pymongo", "bson", "twilio"}:
            yield f"{path}: the gateway imports {name}"
        if head in {"mongomock", "mongomock_motor"} or name.startswith("unittest.mock"):
            yield f"{path}: imports {name}; tests run on real parts"
        yield from _wrong_in_service(path, package, module, name, head)


def _wrong_in_service(path: Path, package: str, module: str, name: str, head: str) -> Iterator[str]:
    if package not in SERVICES:
        return
    if name.startswith(f"{package}.mongo_") and not module.startswith("mongo_") and module != "__main__":
        yield f"{path}: imports {name}; only mongo_*.py know documents"
    if head == "keva" and not any(word in module for word in _TRANSLATORS):
        yield f"{path}: imports {name}; only convert, servicers and clients know protobuf"
    if module in _DOMAIN.get(package, ()) and not _is_pure(package, name, head):
        yield f"{path}: a domain module imports {name}"


def _is_pure(package: str, name: str, head: str) -> bool:
    if head in sys.stdlib_module_names or any(
        name.startswith(allowed) for allowed in _PURE_SERVICEKIT | {"servicekit"}
    ):
        return head != "servicekit" or any(name.startswith(allowed) for allowed in _PURE_SERVICEKIT)
    siblings = _DOMAIN[package] | _PURE[package]
    return head == package and any(
        name == f"{package}.{sibling}" or name.startswith(f"{package}.{sibling}.") for sibling in siblings
    )


def _wrong_sizes(path: Path, source: str, tree: ast.Module) -> Iterator[str]:
    if path.stem in _NAMELESS:
        yield f"{path}: a name that says nothing"
    if path.parts[0] == "tests":
        return
    lines = source.count("\n")
    if lines > MOST_MODULE_LINES:
        yield f"{path}: {lines} lines"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            if size > MOST_FUNCTION_LINES:
                yield f"{path}: {node.name} has {size} lines"
