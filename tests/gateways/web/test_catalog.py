"""The catalogue of event contracts: open to everybody, complete, in both languages, and no more."""

from __future__ import annotations

import io
import json
import re
import tarfile
from typing import Any

import pytest

from domain.calendar.deadlines import Unit
from domain.departments import TOPICS
from domain.facts import FACTS, Audience, Confidentiality
from gateways.contracts import generate, released
from gateways.contracts.catalogue import clock_rows, type_details
from gateways.contracts.compatibility import changes
from gateways.contracts.public import ARCHIVE, public_archive, public_files, published_types
from gateways.web import assets, catalog
from gateways.web.labels import label_of
from tests.gateways.web.conftest import Site
from tests.gateways.web.test_access import wrong

PRIVATE = [name for name, cls in FACTS.items() if cls.AUDIENCE is Audience.OWNER_ONLY]


def fields() -> list[tuple[str, dict[str, Any]]]:
    return [
        (name, catalog._field(one, name))
        for name in published_types()
        for one in type_details(name)["fields"]
    ]


def test_every_field_and_code_of_a_published_event_has_a_label_in_both_languages() -> None:
    chinese = re.compile("[\u4e00-\u9fff]")
    assert [
        f"{name} {one['field']}" for name, one in fields() if not chinese.search(one["zh"])
    ] == []
    assert [f"{name} {one['field']}" for name, one in fields() if chinese.search(one["en"])] == []
    assert {
        f"{name} {one['field']} {code}"
        for name, one in fields()
        for code in one["values"]
        if label_of(code, "zh", one["name"]) == code
    } == set()


def test_every_word_that_the_catalogue_needs_is_there() -> None:
    assert {one.value for one in Confidentiality} == set(catalog.LEVELS)
    kinds = {kind for _, one in fields() for kind in (one["type"], one["of"]) if kind}
    assert kinds <= set(catalog.KINDS)
    rows = [row for name in published_types() for row in clock_rows(name)]
    assert {word for row in rows for word in row["does"]} <= set(catalog.DOES)
    assert {row["period"].split()[1] for row in rows if row["period"]} <= set(Unit)


def test_money_is_told_in_fen_and_days_by_their_kind() -> None:
    assert catalog.unit_of("fine_fen", "integer") == catalog.UNITS["fen"]
    assert catalog.unit_of("working_days", "integer") == catalog.UNITS["working_days"]
    assert catalog.unit_of("calendar_days", "integer") == catalog.UNITS["days"]
    assert catalog.unit_of("round", "integer") is None
    assert {
        one["field"] for _, one in fields() if one["name"].endswith("_fen") and not one["unit"]
    } == set()


def test_the_files_are_those_of_the_repository_without_what_the_owner_keeps() -> None:
    for name, text in public_files().items():
        if not name.startswith("samples/"):
            assert (generate.FOLDER / name).read_text(encoding="utf-8") == text
        assert not any(private in name for private in PRIVATE)


def test_the_archive_is_a_state_that_the_check_can_compare_with(tmp_path: Any) -> None:
    assert public_archive() == public_archive()
    path = tmp_path / ARCHIVE
    path.write_bytes(public_archive())
    was = released.contracts_of(released.state_files(str(path)))
    assert not any(one.breaks for one in changes(was, released.present()))
    assert {name for name in was.schemas if name.startswith("events/")} == {
        f"events/{name}.json" for name in published_types()
    }


@pytest.mark.browser
def test_a_visitor_searches_the_catalogue_and_reads_an_event(site: Site, browsing: Any) -> None:
    page = browsing.page
    page.goto(f"{site.address}/catalog")
    rows = page.locator("main tbody tr")
    assert rows.count() == len(published_types())
    shown = page.inner_text("main")
    assert not any(private in shown for private in PRIVATE)
    page.fill("#q", "许可 certificate.serial")
    page.click("form.filters button")
    assert 0 < rows.count() < 10
    page.click("text=准予许可")
    told = page.inner_text("main")
    for words in (
        "licence.granted.v1",
        "公开",
        "labour.hr.licensing",
        f"{TOPICS['labour.hr.licensing'].partitions} 个分区",
        "统一社会信用代码",
        "北京时间，至当日24:00",
        "人力资源服务许可证",
        "DL-LIC-03",
        "10个工作日",
        "R12",
        '"specversion": "1.0"',
    ):
        assert words in told, words
    page.goto(f"{site.address}/catalog?reader=fin&topic=labour.samr.registration&lang=en")
    assert page.locator("main tbody tr").count() == sum(
        "labour.samr.registration" in type_details(name)["topics"] for name in published_types()
    )
    page.goto(f"{site.address}/catalog?q=nothing-has-this-name")
    assert page.locator("main .empty").count() == 1
    assert browsing.complaints == []


@pytest.mark.browser
def test_a_visitor_reads_what_a_department_s_own_system_may_give(site: Site, browsing: Any) -> None:
    page = browsing.page
    page.goto(f"{site.address}/catalog")
    page.click("text=本部门系统提交办理")
    told = page.inner_text("main")
    for words in ("labour.hr.inbound", "labour.hr.answers", "ACCEPTED", "登记投诉", "只经 HTTP"):
        assert words in told, words
    page.goto(f"{site.address}/catalog/inbound?department=samr&lang=en")
    told = page.inner_text("main")
    assert "labour.samr.inbound" in told
    assert "HTTP only" in told
    schema = page.locator("main tbody a").first.get_attribute("href")
    assert page.request.get(site.address + schema).json()["x-zh"]
    assert page.request.get(f"{site.address}/catalog/inbound?department=nobody").status == 404


@pytest.mark.browser
def test_the_references_of_the_document_are_served_where_they_lead(
    site: Site, browsing: Any
) -> None:
    ask = browsing.page.request
    base = f"{site.address}/catalog/contracts"
    document = ask.get(f"{base}/asyncapi.json").json()
    for name in ("envelope.v1.json", "control.closed.v1.json", "events/case.closed.v1.json"):
        assert name in json.dumps(document)
        assert ask.get(f"{base}/{name}").json()["$id"].startswith("urn:liandong:schema:")
    packed = ask.get(f"{base}/{ARCHIVE}").body()
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        assert len(archive.getnames()) == len(public_files())
    for path in (
        f"/catalog/{PRIVATE[0]}",
        f"/catalog/contracts/events/{PRIVATE[0]}.json",
        "/catalog/contracts/../../pyproject.toml",
        "/catalog/contracts/%2e%2e/pyproject.toml",
        "/catalog/none.v1",
    ):
        assert ask.get(site.address + path).status == 404, path


@pytest.mark.browser
def test_the_catalogue_is_read_on_a_phone_and_by_a_screen_reader(site: Site, browsing: Any) -> None:
    page, axe = browsing.page, assets.axe()
    for path in (
        "/catalog",
        "/catalog/licence.granted.v1",
        "/catalog/fact.corrected.v1",
        "/catalog/inbound",
    ):
        for lang in ("zh", "en"):
            page.goto(f"{site.address}{path}?lang={lang}")
            for width in (400, 1280):
                page.set_viewport_size({"width": width, "height": 900})
                assert wrong(page, axe) == [], (path, width)
                assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert browsing.complaints == []
