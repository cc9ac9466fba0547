"""Three real Kafka brokers on one machine, each with its own folder, for those who try losses.

Each is broker and controller; every record lies on all three and is acknowledged once two
have it, so that the loss of any one is borne and the loss of two stops writing.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ops.services.authority import Authority
from ops.services.installing import CACHE, find_java, install_kafka
from ops.services.kafka import (
    START_S_MAX,
    format_storage,
    launch,
    new_cluster,
    new_password,
    passwords_of,
)
from ops.services.kafka.properties import HOST, Ports, properties
from ops.services.processes import (
    Process,
    alive,
    end,
    free_ports,
    listening,
    locked,
    process_of,
    read_state,
    wait_until,
    write_state,
)

NODES = 3
HEAP_MB = 256


@dataclass(frozen=True, slots=True)
class KafkaCluster:
    """The brokers of a folder by their numbers, which begin at 1.

    `bootstrap` names all of them, whether they run or not; `tls` their listeners with TLS
    where the cluster is secured.
    """

    folder: Path
    bootstrap: str
    cache: Path = CACHE
    tls: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def authority(self) -> Path:
        """The certificate of the private authority."""
        return Authority(self.folder / "authority").certificate

    def numbers(self) -> list[int]:
        """The number of every broker."""
        return list(range(1, NODES + 1))

    def running(self) -> list[int]:
        """The numbers of those that run."""
        return [number for number in self.numbers() if alive(self.process(number))]

    def process(self, number: int) -> Process:
        """The process that a broker was started as last."""
        state = read_state(_state_file(self.folder, number))
        assert state is not None
        return process_of(state)

    def kill(self, *numbers: int) -> None:
        """Ends brokers at once, as a power cut would."""
        for number in numbers:
            end(self.process(number), [(signal.SIGKILL, 10.0)])

    def pause(self, number: int) -> None:
        """Stops a broker in its tracks: connections stay open and nothing answers."""
        os.kill(self.process(number).pid, signal.SIGSTOP)

    def resume(self, number: int) -> None:
        """Lets a paused broker go on."""
        os.kill(self.process(number).pid, signal.SIGCONT)

    def restart(self, *numbers: int) -> None:
        """Starts brokers again, each on its port and logs, and waits until they listen."""
        _start(self.folder, numbers, self.cache)


def start_cluster(root: Path, *, cache: Path = CACHE, secured: bool = False) -> KafkaCluster:
    """Starts the brokers in `<root>/kafka-cluster`, those that do not run there already.

    A cluster is `secured` or not from its first start on.
    """
    folder = root.absolute() / "kafka-cluster"
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / "lock"):
        shared = read_state(folder / "cluster.json")
        if shared is None:
            shared = _new(folder, cache, secured=secured)
            write_state(folder / "cluster.json", shared)
        one = _cluster(folder, shared, cache)
        one.restart(*(set(one.numbers()) - set(_running(folder))))
        return one


def stop_cluster(root: Path, *, wipe: bool = False) -> bool:
    """Stops the brokers of `root`; with `wipe`, their logs too. False where none was running."""
    folder = root.absolute() / "kafka-cluster"
    if not folder.exists():
        return False
    with locked(folder / "lock"):
        running = _running(folder)
        processes = [_process(folder, number) for number in running]
        for process in processes:
            os.kill(process.pid, signal.SIGCONT)  # a paused broker would not hear the rest
            os.kill(process.pid, signal.SIGKILL if wipe else signal.SIGTERM)
        for process in processes:
            end(process, [(signal.SIGTERM, 20.0), (signal.SIGKILL, 10.0)])
        if wipe:
            for part in folder.iterdir():
                if part.is_dir():
                    shutil.rmtree(part, ignore_errors=True)
            (folder / "cluster.json").unlink(missing_ok=True)
        return bool(running)


def running_cluster(root: Path, *, cache: Path = CACHE) -> KafkaCluster | None:
    """The cluster of `<root>/kafka-cluster`, if any of its brokers runs."""
    folder = root.absolute() / "kafka-cluster"
    shared = read_state(folder / "cluster.json")
    if shared is None or not _running(folder):
        return None
    return _cluster(folder, shared, cache)


def _cluster(folder: Path, shared: Mapping[str, Any], cache: Path) -> KafkaCluster:
    def addresses(name: str) -> str:
        return ",".join(f"{HOST}:{ports[name]}" for ports in shared["nodes"])

    return KafkaCluster(
        folder,
        addresses("clients"),
        cache,
        tls=addresses("tls") if "password" in shared else None,
        password=shared.get("password"),
    )


def _new(folder: Path, cache: Path, *, secured: bool) -> dict[str, Any]:
    """What the brokers of a new cluster share; their folders and settings files are made."""
    java, jars, cluster = find_java(), install_kafka(cache), new_cluster()
    taken = iter(free_ports(3 * NODES))
    nodes = [Ports(next(taken), next(taken), next(taken)) for _ in range(NODES)]
    shared: dict[str, Any] = {
        "nodes": [
            {"clients": it.clients, "controller": it.controller, "tls": it.tls} for it in nodes
        ]
    }
    if secured:
        shared |= {"password": new_password(), "broker_password": new_password()}
        authority = Authority(folder / "authority").make()

    def make(number: int) -> None:
        home = _home(folder, number)
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        settings_file = home / "server.properties"
        settings_file.touch(mode=0o600)
        settings_file.write_text(
            properties(
                number,
                nodes[number - 1],
                controllers=[it.controller for it in nodes],
                data=home / "data",
                broker_password=shared.get("broker_password"),
                keystore=authority.issue(HOST, home / "broker.pem") if secured else None,
            )
        )
        format_storage(java, jars, settings_file, cluster, passwords_of(shared))

    with ThreadPoolExecutor(NODES) as together:
        list(together.map(make, range(1, NODES + 1)))
    return shared


def _start(folder: Path, numbers: Iterable[int], cache: Path) -> None:
    java, jars = find_java(), install_kafka(cache)
    shared = read_state(folder / "cluster.json")
    assert shared is not None
    started = []
    for number in sorted(numbers):
        home = _home(folder, number)
        log = home / "server.log"
        process = launch(java, jars, home / "server.properties", log, heap_mb=HEAP_MB)
        write_state(_state_file(folder, number), {"pid": process.pid, "started": process.started})
        started.append((number, shared["nodes"][number - 1]["clients"], process, log))
    for number, port, process, log in started:
        wait_until(
            lambda port=port: listening(port),  # type: ignore[misc]
            process,
            log=log,
            timeout_s=START_S_MAX,
            what=f"Kafka broker {number}",
        )


def _home(folder: Path, number: int) -> Path:
    return folder / f"broker-{number}"


def _state_file(folder: Path, number: int) -> Path:
    return _home(folder, number) / "state.json"


def _process(folder: Path, number: int) -> Process:
    state = read_state(_state_file(folder, number))
    assert state is not None
    return process_of(state)


def _running(folder: Path) -> list[int]:
    return [
        number
        for number in range(1, NODES + 1)
        if (state := read_state(_state_file(folder, number))) is not None
        and alive(process_of(state))
    ]
