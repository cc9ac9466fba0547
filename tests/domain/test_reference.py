"""The domain reference says what the code does, and what officers read cites the law."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

import domain.law
from domain.calendar.deadlines import Unit
from domain.clocks.reckoning import CLOCK_RULES, RULES_BY_CODE
from domain.clocks.rules_ending import AWAITING_EVENTS
from domain.clocks.words import ClockRule
from domain.commands import COMMANDS
from domain.departments import ORGANS
from domain.enforcement.case import CaseState
from domain.enforcement.facts import MeasureKind
from domain.errors import Refusal
from domain.facts import FACTS
from domain.filing import SERVICES
from domain.inspection.facts import Category, InspectionKind
from domain.lead.state import LeadState
from domain.licence.rules import KINDS
from domain.policy import SETTINGS
from domain.powers import POWERS
from domain.push.scope_matching import MAPPINGS, ScopeClass
from domain.reactions import RULES
from domain.referral.facts import ReferralDocumentCode
from domain.referral.state import Stage as ReferralState
from domain.review.facts import OverturnResult
from domain.review.overturning import UNDOES
from domain.violations.catalogue import CODES, VIOLATIONS, Scale, Violation

ROOT = Path(domain.law.__file__).resolve().parent.parent
REFERENCE = (ROOT / "domain" / "REFERENCE.md").read_text(encoding="utf-8")
HEADINGS = set(re.findall(r"^#{2,3} (?:Appendix )?([0-9A-D]+(?:\.\d+)?)\.? ", REFERENCE, re.M))
EVERY_CLOCK = tuple({rule.code: rule for rule in (*CLOCK_RULES, *AWAITING_EVENTS)}.values())

CITED = re.compile(
    r"\b[Rr]eference (?P<places>\d[\d.]*(?:(?:,| and|;| items?| Appendix| \([^()]*\))* ?[\dA-D][\d.]*\b)*)"
)
APPENDIX = re.compile(r"\bAppendix ([A-D])\b")


def tables() -> Iterator[dict[str, str]]:
    """Every row of every table, by its column's title."""
    head: list[str] | None = None
    for line in REFERENCE.splitlines():
        if not line.startswith("|"):
            head = None
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if head is None:
            head = cells
        elif not set(line) <= set("|- "):
            yield dict(zip(head, cells, strict=True))


def rows(*titles: str) -> dict[str, dict[str, str]]:
    """The rows of the tables that have all these columns, by their first cell."""
    found: dict[str, dict[str, str]] = {}
    for row in tables():
        if set(titles) <= set(row):
            key = next(iter(row.values())).strip("`")
            assert key not in found, f"{key} stands twice"
            found[key] = row
    return found


def ids(cell: str) -> tuple[str, ...]:
    return tuple(re.findall(r"`([\w-]+)`", cell))


def citing() -> list[tuple[str, str]]:
    """Every place of the reference that a module or document cites."""
    found = []
    files = [
        *(
            one
            for part in ("domain", "projections", "gateways", "ops", "tests")
            for one in sorted((ROOT / part).rglob("*.py"))
        ),
        *sorted((ROOT / "ops" / "decisions").glob("*.md")),
        *(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CHANGELOG.md")),
    ]
    for path in files:
        if path == Path(__file__):
            continue
        text = re.sub(r"\s+", " ", path.read_text(encoding="utf-8"))
        for cited in CITED.finditer(text):
            places = re.sub(r" \([^()]*\)", "", cited["places"])
            places = re.sub(r"Appendix [A-D](?: \d+(?:(?:,| and)* \d+)*)?", "", places)
            places = re.sub(r" items? \d+(?:(?:,| and)* \d+(?![.\d]))*", "", places)
            for place in re.findall(r"\d+(?:\.\d+)?|\b[A-D]\b", places):
                found.append((path.relative_to(ROOT).as_posix(), place))
        found += [(path.relative_to(ROOT).as_posix(), one) for one in APPENDIX.findall(text)]
    return found


def test_every_section_that_is_cited_has_its_heading() -> None:
    cited = citing()
    assert len(cited) > 50
    assert [f"{file}: {place}" for file, place in cited if place not in HEADINGS] == []


def test_every_item_of_the_time_conventions_that_is_cited_is_there() -> None:
    section = REFERENCE.split("### 0.3 ")[1].split("\n## ")[0]
    numbers = {int(one) for one in re.findall(r"^(\d+)\. ", section, re.M)}
    assert numbers == set(range(1, 11))


@pytest.mark.parametrize("rule", EVERY_CLOCK, ids=lambda rule: rule.code)
def test_every_clock_has_its_term_and_debtor_in_the_reference(rule: ClockRule) -> None:
    row = rows("code", "term", "debtor")[rule.code]
    assert row["debtor"] == rule.debtor.value
    if rule.period is None:
        assert not re.match(rf"\d+ (?:{'|'.join(Unit)})\b", row["term"])
    else:
        assert row["term"] == f"{rule.period.n} {rule.period.unit.value}"


def test_the_reference_names_no_clock_that_the_code_lacks() -> None:
    assert set(rows("code", "term", "debtor")) == {rule.code for rule in EVERY_CLOCK}


def test_terms_counted_back_from_an_expiry_have_the_numbers_of_the_settings() -> None:
    named = rows("code", "term", "debtor")
    values = {one.name: one.value for one in SETTINGS if one.region is None}
    assert named["DL-LIC-06"]["term"].startswith(f"{values['renewal_days_LIC_DISPATCH']} days")
    assert named["DL-LIC-07"]["term"].startswith(f"{values['renewal_days']} days")


def test_every_reaction_has_its_kind_owner_and_clock_in_the_reference() -> None:
    assert {
        name: (row["kind"], row["owner"].strip("`"), row["clock"])
        for name, row in rows("rule", "kind", "clock").items()
    } == {rule.id: (rule.kind.value, rule.owner_organ, rule.clock or "none") for rule in RULES}


def test_every_licence_has_its_organs_and_validity_in_the_reference() -> None:
    named = rows("type", "granted by", "validity")
    values = {one.name: one.value for one in SETTINGS if one.region is None}
    assert set(named) == {kind.value for kind in KINDS}
    for kind in KINDS.values():
        row = named[kind.type.value]
        assert row["Chinese"].startswith(kind.zh)
        assert ids(row["granted by"]) == kind.organs
        assert ids(row["revoked by"]) == kind.revokers
        assert row["by commitment"] == ("yes" if len(kind.modes) > 1 else "no")
        if kind.validity is not None:
            assert row["validity"].startswith(f"{values[kind.validity]} years")


def test_every_keyword_has_its_class_and_needs_in_the_reference() -> None:
    assert {
        code: (row["phrase"], row["class"], set(ids(row["needs"])))
        for code, row in rows("code", "phrase", "class").items()
    } == {
        one.code: (one.text, ScopeClass(one.scope_class).value, set(one.needs))
        for one in MAPPINGS[-1].phrases
    }


def test_every_filed_service_is_named_in_the_reference() -> None:
    assert [code for code, (zh, _) in SERVICES.items() if f"`{code}` {zh}" not in REFERENCE] == []


def test_every_organ_and_its_node_stand_in_the_reference() -> None:
    named = rows("organ", "node")
    assert {name: row["node"] for name, row in named.items()} == {
        organ.id: organ.node for organ in ORGANS.values()
    }
    assert [
        one.id for one in ORGANS.values() if not named[one.id]["Chinese"].startswith(one.zh)
    ] == []
    assert [
        one.id for one in ORGANS.values() if bool(one.never) != bool(named[one.id]["never"])
    ] == []


def test_every_fact_and_who_records_it_stand_in_the_reference() -> None:
    assert {
        name: (row["Chinese"], ids(row["recorded by"]) or "any")
        for name, row in rows("fact", "recorded by").items()
    } == {
        name: (one.ZH, one.ORGANS if len(one.ORGANS) < 10 else "any") for name, one in FACTS.items()
    }


def test_every_setting_has_its_default_in_the_reference() -> None:
    named = rows("setting", "default")
    assert {name: row["default"] for name, row in named.items()} == {
        one.name: str(one.value) for one in SETTINGS if one.region is None
    }
    for one in SETTINGS:
        if one.region is not None:
            assert f"{one.region}: {one.value}" in named[one.name]["elsewhere"]


def crime(one: Violation) -> str:
    articles = [
        re.sub(r"刑法第(\d+)条(之一)?", lambda at: at[1] + ("-1" if at[2] else ""), each)
        for each in one.crimes
    ]
    return f"{one.criminal.value}: {', '.join(articles)}" if articles else one.criminal.value


def test_every_violation_stands_in_the_reference() -> None:
    named = rows("code", "severity", "lead")
    assert {
        code: (
            row["Chinese"],
            ids(row["subject"]),
            row["severity"],
            ids(row["lead"]),
            row["crime"],
        )
        for code, row in named.items()
    } == {
        one.code: (one.zh, one.subjects, one.severity.value, one.leads, crime(one))
        for one in VIOLATIONS
    }


def test_the_reference_counts_the_violations_of_each_group() -> None:
    said = re.search(r"^(\d+) codes: (.+?)\. ", REFERENCE, re.M)
    assert said is not None
    groups = Counter(code.split("-")[1] for code in CODES)
    assert int(said[1]) == len(CODES)
    assert said[2] == ", ".join(f"{name} {count}" for name, count in groups.items())


def test_fines_that_the_reference_names_are_those_of_the_catalogue() -> None:
    """Every range of yuan in a row is a range of one of its articles."""
    named = rows("code", "severity", "lead")
    amounts = re.compile(r"(?<![\d.,])(\d{1,3}(?:,\d{3})+|\d{3})-(\d{1,3}(?:,\d{3})+)(?![\d,])")
    wrong = {}
    for one in VIOLATIONS:
        said = {
            (int(low.replace(",", "")), int(high.replace(",", "")))
            for low, high in amounts.findall(named[one.code]["consequence"])
        }
        known = {
            (fine.least // 100, fine.most // 100)
            for rule in one.penalties
            for fine in rule.fines
            if fine.scale in (Scale.FIXED, Scale.PER_PERSON)
        }
        if not said <= known:
            wrong[one.code] = said - known
    assert wrong == {}


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("lead state", LeadState),
        ("referral state", ReferralState),
        ("case state", CaseState),
        ("penalty", MeasureKind),
        ("result", OverturnResult),
        ("category", Category),
        ("inspection", InspectionKind),
    ],
)
def test_states_penalties_and_results_are_those_of_the_code(
    title: str, words: type[StrEnum]
) -> None:
    assert set(rows(title)) == {one.value for one in words}


def test_a_result_that_undoes_a_decision_is_said_to_in_the_reference() -> None:
    falls = {
        name
        for name, row in rows("result", "the decision").items()
        if row["the decision"].startswith(("falls", "never stood"))
    }
    assert falls == {one.value for one in UNDOES}


def test_the_documents_of_a_referral_are_all_named() -> None:
    section = REFERENCE.split("### 8.2 ")[1].split("\n### ")[0]
    assert set(re.findall(r"\bD\d\b", section)) == {one.value for one in ReferralDocumentCode}


def test_the_numbers_of_the_risk_rules_are_those_of_the_settings() -> None:
    values = {one.name: one.value for one in SETTINGS if one.region is None}
    said = {name: re.findall(r"\d+", row["when"]) for name, row in rows("warning", "level").items()}
    named = {
        "RW-1": ("risk_complaints_yellow", "risk_window_days"),
        "RW-2": ("risk_complaints_orange", "risk_window_days", "risk_complainants_orange"),
        "RW-3": ("risk_persons_red",),
        "RW-4": ("risk_hits_yellow", "risk_hits_window_days"),
        "RW-5": ("risk_bad_reviews_yellow", "risk_window_days"),
    }
    assert said == {
        rule: [str(values[setting]) for setting in settings] for rule, settings in named.items()
    }


def test_every_likely_error_that_is_cited_by_its_number_is_there() -> None:
    section = REFERENCE.split("## Appendix D. ")[1]
    numbers = set(re.findall(r"^(\d+)\. ", section, re.M))
    text = " ".join(
        re.sub(r"\s+", " ", one.read_text(encoding="utf-8"))
        for part in ("domain", "projections", "gateways", "ops", "tests")
        for one in (ROOT / part).rglob("*.py")
        if one != Path(__file__)
    )
    cited = {
        number
        for place in re.findall(r"Appendix D,? (?:items? )?(\d+(?:(?:,| and)* \d+)*)", text)
        for number in re.findall(r"\d+", place)
    }
    assert cited <= numbers


def sources() -> dict[str, str]:
    """Every text by which a page, the terminal or a schema says what something rests on."""
    named: dict[str, Any] = {
        **{f"fact {name}": one.SOURCE for name, one in FACTS.items()},
        **{f"command {name}": one.SOURCE for name, one in COMMANDS.items()},
        **{
            f"refusal {name}": one.source
            for name, one in Refusal.RULES.items()
            if one.__module__.startswith("domain.")
        },
        **{f"power {one.organ} {one.command}": one.basis for one in POWERS},
        **{f"clock {one.code}": one.basis for one in EVERY_CLOCK},
        **{f"rule {one.id}": one.source for one in RULES},
        **{f"setting {one.name} {one.region}": one.source for one in SETTINGS},
        **{f"licence {one.type}": one.source for one in KINDS.values()},
        **{f"violation {one.code}": one.source for one in VIOLATIONS},
        **{f"mapping {one.version}": one.source for one in MAPPINGS},
        **{f"keyword {one.code}": one.source for mapping in MAPPINGS for one in mapping.phrases},
    }
    return named


def test_what_officers_read_cites_the_law_or_the_document_in_chinese() -> None:
    cryptic = re.compile(
        r"reference|design|\[[SVWGP]\d?\]|\bS[1-5]\b|\b[BG]\d+\b|令\d+|[一-龥] \d|^R\d\d", re.I
    )
    named = sources()
    assert len(named) > 150
    assert {name: text for name, text in named.items() if cryptic.search(text)} == {}
    assert {name: text for name, text in named.items() if not re.search(r"[一-龥]", text)} == {}


def test_a_platform_term_says_its_default_number_and_that_a_region_may_change_it() -> None:
    words = {Unit.WD: "个工作日", Unit.MO: "个月"}
    for rule in RULES_BY_CODE.values():
        if rule.setting is not None and rule.period is not None:
            assert f"默认{rule.period.n}{words[rule.period.unit]}，可配置" in rule.basis, rule.code
    for reaction in RULES:
        clock = RULES_BY_CODE.get(reaction.clock or "")
        if clock is not None and clock.setting is not None:
            assert f"默认{clock.period.n}" in reaction.source, reaction.id  # type: ignore[union-attr]
