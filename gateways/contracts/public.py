"""The contracts as an outsider gets them: file by file, or all in one archive.

Only what is published: facts of the owner alone have no topic and nobody reads them elsewhere.
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from functools import cache

from domain.commands import COMMANDS
from domain.facts import FACTS, Audience
from gateways.contracts.asyncapi import asyncapi_document
from gateways.contracts.inbound import (
    ANSWER,
    MESSAGE,
    answer_schema,
    by_topic,
    inbound_schema,
    message_schema,
)
from gateways.contracts.receipts import receipt_schema
from gateways.contracts.samples import sample
from gateways.contracts.schemas import control_schema, envelope_schema, event_schema

ARCHIVE = "liandong-schemas.tar.gz"


def published_types() -> list[str]:
    """The event types that are on a topic, in name order."""
    return sorted(name for name, cls in FACTS.items() if cls.AUDIENCE is Audience.DEPARTMENTS)


@cache
def public_files() -> dict[str, str]:
    """Every published contract by its name; the AsyncAPI document's references lead to them."""
    files = {
        "asyncapi.json": asyncapi_document(),
        "envelope.v1.json": envelope_schema(),
        "control.closed.v1.json": control_schema(),
        f"inbound/{MESSAGE}.json": message_schema(),
        f"inbound/{ANSWER}.json": answer_schema(),
        "control.receipt.v1.json": receipt_schema(),
    }
    for name in by_topic():
        files[f"inbound/{name}.json"] = inbound_schema(COMMANDS[name])
    for name in published_types():
        files[f"events/{name}.json"] = event_schema(FACTS[name])
        files[f"samples/{name}.json"] = sample(FACTS[name])
    return {
        name: json.dumps(value, ensure_ascii=False, indent=2) + "\n"
        for name, value in files.items()
    }


@cache
def public_archive() -> bytes:
    """All of them below `schemas/`: the same bytes each time."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for name, text in sorted(public_files().items()):
            member = tarfile.TarInfo(f"schemas/{name}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return gzip.compress(plain.getvalue(), mtime=0)
