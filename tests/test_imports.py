"""The house rules on imports, sizes and names that import-linter cannot say, checked by reading the source. What it can
say is in pyproject.toml (tests/test_contracts.py)."""

import ast
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest

from dev.process_list import PACKAGES, SERVICES

ROOT = Path(__file__).resolve().parents[1]
MAX_FUNCTION_LINES = 45
MAX_MODULE_LINES = 300
MAX_FILES_IN_A_FOLDER = 20


@dataclass(frozen=True)
class Import:
    """One import: the module that is imported, and whether it is left out until a function needs it."""

    module: str
    lazy: bool = False

    def is_of(self, *packages: str) -> bool:
        """Whether it is one of `packages`, or within one."""
        return any(self.module == package or self.module.startswith(package + ".") for package in packages)


@dataclass(frozen=True)
class Module:
    """A source file: `ticket_service/domain/ticket.py` is package ticket_service and name ticket."""

    path: str
    source: str

    @property
    def package(self) -> str:
        return self.path.split("/", maxsplit=1)[0]

    @property
    def name(self) -> str:
        return Path(self.path).stem

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    def imports(self) -> Iterator[Import]:
        """All imports; `from a import b` counts as a and as a.b, since b may be a module."""
        yield from self._imports(self.tree, lazy=False)

    def _imports(self, node: ast.AST, lazy: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                yield from (Import(alias.name, lazy) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                base = ".".join(part for part in ("." * child.level, child.module) if part)
                yield Import(base, lazy)
                yield from (Import(f"{base}.{alias.name}", lazy) for alias in child.names)
            else:
                in_function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
                yield from self._imports(child, lazy or in_function or _is_for_types(child))


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


Rule = Callable[[Module], Iterator[str]]


def cli_imports_tools_and_services_in_functions_alone(module: Module) -> Iterator[str]:
    """What a production image lacks, and what takes longer to import than most commands take as a whole."""
    if module.package == "cli":
        yield from (found.module for found in module.imports() if found.is_of("dev", *SERVICES) and not found.lazy)


def domain_imports_the_standard_library_only(module: Module) -> Iterator[str]:
    if "domain" in Path(module.path).parent.parts:
        own = module.path.split("/domain/", maxsplit=1)[0].replace("/", ".")
        for found in module.imports():
            standard = found.module.split(".", maxsplit=1)[0] in sys.stdlib_module_names
            if not (standard or found.is_of(f"{own}.domain")):
                yield found.module


def only_the_edge_knows_protobuf(module: Module) -> Iterator[str]:
    edge = ("convert*", "*servicer", "__main__", "*_client", "servicers")
    folders = Path(module.path).parent.parts
    # The console shows what the services say, as the command line does; what it keeps of its own is plain.
    free = "rpc" in folders or (module.package == "console" and "mongo" not in folders)
    if module.package in SERVICES and not free and not any(fnmatch(module.name, pattern) for pattern in edge):
        yield from (found.module for found in module.imports() if found.is_of("keva"))


def imports_are_absolute(module: Module) -> Iterator[str]:
    yield from (found.module for found in module.imports() if found.module.startswith("."))


def functions_are_short(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            if lines > MAX_FUNCTION_LINES:
                yield f"{node.name}, {lines} lines"


def modules_are_short(module: Module) -> Iterator[str]:
    lines = len(module.source.splitlines())
    if lines > MAX_MODULE_LINES:
        yield f"{lines} lines"


def names_say_something(module: Module) -> Iterator[str]:
    for part in Path(module.path).with_suffix("").parts:
        if part.strip("_") in ("utils", "util", "helpers", "helper", "common", "misc"):
            yield part


RULES: tuple[Rule, ...] = (
    cli_imports_tools_and_services_in_functions_alone,
    domain_imports_the_standard_library_only,
    only_the_edge_knows_protobuf,
    imports_are_absolute,
    functions_are_short,
    modules_are_short,
    names_say_something,
)


def _modules() -> list[Module]:
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return [Module(path.relative_to(ROOT).as_posix(), path.read_text()) for path in paths]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_source_keeps_the_rule(rule: Rule) -> None:
    modules = _modules()

    assert {"servicekit", "ticket_service"} <= {module.package for module in modules}
    assert [f"{module.path}: {broken}" for module in modules for broken in rule(module)] == []


LONG_FUNCTION = "def long():\n" + "    pass\n" * MAX_FUNCTION_LINES


EXAMPLES = [
    pytest.param(
        cli_imports_tools_and_services_in_functions_alone,
        "cli/a.py",
        "from dev import x",
        True,
        id="cli and dev at the top",
    ),
    pytest.param(
        cli_imports_tools_and_services_in_functions_alone,
        "cli/b/a.py",
        "import responder_service",
        True,
        id="cli and a service",
    ),
    pytest.param(
        cli_imports_tools_and_services_in_functions_alone,
        "cli/a.py",
        "def f():\n    from dev import x",
        False,
        id="cli and dev lazily",
    ),
    pytest.param(
        cli_imports_tools_and_services_in_functions_alone,
        "cli/a.py",
        "if TYPE_CHECKING:\n    import dev",
        False,
        id="cli and dev for types",
    ),
    pytest.param(
        cli_imports_tools_and_services_in_functions_alone, "gateway/a.py", "import gateway.b", False, id="others"
    ),
    pytest.param(
        domain_imports_the_standard_library_only,
        "ticket_service/domain/ticket.py",
        "import grpc",
        True,
        id="domain and gRPC",
    ),
    pytest.param(
        domain_imports_the_standard_library_only,
        "ticket_service/domain/audit.py",
        "from ticket_service.ports import tickets",
        True,
        id="domain and a port",
    ),
    pytest.param(
        domain_imports_the_standard_library_only,
        "ticket_service/domain/audit.py",
        "from ticket_service import errors",
        True,
        id="domain and what knows servicekit",
    ),
    pytest.param(
        domain_imports_the_standard_library_only,
        "sms_service/domain/media.py",
        "from ticket_service.domain import ticket",
        True,
        id="domain and another service's",
    ),
    pytest.param(
        domain_imports_the_standard_library_only,
        "ticket_service/domain/message.py",
        "import re\nfrom ticket_service.domain.audit import Actor",
        False,
        id="domain and domain",
    ),
    pytest.param(
        only_the_edge_knows_protobuf,
        "sms_service/use_cases/sending.py",
        "from keva.sms.v1 import x",
        True,
        id="protobuf inside",
    ),
    pytest.param(
        only_the_edge_knows_protobuf,
        "sms_service/rpc/ticket_client.py",
        "import keva.x",
        False,
        id="protobuf in a client",
    ),
    pytest.param(imports_are_absolute, "gateway/a.py", "from . import b", True, id="relative import"),
    pytest.param(imports_are_absolute, "gateway/a.py", "from ..sms_service import b", True, id="import from above"),
    pytest.param(functions_are_short, "cli/a.py", LONG_FUNCTION, True, id="46 lines"),
    pytest.param(functions_are_short, "cli/a.py", "async " + LONG_FUNCTION, True, id="46 asynchronous lines"),
    pytest.param(functions_are_short, "cli/a.py", LONG_FUNCTION.removesuffix("    pass\n"), False, id="45 lines"),
    pytest.param(modules_are_short, "cli/a.py", "x = 1\n" * 301, True, id="301 lines"),
    pytest.param(modules_are_short, "cli/a.py", "x = 1\n" * 300, False, id="300 lines"),
    pytest.param(names_say_something, "gateway/utils.py", "", True, id="utils"),
    pytest.param(names_say_something, "gateway/common/a.py", "", True, id="a folder called common"),
    pytest.param(names_say_something, "gateway/commons_law.py", "", False, id="a name that begins alike, allowed"),
]


@pytest.mark.parametrize(("rule", "path", "source", "broken"), EXAMPLES)
def test_rule_notices(rule: Rule, path: str, source: str, broken: bool) -> None:
    assert bool(list(rule(Module(path, source)))) == broken


def test_every_rule_is_shown_to_notice_something() -> None:
    shown = {example.values[0] for example in EXAMPLES if example.values[3]}

    assert shown == set(RULES)


def _files_by_folder() -> Counter[str]:
    """How many files each folder of source has, its own alone. Data counts, too: whoever looks for something reads it
    all."""
    files = (file for package in (*PACKAGES, "tests") for file in (ROOT / package).rglob("*") if file.is_file())
    kept = (file for file in files if "__pycache__" not in file.parts)
    return Counter(file.parent.relative_to(ROOT).as_posix() for file in kept)


def test_no_folder_has_more_files_than_can_be_read_at_a_glance() -> None:
    folders = _files_by_folder()

    assert folders["servicekit"] > 10
    assert {folder: count for folder, count in folders.items() if count > MAX_FILES_IN_A_FOLDER} == {}
