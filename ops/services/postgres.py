"""A real PostgreSQL server on 127.0.0.1 for developers and tests, in a folder of its own.

Durability settings are the defaults: what a test sees commit is on the disk. The password
is drawn at random and stands in the state file, which only its owner may read.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from ops.services.installing import install_postgres
from ops.services.processes import (
    Process,
    ServiceFailed,
    alive,
    end,
    free_ports,
    identity,
    locked,
    process_of,
    read_state,
    spawn,
    wait_until,
    write_state,
)

USER = "liandong"
START_S_MAX = 60.0
START_ATTEMPTS = 3
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "500",
    "timezone": "UTC",
}


@dataclass(frozen=True, slots=True)
class PostgresService:
    """A running server; `url` is good for psycopg and, with a driver name, for SQLAlchemy."""

    url: str
    port: int
    folder: Path
    process: Process

    def kill(self) -> None:
        """Ends the server as a power cut would, without a checkpoint."""
        end(self.process, [(signal.SIGKILL, 10.0)])

    def restart(self) -> PostgresService:
        """The server started again on the same port and data."""
        return start_postgres(self.folder.parent)


def _account() -> tuple[int, int] | None:
    """(uid, gid) to run the server as: PostgreSQL refuses to run as root. None to run as is."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise ServiceFailed("PostgreSQL needs an account that is not root: add a user `postgres`")


def _data_folder(folder: Path, account: tuple[int, int] | None) -> Path:
    """Where the cluster lies: in the service's folder, or in the system's place for temporary
    files where the account may not enter the service's folder."""
    data = folder / "data"
    if account is not None:
        probe = subprocess.run(
            ["test", "-x", str(folder)],
            **identity(account),
            cwd="/",
            check=False,
        )
        if probe.returncode:
            name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
            data = Path(tempfile.gettempdir()) / f"liandong-postgres-{name}"
    return data


def _initialise(data: Path, password: str, account: tuple[int, int] | None) -> None:
    data.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=tempfile.gettempdir()) as secret:
        secret.write(password)
        secret.flush()
        if account is not None:
            os.chown(data, *account)
            os.chown(secret.name, *account)
        data.chmod(0o700)
        command = [str(install_postgres() / "initdb"), "-D", str(data), "-U", USER]
        command += ["-A", "scram-sha-256", "--pwfile", secret.name]
        command += ["-E", "UTF8", "--no-locale"]
        answer = subprocess.run(
            command,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            **identity(account),
        )
    if answer.returncode:
        raise ServiceFailed(f"initdb refused: {answer.stderr.strip()}")


IN_A_HURRY = {"fsync": "off", "full_page_writes": "off"}
"""What a server is spared that need not survive the loss of power."""


def start_postgres(root: Path, *, durable: bool = True) -> PostgresService:
    """Starts the server in `<root>/postgres`, or answers with the one that runs there.

    One that is not `durable` survives kill -9 of every process, and no loss of power.
    """
    folder = root.absolute() / "postgres"
    folder.mkdir(parents=True, exist_ok=True)
    state_file = folder / "state.json"
    log = folder / "server.log"
    with locked(folder / "lock"):
        state = read_state(state_file)
        if state is not None and alive(process_of(state)):
            return PostgresService(
                _url(state["port"], state["password"]), state["port"], folder, process_of(state)
            )
        account = _account()
        data = _data_folder(folder, account)
        if state is None or not (data / "PG_VERSION").exists():
            shutil.rmtree(data, ignore_errors=True)
            state = {"port": free_ports(1)[0], "password": secrets.token_urlsafe(18)}
            _initialise(data, state["password"], account)
        command = [str(install_postgres() / "postgres"), "-D", str(data)]
        command += ["-p", str(state["port"])]
        for name, value in {**SETTINGS, **({} if durable else IN_A_HURRY)}.items():
            command += ["-c", f"{name}={value}"]
        url = _url(state["port"], state["password"])
        for attempt in range(START_ATTEMPTS):
            process = spawn(command, log=log, cwd=Path("/"), user=account)
            state |= {"pid": process.pid, "started": process.started, "data": str(data)}
            write_state(state_file, state)
            try:
                wait_until(
                    lambda: _answers(url),
                    process,
                    log=log,
                    timeout_s=START_S_MAX,
                    what="PostgreSQL",
                )
            except ServiceFailed:
                # The children of a killed server hold its memory for a moment longer.
                if attempt == START_ATTEMPTS - 1 or alive(process):
                    raise
                time.sleep(1.0)
            else:
                break
        return PostgresService(url, state["port"], folder, process)


def stop_postgres(root: Path, *, wipe: bool = False) -> bool:
    """Stops the server of `root`; with `wipe`, its data too. False where none was running."""
    folder = root.absolute() / "postgres"
    if not folder.exists():
        return False
    with locked(folder / "lock"):
        state = read_state(folder / "state.json")
        if state is None:
            return False
        running = alive(process_of(state))
        end(
            process_of(state),
            [(signal.SIGINT, 20.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)],
        )
        if wipe:
            shutil.rmtree(state["data"], ignore_errors=True)
            (folder / "state.json").unlink()
        return running


def running_postgres(root: Path) -> PostgresService | None:
    """The server that runs in `<root>/postgres`, if one does."""
    folder = root.absolute() / "postgres"
    state = read_state(folder / "state.json")
    if state is None or not alive(process_of(state)):
        return None
    return PostgresService(
        _url(state["port"], state["password"]), state["port"], folder, process_of(state)
    )


def _url(port: int, password: str) -> str:
    return f"postgresql://{USER}:{password}@127.0.0.1:{port}/postgres"


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
