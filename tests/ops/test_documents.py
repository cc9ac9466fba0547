"""Every command that a document shows runs; no document or lock names a machine."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from ops.cli import run
from ops.settings import ROOT

DOCUMENTS = ("README.md", "ARCHITECTURE.md")
LONG_RUNNING = {
    "ops/demo": "stays up; tests/ops/test_demo.py starts and stops it",
    "ops/test": "runs this very test",
    "liandong serve --departments hr --roles gateway,relay,intake,clock,inbound": (
        "stays up; tests/ops/test_demo.py starts and stops a node"
    ),
    'curl -X POST http://127.0.0.1:8765/api/v1/inbound -H "X-API-Key: $KEY" '
    '-H "Content-Type: application/cloudevents+json" --data @message.json': (
        "tests/gateways/http/test_inbound.py sends it to a served node"
    ),
    "liandong serve --departments hr --roles relay": "stays up; tests/faults/test_crashes.py",
    "liandong serve --departments hr --roles intake": "stays up; tests/faults/test_crashes.py",
    "liandong backup /srv/backup/monday": "tests/ops/test_backup.py makes and checks backups",
    "liandong backup --check /srv/backup/monday": "tests/ops/test_backup.py",
    "liandong restore /srv/backup/monday": "tests/ops/test_backup.py",
    "python -m ops.soak --minutes 10 --kills": "tests/faults/test_soak.py runs it for seconds",
    "python -m ops.services start": "the service fixtures of the tests start both",
    "python -m ops.services stop": "the service fixtures of the tests stop both",
    "python -m ops.services start cluster --secured": (
        "tests/gateways/log/test_cluster.py starts three brokers, test_tls.py a secured one"
    ),
    "python -m ops.services stop cluster": "tests/gateways/log/test_cluster.py stops them",
    "liandong play ops/scenarios/s2-ln-b.yaml --database "
    "postgresql://user:password@127.0.0.1:5432/liandong --kafka 127.0.0.1:9092": (
        "tests/flows/stories/test_s2.py plays it on real services"
    ),
}
"""Commands shown that a test runs elsewhere, each with the place."""

MACHINES = tuple(
    "".join(parts)
    for parts in (
        ("/wo", "rk/"),
        ("/ro", "ot/"),
        ("/ho", "me/"),
        ("pythonhosted", ".org"),
        ("pypi", ".org"),
        ("registry.", "npmjs"),
    )
)


def shown() -> list[tuple[str, str]]:
    """Every command line of every shell block, with its document."""
    return [
        (document, line)
        for document in DOCUMENTS
        for block in re.findall(
            r"^```sh\n(.*?)^```", (ROOT / document).read_text(encoding="utf-8"), re.S | re.M
        )
        for line in block.splitlines()
        if line.strip() and not line.startswith(("#", "export "))
    ]


def test_the_list_of_long_running_commands_has_no_stale_entry() -> None:
    assert set(LONG_RUNNING) <= {line for _, line in shown()}


def test_every_command_shown_is_run_and_succeeds(
    demonstration_copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("LIANDONG_DATA", str(demonstration_copy))
    failures = []
    for document, line in shown():
        if line in LONG_RUNNING:
            continue
        words = shlex.split(line)
        assert words[0] == "liandong", f"{document}: {line} is neither ours nor listed"
        arguments = words[1:]
        if arguments[:2] == ["accounts", "add"]:
            arguments.append("--generate")
        code = run(arguments)
        captured = capsys.readouterr()
        allowed = (0, 1, 3) if arguments == ["doctor"] else (0,)
        if code not in allowed or not captured.out.strip():
            failures.append(f"{document}: {line}: exit {code}\n{captured.err}")
    assert not failures, "\n".join(failures)


def test_no_tracked_file_names_a_machine_a_registry_or_a_folder_outside() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    named = []
    for name in filter(None, tracked):
        path = ROOT / name
        if not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        named.extend(f"{name}: {machine}" for machine in MACHINES if machine in text)
    assert named == []


def test_each_decision_names_the_check_that_enforces_it() -> None:
    decisions = sorted((ROOT / "ops" / "decisions").glob("*.md"))
    assert len(decisions) > 5
    for decision in decisions:
        text = decision.read_text(encoding="utf-8")
        assert "\nEnforced by:" in text, decision.name


EXPLAINING = (
    *DOCUMENTS,
    *(f"ops/decisions/{one.name}" for one in (ROOT / "ops/decisions").glob("*.md")),
)


@pytest.mark.parametrize("document", sorted(EXPLAINING))
def test_every_place_a_document_names_exists(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    places = re.findall(r"`((?:domain|gateways|projections|ops|tests|schemas)/[\w./-]*)`", text)
    places += re.findall(r"`([\w-]+\.(?:py|yaml|json|md))`", text)
    places += re.findall(r"\]\(([^)#:]+)\)", text)
    missing = [place for place in places if not (ROOT / place).exists()]
    assert missing == []
