"""A real Kafka broker on 127.0.0.1 for developers and tests: KRaft, one process, no container.

Open to whoever reaches it, or secured: with names and passwords, a table of what each may
do, and a second listener with TLS by a private authority.
"""

from __future__ import annotations

import base64
import os
import secrets
import shutil
import signal
import subprocess
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ops.services.authority import Authority
from ops.services.installing import CACHE, find_java, install_kafka
from ops.services.kafka.properties import ADMINISTRATOR, BROKER, HOST, MECHANISM, Ports, properties
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


@dataclass(frozen=True, slots=True)
class KafkaService:
    """A running broker; `bootstrap` is the address for clients.

    Where it is secured, `tls` is the address with TLS, `authority` the certificate to trust,
    and `password` that of the user `admin`, who may do everything.
    """

    bootstrap: str
    port: int
    folder: Path
    process: Process
    cache: Path = CACHE
    tls: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def secured(self) -> bool:
        """Whether clients must show a name and a password."""
        return self.password is not None

    @property
    def authority(self) -> Path:
        """The certificate of the private authority."""
        return Authority(self.folder / "authority").certificate

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


def start_kafka(root: Path, *, cache: Path = CACHE, secured: bool = False) -> KafkaService:
    """Starts the broker in `<root>/kafka`, or answers with the one that runs there.

    A broker is `secured` or not from its first start on.
    """
    folder = root.absolute() / "kafka"
    folder.mkdir(parents=True, exist_ok=True)
    state_file, settings_file = folder / "state.json", folder / "server.properties"
    with locked(folder / "lock"):
        state = read_state(state_file)
        if state is not None and alive(process_of(state)):
            return _service(folder, state, cache)
        java, jars = find_java(), install_kafka(cache)
        if state is None:
            state = _new(folder, secured=secured)
            format_storage(java, jars, settings_file, new_cluster(), passwords_of(state))
        process = launch(java, jars, settings_file, folder / "server.log", heap_mb=512)
        state = {**state, "pid": process.pid, "started": process.started}
        write_state(state_file, state)
        wait_until(
            lambda: listening(state["port"]),
            process,
            log=folder / "server.log",
            timeout_s=START_S_MAX,
            what="Kafka",
        )
        return _service(folder, state, cache)


def _new(folder: Path, *, secured: bool) -> dict[str, Any]:
    """The state of a new broker, and its settings file."""
    data = folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    port, controller, tls = free_ports(3)
    state: dict[str, Any] = {"port": port}
    keystore = None
    if secured:
        state |= {"tls_port": tls, "password": new_password(), "broker_password": new_password()}
        keystore = Authority(folder / "authority").make().issue(HOST, folder / "broker.pem")
    settings_file = folder / "server.properties"
    settings_file.touch(mode=0o600)
    settings_file.write_text(
        properties(
            1,
            Ports(port, controller, tls if secured else None),
            controllers=[controller],
            data=data,
            broker_password=state.get("broker_password"),
            keystore=keystore,
        )
    )
    return state


def new_password() -> str:
    """A password drawn at random."""
    return secrets.token_urlsafe(24)


def passwords_of(state: Mapping[str, Any]) -> dict[str, str]:
    """The users that a secured broker is made with, and their passwords; none for an open one."""
    if "password" not in state:
        return {}
    return {ADMINISTRATOR: state["password"], BROKER: state["broker_password"]}


def launch(java: str, jars: Path, settings_file: Path, log: Path, *, heap_mb: int) -> Process:
    """Starts the process of a broker and its controller."""
    command = [
        java,
        f"-Xms{heap_mb // 4}m",
        f"-Xmx{heap_mb}m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
    ]
    command += ["-XX:+ExitOnOutOfMemoryError", "-cp", f"{jars}/*"]
    command += ["kafka.Kafka", str(settings_file)]
    return spawn(command, log=log, cwd=settings_file.parent)


def new_cluster() -> str:
    """The id of a new cluster."""
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
    # A leading dash would read as an option.
    return f"A{cluster[1:]}" if cluster.startswith("-") else cluster


def format_storage(
    java: str, jars: Path, settings_file: Path, cluster: str, passwords: Mapping[str, str]
) -> None:
    """Prepares a node's folder; `passwords` are the users that exist from the start."""
    command = [java, "-XX:TieredStopAtLevel=1", "-cp", f"{jars}/*"]
    command += ["kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(settings_file)]
    for user, password in passwords.items():
        command += ["--add-scram", f"{MECHANISM}=[name={user},password={password}]"]
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
    return _service(folder, state, cache)


def _service(folder: Path, state: Mapping[str, Any], cache: Path) -> KafkaService:
    tls = state.get("tls_port")
    return KafkaService(
        bootstrap=f"{HOST}:{state['port']}",
        port=state["port"],
        folder=folder,
        process=process_of(state),
        cache=cache,
        tls=None if tls is None else f"{HOST}:{tls}",
        password=state.get("password"),
    )
