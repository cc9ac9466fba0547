"""One penalty case from its filing to the annulled decision, as its page tells it."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from gateways.contracts.envelope import fact_of
from gateways.web import assets
from projections import casework, labour_inspection, received
from tests.gateways.web.story import NAME, post, registered, until
from tests.gateways.web.test_access import wrong

pytestmark = pytest.mark.browser

CODE = "V-CON-01"
ARTICLE = "就业促进法第65条"
MEASURES = [
    {"kind": "FINE", "amount_fen": 3_000_000, "code": CODE, "basis": ARTICLE},
    {"kind": "CONFISCATE_INCOME", "amount_fen": 400_000, "code": CODE, "basis": ARTICLE},
]
TEXT = {"base64": base64.b64encode("行政处罚决定书".encode()).decode(), "media_type": "text/plain"}


@dataclass(frozen=True, kw_only=True)
class Penalty:
    """A case and the numbers that its page shows."""

    uscc: str
    case: str


def step(site: Any, organ: str, command: str, /, **data: Any) -> None:
    """Gives a command about the case and waits until its department shows the effect."""
    department = site.house.platform.departments["oversight" if organ == "RECON" else "hr"]
    key = f"{command}-{time.monotonic_ns()}"
    given = department.give(command, data, post(organ), key=key)
    until(lambda: department.applied(given.position))


def told(site: Any, ask: Callable[[Any], Any]) -> Any:
    """What a reader of 人社 answers."""
    with site.house.platform.departments["hr"].reading() as conn:
        return ask(conn)


def filed(site: Any) -> Penalty:
    """A case filed on an accepted complaint, with one finding made in it."""
    uscc = registered(site)
    step(
        site, "HRSS_INSP", "RegisterComplaint", organisation=uscc, kind="COMPLAINT",
        channel="VISIT", received_on="2025-02-12", about_what="为无照单位介绍工人", codes=[CODE],
    )  # fmt: skip
    complaint = told(site, lambda conn: labour_inspection.complaints(conn, uscc=uscc)[0])
    step(
        site, "HRSS_INSP", "DecideComplaint", organisation=uscc,
        complaint=complaint["complaint_id"], outcome="ACCEPTED",
    )  # fmt: skip
    step(
        site, "HRSS_INSP", "FileCase", organisation=uscc, codes=[CODE], filed_on="2025-02-14",
        complaints=[complaint["complaint_id"]], officers=["21010300123", "21010300124"],
        act_from="2025-01-05", act_to="2025-02-01",
    )  # fmt: skip
    case = told(
        site, lambda conn: casework.cases(conn, uscc=uscc, on=date(2025, 2, 14))[0]["case_id"]
    )
    step(
        site, "HRSS_INSP", "RecordViolation", organisation=uscc, code=CODE, about=case,
        facts=["为两家无照工厂介绍工人十二名"], act_from="2025-01-05", act_to="2025-02-01",
        persons=12, amount_fen=400_000,
    )  # fmt: skip
    return Penalty(uscc=uscc, case=case)


def decided(site: Any) -> Penalty:
    """Notice, hearing, legal review and discussion came before the decision."""
    one = filed(site)

    def act(command: str, /, organ: str = "HRSS_INSP", **data: Any) -> None:
        step(site, organ, command, case=one.case, **data)

    act(
        "ConcludeInvestigation", concluded_on="2025-03-03", illegal_income_fen=400_000,
        complex=True, proposal="建议罚款并没收违法所得",
    )  # fmt: skip
    act(
        "ServePenaltyNotice", notice_no="沈河人社罚告字〔2025〕第1号", proposed=MEASURES,
        served_on="2025-03-04",
    )  # fmt: skip
    act("RequestHearing", requested_on="2025-03-06")
    act("NotifyHearing", notified_on="2025-03-07", hearing_on="2025-03-19", place="三楼会议室")
    act("HoldHearing", held_on="2025-03-19")
    act("ReviewLegality", organ="HRSS_LEGAL", opinion="AGREED", reason="事实清楚，程序合法")
    act("DiscussCase", organ="HRSS", on="2025-03-21", opinion="AGREED", present=5)
    act(
        "DecidePenalty", decision_no="沈河人社罚字〔2025〕第1号", measures=MEASURES,
        decided_on="2025-03-24", reason="违法事实清楚",
    )  # fmt: skip
    return one


def published(site: Any) -> Penalty:
    """The decision was served, paid and made public."""
    one = decided(site)

    def act(command: str, /, **data: Any) -> None:
        step(site, "HRSS_INSP", command, case=one.case, **data)

    act("ServePenalty", served_on="2025-03-26", method="DIRECT")
    act("RecordPerformance", kind="PAID", amount_fen=3_400_000, on="2025-04-08")
    act("ApprovePublication", kind="DECISION", legal_basis="行政处罚法第48条")
    name = publication(site, one)["publication_id"]
    act("RedactPublication", publication=name, text=TEXT)
    act("PublishDecision", publication=name, channel="沈河区政府网站", on="2025-04-10")
    return one


def publication(site: Any, one: Penalty) -> Any:
    """The publication of the case's decision."""
    return told(site, lambda conn: casework.publications(conn, case_id=one.case)[0])


def penalty(site: Any, one: Penalty) -> Any:
    """The case's decision."""
    return told(site, lambda conn: casework.penalties(conn, case_id=one.case)[0])


def annulled(site: Any) -> Penalty:
    """The reconsideration organ annulled the decision; its publication was withdrawn by rule."""
    one = published(site)
    target = penalty(site, one)["event_id"]
    oversight = site.house.platform.departments["oversight"]
    until(lambda: arrived(oversight, target))
    remedy: dict[str, Any] = {
        "organisation": one.uscc, "kind": "RECONSIDERATION", "target": target,
        "respondent": "HRSS_INSP",
    }  # fmt: skip
    step(site, "RECON", "RecordRemedyStep", step="APPLIED", on="2025-04-20", **remedy)
    step(
        site, "RECON", "OverturnDecision", organisation=one.uscc, target=target,
        by="RECONSIDERATION", result="ANNULLED", decided_on="2025-06-10",
        document_no="沈河政复决字〔2025〕12号", reason="认定事实的主要证据不足",
    )  # fmt: skip
    until(lambda: publication(site, one)["state"] == "WITHDRAWN")
    until(lambda: penalty(site, one)["state"] == "OVERTURNED")
    return one


def arrived(department: Any, event: str) -> bool:
    """Whether a department has taken in a fact."""
    with department.reading() as conn:
        return received.of_event(conn, event, fact_of) is not None


@pytest.fixture(scope="module")
def story(site: Any) -> Penalty:
    return annulled(site)


def opened(browsing: Any, site: Any, one: Penalty, lang: str) -> Any:
    browsing.sign_in(site, "hrss_insp")
    browsing.page.goto(f"{site.address}/inspection/cases/{one.case}?lang={lang}")
    return browsing.page


def section(page: Any, title: str) -> str:
    """The words of one card, on one line."""
    heading = page.locator(f"section.card:has(> h2:text('{title}'))").first
    return " ".join(heading.inner_text().split())


SECTIONS = {
    "zh": {
        "案件": (
            "2025-03-04 · 沈河人社罚告字〔2025〕第1号 · 有权要求听证",
            "要求 2025-03-06 · 通知 2025-03-07 · 定于 2025-03-19 三楼会议室 · 举行 2025-03-19",
            "当事人到场",
            "法制审核 同意 · 事实清楚，程序合法",
            "集体讨论 2025-03-21 · 同意 · 到会 5 人",
            "违法所得 4,000 元",
        ),
        "违法事实": ("为两家无照工厂介绍工人十二名", "2025-01-05 – 2025-02-01", "12", "4,000"),
        "处罚决定": (
            "沈河人社罚字〔2025〕第1号",
            "已被纠正",
            "罚款 30,000 V-CON-01 就业促进法第65条",
            "没收违法所得 4,000 V-CON-01 就业促进法第65条",
            "理由 违法事实清楚",
            "送达 2025-03-26 · 直接送达",
            "缴纳 34,000 / 34,000 元",
            "2025-06-10 · 行政复议 · 撤销 · 沈河政复决字〔2025〕12号",
            "待退还 34,000 元",
        ),
        "复议和诉讼": (
            "行政复议 · 申请、起诉 行政复议机关 2025-04-20",
            "行政复议 · 撤销 沈河政复决字〔2025〕12号 · 认定事实的主要证据不足",
        ),
        "公开和曝光": (
            "已撤回",
            "行政处罚法第48条",
            "公开 2025-04-10",
            "沈河区政府网站",
            "公开文本",
        ),
        "经过": (
            "集体讨论 2025-03-21",
            "处罚履行 → 已履行 2025-04-08",
            "已隐去个人信息",
            "自动规则 R14",
        ),
    },
    "en": {
        "The case": (
            "2025-03-04 · 沈河人社罚告字〔2025〕第1号 · hearing right",
            "requested 2025-03-06 · told 2025-03-07 · set for 2025-03-19 三楼会议室",
            "held 2025-03-19 · the party attended",
            "Legal review Agreed · 事实清楚，程序合法",
            "Discussion 2025-03-21 · Agreed · 5 present",
        ),
        "Findings": ("General", "为两家无照工厂介绍工人十二名"),
        "Penalty decision": (
            "Overturned",
            "Fine 30,000 V-CON-01 就业促进法第65条",
            "Confiscate illegal income 4,000 V-CON-01",
            "Served 2025-03-26 · Direct",
            "Paid 34,000 / 34,000 yuan",
            "2025-06-10 · Reconsideration · Annulled · 沈河政复决字〔2025〕12号",
            "Refund due 34,000 yuan",
        ),
        "Review": ("Reconsideration · Applied for Reconsideration organ 2025-04-20",),
        "Publications": ("Withdrawn", "published 2025-04-10", "沈河区政府网站", "Text"),
        "Steps": ("Case discussed collectively 2025-03-21", "Decision reviewed or overturned"),
    },
}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_of_a_case_tells_its_penalty_from_notice_to_annulment(
    site: Any, browsing: Any, story: Penalty, lang: str
) -> None:
    page = opened(browsing, site, story, lang)
    for title, sentences in SECTIONS[lang].items():
        said = section(page, title)
        assert [one for one in sentences if one not in said] == [], said
    assert NAME in page.inner_text("h1")
    shown = page.inner_text("main")
    assert [one for one in ("RECONSIDERATION", "ANNULLED", "CONFISCATE_") if one in shown] == []


def test_a_term_that_a_day_ended_is_shown_with_that_day(
    site: Any, browsing: Any, story: Penalty
) -> None:
    said = section(opened(browsing, site, story, "zh"), "时限")
    for code, day in (("DL-PEN-04", "2025-03-06"), ("DL-PEN-06", "2025-03-26")):
        assert f"完成 {day}" in said[said.index(code) :][:120]


def test_a_term_of_the_party_is_owed_by_the_party(site: Any, browsing: Any, story: Penalty) -> None:
    page = opened(browsing, site, story, "zh")
    for code, whose in (("DL-PEN-07", "当事人"), ("DL-PEN-06", "劳动保障监察机构")):
        row = page.locator("tr", has_text=code)
        assert row.locator("td").last.inner_text().startswith(whose)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [1280, 400])
def test_the_page_of_a_penalty_passes_the_accessibility_checker(
    site: Any, browsing: Any, story: Penalty, lang: str, width: int
) -> None:
    browsing.page.set_viewport_size({"width": width, "height": 900})
    page = opened(browsing, site, story, lang)
    assert wrong(page, assets.axe()) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    cut = "[...document.querySelectorAll('dl.facts')].filter(d => d.scrollWidth > d.clientWidth)"
    assert page.evaluate(f"{cut}.map(d => d.innerText)") == []
    assert browsing.complaints == []


def test_after_an_annulment_the_page_offers_the_refund_and_a_new_beginning(
    site: Any, browsing: Any
) -> None:
    one = annulled(site)
    page = opened(browsing, site, one, "zh")
    offered = page.inner_text("section.card >> nth=0")
    assert "重新办理案件" in offered
    assert "批准公开" not in offered
    page.click("text=登记退还")
    assert page.input_value("#f-kind") == "REFUND"
    page.fill("#f-amount_fen", "-34000")
    page.click("form.act.card > button")
    page.wait_for_selector(".done")
    until(lambda: penalty(site, one)["paid_fen"] == 0)
    page = opened(browsing, site, one, "zh")
    assert "待退还" not in page.inner_text("main")
    page.click("text=重新办理案件")
    page.fill("#f-reason", "重新调查取证")
    page.click("form.act.card > button")
    page.wait_for_selector(".done")
    page = opened(browsing, site, one, "zh")
    shown = page.inner_text("section.card >> nth=0")
    assert "重新办理案件" not in shown
    assert "处罚决定已被纠正" not in shown
    assert "调查终结" in shown
