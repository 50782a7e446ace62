"""Metrics are read over HTTP, where a port is set."""

import urllib.request

import pytest
from prometheus_client import Counter

from dev.local_stack.ports import free_port
from servicekit.http import metrics

_COUNTED = Counter("keva_test_of_metrics", "Counts for this test")


def test_what_is_counted_can_be_read_while_served() -> None:
    port = free_port()
    _COUNTED.inc(3)

    with metrics.served(f"127.0.0.1:{port}"):
        page = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=90).read().decode()

    assert "keva_test_of_metrics_total 3.0" in page
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=90)


def test_without_an_address_nothing_is_served() -> None:
    with metrics.served(""):
        _COUNTED.inc()
