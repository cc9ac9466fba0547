"""A document on pages: drafted from a form, checked, approved, sealed and downloaded."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gateways.http.accounts import Accounts
from gateways.http.app import create_app
from gateways.http.config import WebConfig
from ops.settings import Settings
from ops.wiring import House, house
from tests.gateways.department.town import firm

PASSWORD = "a password of the tests"
FIRM = firm()["organisation"]
ORDER = {
    "about": FIRM,
    "organisation": FIRM,
    "party": "沈阳虚例000人力有限公司",
    "facts": "未在服务场所明示营业执照。",
    "basis": "《人力资源市场暂行条例》第三十二条",
    "orders": "明示营业执照\r\n公示收费标准",
    "due": "2025-03-20",
}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Any]:
    settings = Settings(data=tmp_path / "house", departments=("samr", "hr"))
    with house(settings, create=True) as one:
        one.platform.start()
        yield _app(one, tmp_path)


def _app(one: House, tmp_path: Path) -> Any:
    accounts = Accounts.open(tmp_path / "accounts.sqlite", lambda: int(time.time()))
    for organ in ("HRSS_INSP", "HRSS_MKT", "HRSS", "SAMR"):
        accounts.create(
            organ.lower(), PASSWORD, organ=organ, region="210103", appointment=f"test:{organ}"
        )
    config = WebConfig(
        secret="a secret of the tests, long enough to sign with", hosts=("testserver",)
    )
    return create_app(one.platform, accounts, config)


class Officer:
    """A signed-in officer's browser without scripts."""

    def __init__(self, app: Any, user: str) -> None:
        self.client = TestClient(app)
        self.submit("/sign-in", "/sign-in", user=user, password=PASSWORD)

    def get(self, address: str) -> Any:
        return self.client.get(address)

    def submit(self, form: str, to: str, files: Any = None, **data: str) -> Any:
        """Sends a form that stands on a page, with what the page hides in it."""
        page = self.client.get(form).text
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
        return self.client.post(to, data=hidden | data, files=files)


def drafted(app: Any) -> tuple[Officer, str]:
    officer = Officer(app, "hrss_insp")
    at = "/documents/new/CORRECTION_NOTICE"
    shown = officer.submit(at, at, **ORDER)
    assert shown.status_code == 200, shown.text
    return officer, str(shown.url.path)


def give(officer: Officer, command: str, document: str, files: Any = None, **data: str) -> Any:
    """Gives a command about a document by its form, and confirms the preview."""
    at = f"/cmd/{command}"
    sent = officer.submit(f"{at}?document={document}", at, files, document=document, **data)
    if 'name="confirmed"' not in sent.text:
        return sent
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', sent.text))
    return officer.client.post(at, data=hidden | {"confirmed": "yes"})


def test_a_document_goes_from_its_form_to_its_files(app: Any) -> None:
    officer, place = drafted(app)
    document = place.rpartition("/")[2]
    assert re.search("沈河人社责改字〔20[0-9]{2}〕1号", officer.get(place).text)
    assert officer.get(f"{place}/pdf").status_code == 404
    give(Officer(app, "hrss_mkt"), "CheckDocument", document, agreed="true")
    give(Officer(app, "hrss"), "ApproveDocument", document)
    sealed = give(officer, "SealDocument", document)
    assert "document.sealed" in sealed.text or "用印" in sealed.text
    pdf = officer.get(f"{place}/pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert "%E6%B2%88%E6%B2%B3" in pdf.headers["content-disposition"]
    assert officer.get(f"{place}/docx").content.startswith(b"PK")
    assert f"{place}/pdf" in officer.get(place).text
    checker = Officer(app, "hrss_mkt")
    assert checker.get(f"{place}/pdf").status_code == 403
    assert f"{place}/pdf" not in checker.get(place).text
    assert "由保存机关调阅：" in checker.get(place).text
    proof = {"receipt.upload": ("回证.png", b"\x89PNG\r\n\x1a\n proof", "image/png")}
    give(officer, "ServeDocument", document, proof, method="DIRECT")
    assert "已送达" in officer.get(place).text


def test_a_wrong_draft_keeps_what_was_typed_and_names_its_field(app: Any) -> None:
    officer = Officer(app, "hrss_insp")
    at = "/documents/new/CORRECTION_NOTICE"
    answer = officer.submit(at, at, **ORDER | {"due": "2025-02-30"})
    assert answer.status_code == 422
    assert 'id="e-due"' in answer.text
    assert "公示收费标准" in answer.text


def test_a_draft_is_redone_from_what_was_filled_in(app: Any) -> None:
    officer, place = drafted(app)
    document = place.rpartition("/")[2]
    at = "/documents/new/CORRECTION_NOTICE"
    assert "公示收费标准" in officer.get(f"{at}?document={document}").text
    again = officer.submit(f"{at}?document={document}", at, **ORDER | {"facts": "事实更正。"})
    assert str(again.url.path) == place
    assert "<dd>2</dd>" in again.text


def test_another_department_sees_no_page_and_no_file_of_it(app: Any) -> None:
    _, place = drafted(app)
    other = Officer(app, "samr")
    assert other.get(place).status_code == 404
    assert other.get(f"{place}/pdf").status_code == 404


def test_the_kinds_of_an_organ_are_listed(app: Any) -> None:
    listed = Officer(app, "hrss_mkt").get("/documents/new").text
    assert "责令改正通知书" in listed
    assert "行政处罚决定书" not in listed


def test_the_documents_of_a_bureau_are_listed_with_state_and_filters(app: Any) -> None:
    _, place = drafted(app)
    for user in ("hrss_insp", "hrss_mkt"):
        shown = Officer(app, user).get("/documents").text
        assert f'href="{place}"' in shown
        assert "沈河人社责改字" in shown
        assert "已拟制，待审核" in shown
    officer = Officer(app, "hrss")
    assert f'href="{place}"' not in officer.get("/documents?state=SEALED").text
    assert f'href="{place}"' in officer.get(f"/documents?about={FIRM}").text
    assert f'href="{place}"' not in officer.get("/documents?about=CASE-1").text
    assert officer.get("/documents?kind=NONE").status_code == 400
    assert f'href="{place}"' not in Officer(app, "samr").get("/documents").text


def test_a_signed_out_reader_is_sent_to_sign_in(app: Any) -> None:
    assert TestClient(app).get("/documents/DOC-1").url.path == "/sign-in"
