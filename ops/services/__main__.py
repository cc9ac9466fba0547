"""`python -m ops.services start|stop|status|install [postgres|kafka|cluster|chromium]`.

`cluster` is three brokers, started only where it is named. With `--secured` the brokers ask
for names and passwords, serve TLS besides, and their first user and its password are told.

Exit codes: 0 done, 1 a service is not running (status), 2 wrong use, 3 cannot start or install.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ops import services
from ops.services.kafka.properties import ADMINISTRATOR

SERVICES = ("postgres", "kafka")
STOPPING = {
    "postgres": services.stop_postgres,
    "kafka": services.stop_kafka,
    "cluster": services.stop_cluster,
}


def _start(name: str, root: Path, *, secured: bool) -> str:
    if name == "postgres":
        return services.start_postgres(root).url
    if name == "cluster":
        return _told(services.start_cluster(root, secured=secured))
    return _told(services.start_kafka(root, secured=secured))


def _told(brokers: services.KafkaService | services.KafkaCluster) -> str:
    """The address, and where it is secured what a client must show and trust."""
    if brokers.password is None:
        return brokers.bootstrap
    return (
        f"{brokers.bootstrap}; with TLS {brokers.tls}, authority {brokers.authority};"
        f" user {ADMINISTRATOR}, password {brokers.password}"
    )


def _address(name: str, root: Path) -> str | None:
    if name == "postgres":
        postgres = services.running_postgres(root)
        return None if postgres is None else postgres.url
    if name == "cluster":
        cluster = services.running_cluster(root)
        return None if cluster is None else f"{cluster.bootstrap}; up: {cluster.running()}"
    kafka = services.running_kafka(root)
    return None if kafka is None else kafka.bootstrap


def _install(name: str) -> str:
    if name == "postgres":
        return str(services.install_postgres())
    if name == "kafka":
        return str(services.install_kafka())
    return services.install_chromium()


def main(arguments: list[str] | None = None) -> int:
    """Does what the command line says and answers with its exit code."""
    parser = argparse.ArgumentParser(prog="python -m ops.services", description=__doc__)
    parser.add_argument("action", choices=("start", "stop", "status", "install"))
    parser.add_argument("names", nargs="*", metavar="postgres|kafka|cluster|chromium")
    parser.add_argument("--root", type=Path, default=services.ROOT, help="where services live")
    parser.add_argument("--wipe", action="store_true", help="stop: remove the data too")
    parser.add_argument(
        "--secured", action="store_true", help="start: brokers that ask for names and passwords"
    )
    given = parser.parse_args(arguments)
    allowed = (*SERVICES, "chromium") if given.action == "install" else (*SERVICES, "cluster")
    for name in given.names:
        if name not in allowed:
            parser.error(f"{given.action} knows {', '.join(allowed)}, not {name}")
    names = given.names or [name for name in allowed if name != "cluster"]
    missing = False
    for name in names:
        try:
            if given.action == "start":
                told = _start(name, given.root, secured=given.secured)
                print(f"{name}: {told}", flush=True)
            elif given.action == "install":
                print(f"{name}: {_install(name)}", flush=True)
            elif given.action == "status":
                address = _address(name, given.root)
                missing = missing or address is None
                print(f"{name}: {address or 'not running'}")
            else:
                ended = STOPPING[name](given.root, wipe=given.wipe)
                print(f"{name}: {'stopped' if ended else 'was not running'}")
        except (services.NotInstalled, services.ServiceFailed) as error:
            print(f"{name}: {error}", file=sys.stderr)
            return 3
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
