"""Every metric of ours stands in docs/operations.md, and what stands there is one."""

import ast
import re
from collections.abc import Iterator

from dev.process_list import PACKAGES
from tests.docs.pages import ROOT, Page

_KINDS = {"Counter": "_total", "Gauge": "", "Histogram": "", "Summary": ""}


def _metrics() -> set[str]:
    """As Prometheus shows them."""
    files = (file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py")))
    return {name for file in files for name in _made_in(ast.parse(file.read_text(encoding="utf-8")))}


def _made_in(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _KINDS and node.args:
            name = ast.unparse(node.args[0]).strip("'")
            if name.startswith("keva_"):
                yield name + _KINDS[node.func.id]


def test_each_metric_is_explained() -> None:
    page = Page("docs/operations.md", (ROOT / "docs/operations.md").read_text(encoding="utf-8"))
    _, section = page.text.split("\n## Metrics\n", 1)
    section, _ = section.split("\n## ", 1)
    named = set(re.findall(r"`(keva_[a-z_]+)", section))

    assert "keva_webhooks_total" in named
    assert named == _metrics()
