"""A document's number costs the same however many the register holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.commands import DECIDERS, Own
from domain.document.facts import register_of
from domain.document.making import DraftDocument
from domain.terms import FileRef
from gateways.contracts import canonical
from gateways.department.deciding.histories import load
from gateways.store.port import Append, Draft
from tests.gateways.department.town import Town, firm, opened

FIRM = firm()["organisation"]
DOCUMENTS = 5_000
BATCH = 500
ORDER = {
    "party": "沈阳虚例000人力有限公司",
    "facts": "未在服务场所明示营业执照。",
    "basis": "《人力资源市场暂行条例》第三十二条",
    "orders": ["明示营业执照"],
    "due": "2025-03-20",
}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with opened(tmp_path, start="2025-03-03T09:00") as one:
        yield one


def draft(town: Town) -> str:
    data = {"kind": "CORRECTION_NOTICE", "about": FIRM, "organisation": FIRM}
    given = town.give("HRSS_INSP", "DraftDocument", data | {"content": {"content": ORDER}})
    (stored,) = town.hr.store.after(given.events[0].sequence - 1, limit=1)
    return str(numbered(stored.body)["number"])


def numbered(body: bytes) -> dict[str, Any]:
    found: dict[str, Any] = canonical.decode(body)["data"]
    return found


def fill(town: Town, stream: str, documents: int) -> None:
    """Repeats the register's first entry until it holds so many."""
    (first,) = town.hr.store.stream(stream)
    for start in range(2, documents + 1, BATCH):
        drafts = []
        for place in range(start, min(start + BATCH, documents + 1)):
            body = canonical.decode(first.body)
            number = body["data"]["number"].replace("〕1号", f"〕{place}号")
            body["data"] |= {"place": place, "number": number}
            body["id"] = f"00000000-0000-5000-8000-{place:012d}"
            for name in STORES_OWN & body.keys():
                del body[name]
            drafts.append(Draft(stream, first.type, first.topic, first.partition, first.key, body))
        town.hr.store.append(
            Append(
                command_id=f"fill-{start}",
                scope=f"hr/test/{start}",
                body_digest="",
                command_name="DraftDocument",
                expected={stream: start - 1},
                drafts=drafts,
                now=town.clock.now(),
                cause_stamp=0,
            )
        )


STORES_OWN = frozenset({"sequence", "partitionsequence", "recorded", "source", "streamversion"})


def test_the_5001st_number_reads_one_entry_of_the_register(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert draft(town).endswith("〕1号")
    stream = register_of("HRSS", "210103", "CORRECTION_NOTICE")
    fill(town, stream, DOCUMENTS)
    assert len(town.hr.store.stream(stream)) == DOCUMENTS
    whole: list[str] = []
    reading = town.hr.store.stream
    monkeypatch.setattr(town.hr.store, "stream", lambda name: whole.append(name) or reading(name))
    assert draft(town) == f"沈河人社责改字〔2025〕{DOCUMENTS + 1}号"
    assert stream not in whole
    asked = DraftDocument(
        kind="CORRECTION_NOTICE",
        about=FIRM,
        organisation=FIRM,
        content=FileRef(sha256="0" * 64, length=1, media_type="application/json"),
        region="210103",
    )
    reads = DECIDERS["DraftDocument"].reads(asked)
    histories, versions = load(reads, town.hr.store, town.hr.database)
    assert Own(stream=stream, latest=True) in reads
    assert [one.fact.place for one in histories.own(stream)] == [DOCUMENTS + 1]
    assert versions[stream] == DOCUMENTS + 1
