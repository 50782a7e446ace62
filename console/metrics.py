"""What the console counts, for Prometheus. No label has a number, an account, an address or a text."""

from prometheus_client import Gauge

STREAMS = Gauge("keva_live_streams", "Pages that are kept up to date, now")
