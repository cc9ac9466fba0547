"""Writes `schemas/` from the event and command classes: `python -m gateways.contracts.generate`.

With `--check` nothing is written: every difference is printed and the exit code is 1. A
sample that was once written stays for ever and must still be read: where a class gains
fields, a further sample is written beside it. `--replace-samples` rewrites the newest
instead where no release has bound it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import domain.law  # noqa: F401 -- completes the tables of facts and commands
from domain.commands import COMMANDS
from domain.facts import FACTS, Audience
from gateways.contracts.asyncapi import asyncapi_document
from gateways.contracts.catalogue import type_rows
from gateways.contracts.envelope import recorded
from gateways.contracts.inbound import (
    ANSWER,
    MESSAGE,
    answer_schema,
    by_topic,
    http_only,
    inbound_schema,
    message_schema,
)
from gateways.contracts.receipts import receipt_schema
from gateways.contracts.samples import sample
from gateways.contracts.schemas import (
    command_schema,
    control_schema,
    envelope_schema,
    event_schema,
)
from gateways.contracts.validation import validate_envelope

FOLDER = Path(__file__).resolve().parents[2] / "schemas"

HEAD = """# Contracts

Generated, do not edit: `python -m gateways.contracts.generate` writes this folder from the
event and command classes; a test fails on any drift.

- `asyncapi.json`: the whole log in one AsyncAPI 3 document: topics with their Kafka bindings,
  what they carry, which department sends and which may receive. Its references lead to the
  schemas beside it.
- `envelope.v1.json`: the envelope of every published event (CloudEvents 1.0, structured JSON).
- `events/`: the schema of each event version's `data`. Readers must ignore unknown fields.
  Within a version only optional fields are added. Codes are patterns, not closed lists.
- `commands/`: the data of each command, as a person or a system gives it. Unknown fields are
  refused; optional fields are left out, never null.
- `inbound/`: what a department's own system writes on `labour.<department>.inbound`:
  `inbound.message.v1.json` for every message, and one schema of the whole message for each
  command that may come by topic. `inbound.answered.v1.json` is the `data` of the answers on
  `labour.<department>.answers`.
- `samples/`: one whole event of each version. Samples stay for ever and must still be read.
- `released.json`: what was released, and its last released form; written by `liandong schemas
  release`. `liandong schemas check --against released` fails where a change breaks it.
- `control.closed.v1.json`: the `data` of the closed stamps on `labour.<department>.control`, by
  which a reader sees a cut tail.
- `control.receipt.v1.json`: the `data` of the receipts on the same topic: what a department's
  system took in. A system that writes them itself stands in the delivery ledger like any other.

On a topic the bytes are canonical (RFC 8785): keys sorted, no white space, text in NFC, no
fractions. Records are keyed by `subject`; `partitionsequence` counts without gaps in each
partition, so a reader discards what it has and sees a hole. Where the last records of a partition
are cut off no hole is left: read the control topics first, then the others to their end, and hold
the last `partitionsequence` of each partition against the highest that its writer's closed stamps
name in `data.topics`. One that ends below is not whole; wait until its writer has sent the rest again.

While a fact goes out in two versions, both records have the same `factid` and name the versions
in `factversions`: apply the newest that you know and ignore the others.

## Changing a fact

What `released.json` names is kept. Adding an optional field, a new type or a new reader is free:
change the class, generate, commit; a released sample stays, the new one stands beside it as
`<type>+<n>.json`. Anything else breaks somebody (`liandong schemas check --against released` says
whom and why, and fails): leave the class as it is, declare the next version beside it, and join
the two by `supersedes(old, new, upcast=..., downcast=..., until=...)`. Old events are read as the
new version by the upcaster for ever; until the announced day both versions go out. Deciders,
rules, clocks and read models then name the new one alone. A command may become wider and never
narrower: a stricter one has another name. `liandong schemas release NAME` binds what was added.
"""


def expected() -> dict[str, str]:
    """Every generated file but the samples: its name below `schemas/` and its text."""
    files = {
        "asyncapi.json": _pretty(asyncapi_document()),
        "envelope.v1.json": _pretty(envelope_schema()),
        "control.closed.v1.json": _pretty(control_schema()),
        "control.receipt.v1.json": _pretty(receipt_schema()),
        "README.md": _index(),
        f"inbound/{MESSAGE}.json": _pretty(message_schema()),
        f"inbound/{ANSWER}.json": _pretty(answer_schema()),
    }
    for name in by_topic():
        files[f"inbound/{name}.json"] = _pretty(inbound_schema(COMMANDS[name]))
    for name, fact in FACTS.items():
        files[f"events/{name}.json"] = _pretty(event_schema(fact))
    for name, command in COMMANDS.items():
        files[f"commands/{name}.json"] = _pretty(command_schema(command))
    return files


def check(folder: Path = FOLDER) -> list[str]:
    """Each difference between the folder and the classes, as a sentence; empty where they agree."""
    found = []
    files = expected()
    for name, text in sorted(files.items()):
        path = folder / name
        if not path.exists():
            found.append(f"{name} is missing")
        elif path.read_text(encoding="utf-8") != text:
            found.append(f"{name} differs from its class")
    for kind in ("events", "commands", "inbound"):
        for path in sorted((folder / kind).glob("*.json")):
            if f"{kind}/{path.name}" not in files:
                found.append(f"{kind}/{path.name} has no class: a published contract never ends")
    for name, fact in sorted(FACTS.items()):
        newest = _samples(folder, name)
        if not newest or _read(newest[-1]) != sample(fact):
            found.append(f"samples/{name}.json does not show every field of its class")
    for path in sorted((folder / "samples").glob("*.json")):
        found += [f"samples/{path.name}: {why}" for why in unreadable(_read(path))]
    return found


def write(folder: Path = FOLDER, *, replace_samples: bool = False) -> list[str]:
    """Writes what differs; returns the names of the files written."""
    written, kept = [], _released_samples(folder)
    for name, text in expected().items():
        written += _put(folder / name, text)
    for name, fact in FACTS.items():
        old = _samples(folder, name)
        if old and _read(old[-1]) == sample(fact):
            continue
        path = folder / "samples" / f"{name}.json"
        if old and replace_samples and old[-1].stem not in kept:
            path = old[-1]
        elif old:
            path = folder / "samples" / f"{name}+{len(old)}.json"
        written += _put(path, _pretty(sample(fact)))
    return sorted(written)


def unreadable(envelope: Any) -> list[str]:
    """Why today's classes cannot read an event, empty where they can."""
    problems = [f"{problem.field}: {problem.en}" for problem in validate_envelope(envelope)]
    if problems:
        return problems
    try:
        recorded(envelope)
    except ValueError as error:
        return [str(error)]
    return []


def main(arguments: list[str]) -> int:
    """The command; 0 where the folder agrees or was written, 1 on drift, 2 for wrong words."""
    if set(arguments) - {"--check", "--replace-samples"}:
        print("usage: python -m gateways.contracts.generate [--check | --replace-samples]")
        return 2
    if "--check" in arguments:
        drift = check()
        print(*drift, sep="\n", end="\n" if drift else "")
        return 1 if drift else 0
    for name in write(replace_samples="--replace-samples" in arguments):
        print(name)
    return 0


def _samples(folder: Path, type_name: str) -> list[Path]:
    """The samples of a type, oldest first: `<type>.json`, `<type>+1.json`, ..."""
    found = [folder / "samples" / f"{type_name}.json"]
    found = [path for path in found if path.exists()]
    further = (folder / "samples").glob(f"{type_name}+*.json")
    return found + sorted(further, key=lambda path: int(path.stem.rpartition("+")[2]))


def _released_samples(folder: Path) -> frozenset[str]:
    """The samples that a release has bound: they are never rewritten."""
    mark = folder / "released.json"
    return frozenset(_read(mark).get("samples", {})) if mark.exists() else frozenset()


def _put(path: Path, text: str) -> list[str]:
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return []
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return [path.name]


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _index() -> str:
    lines = [HEAD, "## Events", "", "| Type | 含义 | Meaning | Topics | Organs | Readers | Level |"]
    lines.append("|---|---|---|---|---|---|---|")
    private = []
    for row in type_rows():
        if row["audience"] == Audience.OWNER_ONLY.value:
            private.append(f"- `{row['type']}`: {row['zh']}, {row['en'].lower()}")
            continue
        cells = [
            f"[`{row['type']}`](events/{row['type']}.json)",
            row["zh"],
            row["en"],
            ", ".join(f"`{topic}`" for topic in row["topics"]),
            ", ".join(row["organs"]),
            ", ".join(row["readers"]),
            row["confidentiality"],
        ]
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", "## Facts of the owner alone", "", "These have a schema and no topic.", ""]
    lines += [*private, "", "## Commands", "", "| Command | 含义 | Meaning | By | Source |"]
    lines.append("|---|---|---|---|---|")
    for name, command in sorted(COMMANDS.items()):
        link = f"[`{name}`](commands/{name}.json)"
        lines.append(f"| {link} | {command.ZH} | {command.EN} | {_way(name)} | {command.SOURCE} |")
    return "\n".join(lines) + "\n"


def _way(name: str) -> str:
    """How a command may come: nobody gives a rule's, and no topic holds a person's values."""
    if COMMANDS[name].AUTOMATIC:
        return "rule"
    return "HTTP" if http_only(name) else f"HTTP, [topic](inbound/{name}.json)"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
