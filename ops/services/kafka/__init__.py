"""A real Kafka broker on 127.0.0.1 for developers and tests: KRaft, one process, no container."""

from __future__ import annotations

import base64
import os
import shutil
import signal
import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path

from ops.services.installing import CACHE, find_java, install_kafka
from ops.services.processes import (
    Process,
    ServiceFailed,
    alive,
    end,
    free_ports,
    listening,
    locked,
    process_of,
    read_state,
    spawn,
    wait_until,
    write_state,
)

START_S_MAX = 120.0

# Small pools and one replica of everything: one broker for a developer's machine.
SETTINGS = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
log.dirs={data}
auto.create.topics.enable=false
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=4
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
log.retention.check.interval.ms=300000
"""


@dataclass(frozen=True, slots=True)
class KafkaService:
    """A running broker; `bootstrap` is the address for clients."""

    bootstrap: str
    port: int
    folder: Path
    process: Process
    cache: Path = CACHE

    def kill(self) -> None:
        """Ends the broker at once, as a power cut would."""
        end(self.process, [(signal.SIGKILL, 10.0)])

    def pause(self) -> None:
        """Stops the broker in its tracks: connections stay open and nothing answers."""
        os.kill(self.process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Lets a paused broker go on."""
        os.kill(self.process.pid, signal.SIGCONT)

    def restart(self) -> KafkaService:
        """The broker started again on the same port and logs."""
        return start_kafka(self.folder.parent, cache=self.cache)


def start_kafka(root: Path, *, cache: Path = CACHE) -> KafkaService:
    """Starts the broker in `<root>/kafka`, or answers with the one that runs there."""
    folder = root.absolute() / "kafka"
    folder.mkdir(parents=True, exist_ok=True)
    state_file, settings_file, log = (
        folder / "state.json",
        folder / "server.properties",
        folder / "server.log",
    )
    with locked(folder / "lock"):
        state = read_state(state_file)
        if state is not None and alive(process_of(state)):
            return _service(folder, state["port"], process_of(state), cache)
        java, jars = find_java(), install_kafka(cache)
        if state is None:
            port, controller_port = free_ports(2)
            state = {"port": port}
            data = folder / "data"
            shutil.rmtree(data, ignore_errors=True)
            settings_file.write_text(
                SETTINGS.format(port=port, controller_port=controller_port, data=data)
            )
            _format(java, jars, settings_file)
        command = [java, "-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        command += ["-XX:+ExitOnOutOfMemoryError", "-cp", f"{jars}/*"]
        command += ["kafka.Kafka", str(settings_file)]
        process = spawn(command, log=log, cwd=folder)
        write_state(state_file, state | {"pid": process.pid, "started": process.started})
        wait_until(
            lambda: listening(state["port"]), process, log=log, timeout_s=START_S_MAX, what="Kafka"
        )
        return _service(folder, state["port"], process, cache)


def _format(java: str, jars: Path, settings_file: Path) -> None:
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
    if cluster.startswith("-"):
        cluster = f"A{cluster[1:]}"  # a leading dash would read as an option
    command = [java, "-cp", f"{jars}/*", "kafka.tools.StorageTool", "format"]
    command += ["-t", cluster, "-c", str(settings_file)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise ServiceFailed(f"Kafka's storage could not be formatted: {answer.stderr.strip()}")


def stop_kafka(root: Path, *, wipe: bool = False) -> bool:
    """Stops the broker of `root`; with `wipe`, its logs too. False where none was running."""
    folder = root.absolute() / "kafka"
    if not folder.exists():
        return False
    with locked(folder / "lock"):
        state = read_state(folder / "state.json")
        if state is None:
            return False
        process = process_of(state)
        running = alive(process)
        if running:
            os.kill(process.pid, signal.SIGCONT)  # a paused broker would not hear the rest
        end(process, [(signal.SIGTERM, 20.0), (signal.SIGKILL, 10.0)])
        if wipe:
            shutil.rmtree(folder / "data", ignore_errors=True)
            (folder / "state.json").unlink()
        return running


def running_kafka(root: Path, *, cache: Path = CACHE) -> KafkaService | None:
    """The broker that runs in `<root>/kafka`, if one does."""
    folder = root.absolute() / "kafka"
    state = read_state(folder / "state.json")
    if state is None or not alive(process_of(state)):
        return None
    return _service(folder, state["port"], process_of(state), cache)


def _service(folder: Path, port: int, process: Process, cache: Path) -> KafkaService:
    return KafkaService(f"127.0.0.1:{port}", port, folder, process, cache)
