"""The counters on the services' metrics pages that say what commits cost each other."""

from collections import Counter
from collections.abc import Mapping

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from dev.local_stack.stack import LocalStack

_ABOUT = "transaction"


async def transaction_counters(stack: LocalStack) -> Counter[str]:
    """Every counter of that name, with its labels, over all replicas."""
    counters: Counter[str] = Counter()
    async with aiohttp.ClientSession() as http:
        for url in stack.layout.metrics_urls().values():
            async with http.get(url) as answer:
                counters += counters_of(await answer.text())
    return counters


def counters_of(page: str) -> Counter[str]:
    """The same of one page."""
    counters: Counter[str] = Counter()
    for family in text_string_to_metric_families(page):
        if family.type == "counter" and _ABOUT in family.name:
            for sample in family.samples:
                if not sample.name.endswith("_created"):
                    counters[_named(sample.name, sample.labels)] += int(sample.value)
    return counters


def _named(name: str, labels: Mapping[str, str]) -> str:
    of = ",".join(f"{label}={value}" for label, value in sorted(labels.items()))
    return f"{name}{{{of}}}" if of else name
