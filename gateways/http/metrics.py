"""The figures that Prometheus reads: counts and times, never a personal value."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

COMMANDS_ANSWERED = Counter(
    "liandong_commands_answered_total",
    "Commands answered over HTTP, by HTTP status",
    ("department", "command", "status"),
)
COMMAND_SECONDS = Histogram(
    "liandong_command_seconds",
    "From a command's body to its acknowledgement",
    ("department",),
)
REQUESTS = Counter(
    "liandong_http_requests_total", "Answers by route and status", ("route", "status")
)
REQUEST_SECONDS = Histogram("liandong_http_seconds", "Time to answer by route", ("route",))
LIVE_READERS = Counter("liandong_live_connections_total", "Live streams opened")
FEED_STREAMS = Gauge("liandong_feed_streams", "Streams of the feed that are open")
FEED_RECORDS = Counter(
    "liandong_feed_records_total", "Records given over HTTP by topic and way", ("topic", "way")
)
