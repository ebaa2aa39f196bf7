"""What the service counts about itself, for Prometheus. 指标

No phone number, name or text is ever a label.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

registry = CollectorRegistry()

refused = Counter(
    "hotline_refused_total", "Requests refused, by error code", ["code"], registry=registry
)
viewers = Gauge("hotline_live_viewers", "Open live sockets", registry=registry)
slow_viewers = Counter(
    "hotline_slow_viewers_total", "Live sockets closed because they fell behind", registry=registry
)
softphones = Gauge("hotline_softphones", "Browsers that are a telephone now", registry=registry)
softphone_ends = Counter(
    "hotline_softphone_ends_total",
    "Softphone sockets closed, by reason",
    ["why"],
    registry=registry,
)


def page() -> bytes:
    """All metrics in Prometheus text form."""
    return generate_latest(registry)
