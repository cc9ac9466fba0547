"""The treasury's page: what is owed to it, recorded where it comes in, and the fined case closed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gateways.http.accounts import Accounts
from gateways.http.app import create_app
from gateways.http.config import WebConfig
from ops.posts import post_of
from ops.settings import Settings
from ops.wiring import House, house
from projections import casework, labour_inspection
from tests.gateways.web.test_documents import PASSWORD, Officer

UNLICENSED = "92532301MAYTX00648"
MEASURES = [
    {
        "kind": "FINE",
        "amount_fen": 1_500_000,
        "code": "V-CON-01",
        "basis": "就业促进法第65条",
    }
]
COMPLAINT = {
    "organisation": UNLICENSED,
    "kind": "COMPLAINT",
    "channel": "VISIT",
    "about_what": "为无照单位介绍工人",
    "codes": ["V-CON-01"],
}


def give(town: House, post: str, command: str, /, **data: Any) -> None:
    who = post_of(f"{post}@532301")
    node = {"SAMR": "samr", "FIN": "fin"}.get(who.organ, "hr")
    key = f"{command}-{time.monotonic_ns()}"
    town.department(node).give(command, data, who, key=key, credential="test")
    town.platform.settle()


def row(town: House, node: str) -> dict[str, Any]:
    with town.department(node).reading() as conn:
        (one,) = casework.penalties(conn)
    return dict(one)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A case whose fine was decided and served today."""
    folder = tmp_path_factory.mktemp("payments")
    with house(Settings(data=folder, departments=("hr", "samr", "fin")), create=True) as one:
        firm = {"organisation": UNLICENSED, "name": "楚雄虚例速聘信息服务部", "scope": "信息咨询"}
        give(one, "SAMR", "RegisterOrganisation", **firm)
        give(one, "HRSS_INSP", "RegisterComplaint", **COMPLAINT)
        with one.department("hr").reading() as conn:
            complaint = labour_inspection.complaints(conn)[0]["complaint_id"]
        about = {"organisation": UNLICENSED, "complaint": complaint}
        give(one, "HRSS_INSP", "DecideComplaint", **about, outcome="ACCEPTED")
        give(
            one,
            "HRSS_INSP",
            "FileCase",
            organisation=UNLICENSED,
            codes=["V-CON-01"],
            complaints=[complaint],
            officers=["53230100123", "53230100124"],
        )
        with one.department("hr").reading() as conn:
            (filed,) = casework.cases(conn, on=date.today())
        case = {"case": filed["case_id"]}
        give(
            one,
            "HRSS_INSP",
            "RecordViolation",
            organisation=UNLICENSED,
            code="V-CON-01",
            about=filed["case_id"],
            facts=["为无照工厂介绍工人"],
            act_from="2026-01-05",
            persons=2,
            amount_fen=400_000,
        )
        give(
            one,
            "HRSS_INSP",
            "ConcludeInvestigation",
            **case,
            illegal_income_fen=400_000,
            proposal="建议罚款",
        )
        give(
            one,
            "HRSS_INSP",
            "ServePenaltyNotice",
            **case,
            notice_no="楚市人社罚告〔2026〕1号",
            proposed=MEASURES,
        )
        give(one, "HRSS_INSP", "HearDefence", **case, accepted=False, reason="未提出新的事实")
        give(
            one,
            "HRSS_INSP",
            "DecidePenalty",
            **case,
            decision_no="楚市人社罚〔2026〕1号",
            measures=MEASURES,
            reason="违法事实清楚",
        )
        give(one, "HRSS_INSP", "ServePenalty", **case, method="DIRECT")
        yield one


@pytest.fixture(scope="module")
def app(town: House, tmp_path_factory: pytest.TempPathFactory) -> Any:
    place: Path = tmp_path_factory.mktemp("accounts")
    accounts = Accounts.open(place / "accounts.sqlite", lambda: int(time.time()))
    for organ in ("FIN", "HRSS_INSP"):
        accounts.create(
            organ.lower(), PASSWORD, organ=organ, region="532301", appointment=f"test:{organ}"
        )
    accounts.create(
        "firm",
        PASSWORD,
        organ="AGENCY",
        region="532301",
        post=f"AGENCY:{UNLICENSED}@532301",
        appointment="test:firm",
    )
    config = WebConfig(
        secret="a secret of the tests, long enough to sign with", hosts=("testserver",)
    )
    return create_app(town.platform, accounts, config)


def test_the_treasury_sees_what_is_owed_records_it_and_the_case_is_closed(
    town: House, app: Any
) -> None:
    officer = Officer(app, "fin")
    listed = officer.get("/payments").text
    assert "楚市人社罚〔2026〕1号" in listed
    assert "15,000" in listed
    assert 'href="/payments' in officer.get("/").text
    case = row(town, "fin")["case_id"]
    shown = officer.get(f"/inspection/cases/{case}").text
    assert "/cmd/RecordPerformance" in shown
    assert "/cmd/CloseCase" not in shown

    form = f"/cmd/RecordPerformance?case={case}"
    told = officer.submit(
        form, "/cmd/RecordPerformance", case=case, kind="PAID", amount_fen="15000"
    )
    assert told.status_code == 200, told.text
    town.platform.settle()

    for node in ("hr", "fin"):
        found = row(town, node)
        assert (found["state"], found["paid_fen"]) == ("PERFORMED", 1_500_000)
    assert "楚市人社罚〔2026〕1号" not in officer.get("/payments").text
    give(town, "HRSS_INSP", "CloseCase", case=case, outcome="PENALISED", reason="已缴清")
    with town.department("hr").reading() as conn:
        assert casework.cases(conn, on=date.today())[0]["state"] == "CLOSED"


def test_the_page_is_the_treasurys_alone(app: Any) -> None:
    assert Officer(app, "hrss_insp").get("/payments").status_code == 403


def test_a_firm_neither_sees_nor_brings_files(app: Any) -> None:
    firm = Officer(app, "firm")
    assert firm.get("/exchange").status_code == 403
    assert firm.get("/exchange/export?layout=annual_reports").status_code == 403
