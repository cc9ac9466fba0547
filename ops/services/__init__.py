"""Real local services for developers and tests: PostgreSQL, Kafka, and a browser's presence.

Each service has a folder of its own under a root, a free port and a state file with its
process id; starting twice answers with the same service.
"""

from __future__ import annotations

from pathlib import Path

from ops.services.installing import (
    NotInstalled,
    install_chromium,
    install_kafka,
    install_postgres,
)
from ops.services.kafka import KafkaService, running_kafka, start_kafka, stop_kafka
from ops.services.kafka.cluster import (
    KafkaCluster,
    running_cluster,
    start_cluster,
    stop_cluster,
)
from ops.services.postgres import (
    PostgresService,
    running_postgres,
    start_postgres,
    stop_postgres,
)
from ops.services.processes import ServiceFailed

ROOT = Path(__file__).parents[2] / "var" / "services"
"""Where services live unless another root is given."""


def stop(root: Path = ROOT, *, wipe: bool = False) -> None:
    """Stops every service of a root; with `wipe`, their data are removed too."""
    stop_cluster(root, wipe=wipe)
    stop_kafka(root, wipe=wipe)
    stop_postgres(root, wipe=wipe)


__all__ = [
    "ROOT",
    "KafkaCluster",
    "KafkaService",
    "NotInstalled",
    "PostgresService",
    "ServiceFailed",
    "install_chromium",
    "install_kafka",
    "install_postgres",
    "running_cluster",
    "running_kafka",
    "running_postgres",
    "start_cluster",
    "start_kafka",
    "start_postgres",
    "stop",
    "stop_cluster",
    "stop_kafka",
    "stop_postgres",
]
