"""Campaigns on pages: who owes what, the statistics form opened and sealed, the agency's own page."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from domain.market.self_checks import QUESTIONS
from gateways.http.accounts import Accounts
from gateways.http.app import create_app
from gateways.http.config import WebConfig
from gateways.web import assets
from ops.asking import Ask
from ops.views import ask
from tests.gateways.department.town import opened
from tests.gateways.http.feeding import served
from tests.gateways.web.campaign import (
    COUNTY,
    FIRM,
    OTHER,
    PREFECTURE,
    SECOND,
    Played,
    own_post,
)
from tests.gateways.web.conftest import PASSWORD, Site
from tests.gateways.web.test_access import wrong
from tests.gateways.web.test_documents import Officer

USERS = {
    "issuer": ("HRSS", PREFECTURE, ""),
    "county": ("HRSS_MKT", COUNTY, ""),
    "county_head": ("HRSS", COUNTY, ""),
    "other": ("HRSS_MKT", OTHER, ""),
    "elsewhere": ("HRSS_MKT", "210200", ""),
    "lgo": ("LGO", PREFECTURE, ""),
    "samr": ("SAMR", COUNTY, ""),
    "firm": ("AGENCY", COUNTY, own_post(FIRM).id),
    "second": ("AGENCY", COUNTY, own_post(SECOND).id),
}


@dataclass
class Shown:
    """The played campaign and the application that shows it."""

    played: Played
    app: Any
    signed: dict[str, Officer]

    def as_(self, user: str) -> Officer:
        """The browser of a user, signed in once."""
        if user not in self.signed:
            self.signed[user] = Officer(self.app, user)
        return self.signed[user]

    @property
    def at(self) -> str:
        """The campaign's address."""
        return f"/campaigns/{self.played.id}"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    folder: Path = tmp_path_factory.mktemp("campaign-pages")
    with opened(folder / "town", departments="samr,hr,lgo") as town:
        played = Played(town)
        accounts = Accounts.open(folder / "accounts.sqlite", lambda: int(time.time()))
        for user, (organ, region, post) in USERS.items():
            accounts.create(
                user, PASSWORD, organ=organ, region=region, post=post, appointment=f"test:{user}"
            )
        config = WebConfig(
            secret="a secret of the tests, long enough to sign with",
            hosts=("testserver", "127.0.0.1"),
        )
        yield Shown(played, create_app(town.platform, accounts, config), {})


def text_of(html: str) -> str:
    """What a page says, without its marks."""
    body = html[html.index("<main") :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def test_the_issuer_sees_phases_units_and_what_is_overdue(shown: Shown) -> None:
    listed = text_of(shown.as_("issuer").get("/campaigns").text)
    assert "劳务中介专项整治行动" in listed
    page = shown.as_("issuer").get(shown.at)
    told = text_of(page.text)
    for words in (
        "开展自查",
        "集中整治",
        "逾期未报",
        "按时报送",
        "一时难以解决",
        "黑榜",
        "摸底排查",
    ):
        assert words in told, words
    assert page.text.count('class="phase') == 2
    assert f"/cmd/ChaseUnit?campaign={shown.played.id}" in page.text
    assert "行动方案逾期未报，请说明" in told


def test_a_county_sees_its_own_unit_alone(shown: Shown) -> None:
    county, other = shown.as_("county"), shown.as_("other")
    assert "走访43户" in county.get(shown.at).text
    seen = other.get(shown.at).text
    assert "走访43户" not in seen
    assert "未落实明示制度" not in seen
    assert "行动方案逾期未报，请说明" in seen
    assert other.get(f"{shown.at}/units/{COUNTY}").status_code == 404
    assert other.get(f"{shown.at}/form/{COUNTY}").status_code == 404
    assert other.get(f"{shown.at}/compare").status_code == 403
    assert shown.as_("elsewhere").get(shown.at).status_code == 404
    assert shown.as_("samr").get(shown.at).status_code == 403


def test_the_units_page_opens_the_commands_that_are_next_filled_in(shown: Shown) -> None:
    page = shown.as_("county").get(f"{shown.at}/units/{COUNTY}").text
    told = text_of(page)
    for command in ("ReportProgress", "SettleProblem", "AnswerVisit"):
        assert f"/cmd/{command}?campaign={shown.played.id}" in page, command
    assert "AnswerVisit" in page
    assert "number=1" in page
    assert "number=2" not in page
    assert "未申报 1" in told
    assert "沈河虚例电子厂" in told
    answered = shown.as_("other").get(f"{shown.at}/units/{OTHER}").text
    assert "/cmd/AnswerChase?" in answered


def test_the_chart_has_the_numbers_of_the_table(shown: Shown) -> None:
    found = shown.as_("issuer").get(f"{shown.at}/progress.json").json()
    assert [one["values"] for one in found["series"]] == [[1, 0], [0, 0], [1, 0], [1, 0]]
    assert len(found["units"]) == 2


def test_every_number_of_the_form_opens_what_it_counts(shown: Shown) -> None:
    county = shown.as_("county")
    page = county.get(f"{shown.at}/form/{COUNTY}").text
    rows = sorted({int(one) for one in re.findall(r"/rows/(\d+)", page)})
    assert rows == [n for n in range(1, 26) if n not in (15, 16)]
    for number, value in ((1, "2/0"), (5, "1/0"), (12, "1/0"), (17, "1")):
        one = text_of(county.get(f"{shown.at}/form/{COUNTY}/rows/{number}").text)
        assert f"数值 {value}" in one, number
    opened_row = county.get(f"{shown.at}/form/{COUNTY}/rows/5").text
    assert FIRM in opened_row
    assert SECOND not in opened_row
    annex = re.search(r'href="([^"]*/annex/V-INF-01[^"]*)"', page)
    assert annex is not None
    assert SECOND in county.get(annex[1]).text
    assert SECOND in county.get(f"{shown.at}/form/{COUNTY}/undeclared").text
    assert county.get(f"{shown.at}/form/{COUNTY}/rows/26").status_code == 404
    assert county.get(f"{shown.at}/form/{COUNTY}/rows/x").status_code == 404


def test_a_form_is_shown_as_of_the_moment_that_is_asked_for(shown: Shown) -> None:
    county = shown.as_("county")
    before = county.get(f"{shown.at}/form/{COUNTY}?as_of=2024-12-05T12:00").text
    assert "V-INF-01" not in before
    early = county.get(f"{shown.at}/form/{COUNTY}/rows/5?as_of=2024-12-05T12:00").text
    assert "数值 0/0" in text_of(early)
    future = county.get(f"{shown.at}/form/{COUNTY}?as_of=2030-01-01")
    assert future.status_code == 400
    assert county.get(f"{shown.at}/form/{COUNTY}?as_of=soon").status_code == 400


def test_a_sealed_form_shows_its_posts_its_hash_and_that_it_counts_the_same(shown: Shown) -> None:
    table = shown.played.table
    page = shown.as_("county").get(f"{shown.at}/form/{COUNTY}?table={table['table_id']}").text
    told = text_of(page)
    for words in (table["content"]["sha256"], "逐字节一致", "已报送", "2024-12-20 18:00"):
        assert words in told, words
    assert "/cmd/PrepareTable?" in page
    assert f"amends={table['table_id']}" in page
    assert shown.as_("issuer").get(f"{shown.at}/form/{COUNTY}?table=TAB-NONE").status_code == 404
    of_other = f"{shown.at}/form/{OTHER}?table={table['table_id']}"
    assert shown.as_("issuer").get(of_other).status_code == 404


@pytest.mark.parametrize("kind", ["xlsx", "pdf", "csv"])
def test_the_form_is_downloaded_the_same_each_time(shown: Shown, kind: str) -> None:
    county, table = shown.as_("county"), shown.played.table["table_id"]
    at = f"{shown.at}/form/{COUNTY}/file.{kind}"
    sealed = county.get(f"{at}?table={table}")
    assert sealed.status_code == 200
    assert "attachment" in sealed.headers["content-disposition"]
    assert county.get(f"{at}?table={table}").content == sealed.content
    counted = county.get(f"{at}?as_of=2024-12-20T18:00")
    assert counted.status_code == 200
    if kind == "xlsx":
        page = load_workbook(io.BytesIO(sealed.content)).active
        assert page is not None
        assert (page["C4"].value, page["C8"].value) == ("2/0", "1/0")
    assert county.get(f"{shown.at}/form/{COUNTY}/file.exe").status_code == 404


def test_the_prefectures_form_counts_its_counties_together(shown: Shown) -> None:
    issuer = shown.as_("issuer")
    page = issuer.get(f"{shown.at}/form/{PREFECTURE}").text
    assert "2/0" in text_of(page)
    assert shown.as_("county").get(f"{shown.at}/form/{PREFECTURE}").status_code == 404


@pytest.mark.parametrize("user", ["issuer", "lgo"])
def test_units_stand_side_by_side_for_the_issuer_and_the_leading_group(
    shown: Shown, user: str
) -> None:
    page = shown.as_(user).get(f"{shown.at}/compare")
    assert page.status_code == 200
    assert page.text.count('/rows/1"') == 2
    assert f"{shown.at}/units/{OTHER}" in page.text


def test_a_firm_reads_its_own_page_and_nothing_of_others(shown: Shown) -> None:
    firm, second = shown.as_("firm"), shown.as_("second")
    own, theirs = text_of(firm.get("/own").text), text_of(second.get("/own").text)
    for words in (FIRM, "已申报 2024-12-02", "黑榜", "已报送，未公示", "返费一笔"):
        assert words in own, words
    assert "尚未申报" in theirs
    for secret in (FIRM, "返费一笔", "黑榜", "未落实明示制度"):
        assert secret not in theirs, secret
    assert "未落实明示制度" not in own
    assert str(firm.get("/").url.path) == "/own"
    for address in (
        "/campaigns",
        shown.at,
        f"{shown.at}/units/{COUNTY}",
        f"{shown.at}/form/{COUNTY}",
        f"{shown.at}/form/{COUNTY}/rows/1",
        f"{shown.at}/form/{COUNTY}/file.csv",
        f"{shown.at}/compare",
        f"{shown.at}/progress.json",
        "/cases",
        f"/subjects/{FIRM}",
        "/exchange",
    ):
        assert firm.get(address).status_code == 403, address
    assert shown.as_("county").get("/own").status_code == 403


def test_a_firms_form_says_nothing_of_what_is_being_done_about_it(shown: Shown) -> None:
    form = shown.as_("firm").get(f"/cmd/DeclareSelfCheck?organisation={FIRM}").text
    other = shown.as_("second").get(f"/cmd/DeclareSelfCheck?organisation={FIRM}").text
    for page in (form, other):
        assert re.search(r'name="seen" value="([^"]*)"', page)[1] == ""  # type: ignore[index]


def test_the_form_of_a_self_check_asks_every_question_in_words(shown: Shown) -> None:
    page = shown.as_("firm").get(f"/cmd/DeclareSelfCheck?organisation={FIRM}").text
    for number, code in enumerate(QUESTIONS):
        assert f'name="answers.{number}.question"' in page
        assert f'<option value="{code}" selected>{QUESTIONS[code][0]}' in page
    assert 'name="imported"' not in page


def test_a_firm_declares_for_itself_by_its_form_and_for_nobody_else(shown: Shown) -> None:
    second = shown.as_("second")
    at = f"/cmd/DeclareSelfCheck?campaign={shown.played.id}&organisation={SECOND}"
    answers = {
        "campaign": shown.played.id,
        "answers.0.question": "REBATE",
        "answers.0.found": "false",
        "rebate_present": "false",
    }
    refused = second.submit(at, "/cmd/DeclareSelfCheck", **answers, organisation=FIRM)
    assert refused.status_code in (403, 409, 422)
    done = second.submit(at, "/cmd/DeclareSelfCheck", **answers, organisation=SECOND)
    assert done.status_code == 200, text_of(done.text)
    assert "/subjects/" not in done.text
    shown.played.town.platform.settle()
    assert "重新申报" in second.get("/own").text


@pytest.mark.parametrize(
    "name",
    [
        "LaunchCampaign",
        "ClosePhase",
        "SubmitReport",
        "IssueCircular",
        "PrepareTable",
        "CheckTable",
        "ApproveTable",
        "AssignTask",
        "ReportProgress",
        "ChaseUnit",
        "AnswerChase",
        "RecordProblem",
        "ReportProblemUp",
        "SettleProblem",
        "RecordVisit",
        "AnswerVisit",
        "EvaluateUnit",
        "NominateForBoard",
        "CheckNomination",
        "ShowOnBoard",
        "WithdrawFromBoard",
        "CloseCampaign",
        "SubmitAnnualReport",
        "DiscloseAnnualReport",
        "DeclareSelfCheck",
        "GiveGuidance",
        "HoldPublicity",
        "RecordAssociationActivity",
        "EstablishRegime",
        "SelectModel",
        "WithdrawModel",
    ],
)
def test_every_command_of_campaigns_has_a_form_that_says_what_is_missing(
    shown: Shown, name: str
) -> None:
    issuer = shown.as_("issuer")
    at = f"/cmd/{name}?campaign={shown.played.id}"
    page = issuer.get(at)
    assert page.status_code == 200
    assert shown.played.id in page.text or "campaign" not in page.text
    sent = issuer.submit(at, f"/cmd/{name}")
    assert sent.status_code == 422
    assert "▲" in sent.text


def test_the_views_of_the_command_line_tell_the_same(shown: Shown) -> None:
    platform = shown.played.town.platform

    def rows(name: str, **asked: Any) -> list[dict[str, Any]]:
        return ask(platform, name, Ask(now=platform.clock.now(), **asked))

    (campaign,) = rows("campaigns")
    assert (campaign["code"], campaign["state"]) == ("SY-2024", "OPEN")
    of = {"of": shown.played.id}
    states = {(one["unit"], one["code"]): one["state"] for one in rows("campaign_reports", **of)}
    assert (states[COUNTY, "PLAN"], states[OTHER, "PLAN"]) == ("ON_TIME", "OVERDUE")
    assert sum(one["overdue"] for one in rows("campaign_tasks", **of)) == 1
    assert {one["problem_class"] for one in rows("campaign_problems", **of)} == {
        "SOLVE_AT_ONCE",
        "NEEDS_RULE",
        "CANNOT_YET",
    }
    assert [one["state"] for one in rows("boards", of=FIRM)] == ["SHOWN"]
    declared = {one["uscc"]: one["declared"] for one in rows("self_checks", **of)}
    assert declared[FIRM]
    assert SECOND in declared
    assert [one["year"] for one in rows("annual_reports", of=FIRM)] == [2023]


def test_an_irreversible_command_shows_first_what_it_sets_in_motion(shown: Shown) -> None:
    issuer = shown.as_("issuer")
    at = f"/cmd/CloseCampaign?campaign={shown.played.id}"
    sent = issuer.submit(at, "/cmd/CloseCampaign", campaign=shown.played.id, summary="已完成")
    assert sent.status_code == 200
    assert 'name="confirmed"' in sent.text
    assert "进行中" in issuer.get(shown.at).text


@pytest.fixture(scope="module")
def site(shown: Shown) -> Iterator[Site]:
    """The same application, served to a real browser."""
    if not assets.VENDOR.exists():
        assets.build()
    with served(shown.app) as address:
        yield Site(address=address, house=shown.played.town.house, app=shown.app)


PAGES: dict[str, Callable[[Shown], list[str]]] = {
    "issuer": lambda one: [
        "/campaigns",
        one.at,
        f"{one.at}/compare",
        f"{one.at}/units/{COUNTY}",
        f"{one.at}/form/{COUNTY}/rows/5",
        f"{one.at}/form/{PREFECTURE}",
    ],
    "county": lambda one: [
        f"{one.at}/units/{COUNTY}",
        f"{one.at}/form/{COUNTY}",
        f"{one.at}/form/{COUNTY}?table={one.played.table['table_id']}",
    ],
    "firm": lambda _: ["/own", f"/cmd/DeclareSelfCheck?organisation={FIRM}"],
}


@pytest.mark.browser
@pytest.mark.parametrize("user", list(PAGES))
def test_no_page_of_a_campaign_has_an_accessibility_violation_wide_or_narrow(
    shown: Shown, site: Site, browsing: Any, user: str
) -> None:
    page, axe, found = browsing.page, assets.axe(), []
    session = shown.as_(user).client.cookies["session"]
    cookie = {"name": "session", "value": session, "url": site.address}
    page.context.add_cookies([cookie])
    for width, lang in ((1280, "zh"), (400, "en")):
        page.set_viewport_size({"width": width, "height": 900})
        for path in PAGES[user](shown):
            page.goto(f"{site.address}{path}{'&' if '?' in path else '?'}lang={lang}")
            if path == shown.at:
                page.wait_for_selector("#chart-progress canvas")
            found += wrong(page, axe)
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                found.append(f"{path} is wider than {width}")
    assert found == []
    assert browsing.complaints == []
