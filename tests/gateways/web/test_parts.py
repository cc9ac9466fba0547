"""The parts of the pages that need no browser."""

from __future__ import annotations

import json

import pytest

import domain.law  # noqa: F401 -- completes the tables of facts and commands
from domain.commands import COMMANDS
from domain.facts import FACTS
from gateways.contracts.schemas import command_schema
from gateways.web import assets, forms, history
from gateways.web.preview import BRINGS_ABOUT
from gateways.web.rendering import Words
from gateways.web.signing import own_address
from projections.leadership import FIGURES, THEMES, Theme


def test_the_built_assets_are_the_locked_ones() -> None:
    if not assets.VENDOR.exists():
        assets.build()
    assets.check()


def test_the_lock_file_pins_hashes_and_names_no_host() -> None:
    text = (assets.FOLDER / "package-lock.json").read_text()
    assert "http" not in text
    lock = json.loads(text)
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert {package for package, _ in assets.FILES.values()} <= {
        name.removeprefix("node_modules/") for name in packages
    }
    assert all(one["integrity"].startswith("sha512-") for one in packages.values())
    versions = assets.locked_versions()
    assert versions["htmx.org"].startswith("2.0.")
    assert versions["echarts"].startswith("6.1.")


def test_every_irreversible_command_has_a_preview() -> None:
    wanted = {name for name, one in COMMANDS.items() if one.IRREVERSIBLE}
    assert set(BRINGS_ABOUT) == wanted
    for types in BRINGS_ABOUT.values():
        assert types
        assert set(types) <= set(FACTS)


def test_typed_text_becomes_the_data_that_it_means() -> None:
    fields = forms.fields_of(command_schema(COMMANDS["ApplyForLicence"]))
    data, wrong = forms.data_of(
        fields,
        {
            "organisation": " 91210103MAYTX0128N ",
            "type": "LIC_HRS",
            "online": "true",
            "full_time_staff": "3",
            "checklist": "A1\r\n\r\nB2 ",
            "contact.name": "张虚例",
        },
    )
    assert wrong == []
    assert data["organisation"] == "91210103MAYTX0128N"
    assert data["online"] is True
    assert data["full_time_staff"] == 3
    assert data["checklist"] == ["A1", "B2"]
    assert data["contact"] == {"name": "张虚例"}
    assert "scope" not in data
    _, wrong = forms.data_of(fields, {"full_time_staff": "three"})
    assert {one.field for one in wrong} == {"organisation", "full_time_staff"}


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_a_sign_in_never_leads_to_another_host(back: str) -> None:
    assert own_address(back) == "/"
    assert own_address("/cases?search=a") == "/cases?search=a"


def test_no_two_fields_of_one_form_have_the_same_label() -> None:
    for name, command in COMMANDS.items():
        fields = forms.fields_of(command_schema(command))
        for language in ("zh", "en"):
            labels = [getattr(field, language) for field in fields]
            assert len(set(labels)) == len(labels), (name, labels)


def test_what_a_fact_changed_is_said_in_words() -> None:
    fact = {
        "type": "licence.granted.v1",
        "changed": {
            "mode": {"before": None, "after": "COMMITMENT"},
            "online": {"before": None, "after": False},
            "application_id": {"before": None, "after": "A-1"},
            "certificate": {
                "before": None,
                "after": {"form": "PAPER", "serial": "LN1", "issued_on": "2024-11-25"},
            },
        },
    }
    rows = {row.name: row for row in history.changes(fact, "zh")}
    assert (rows["mode"].label, rows["mode"].before, rows["mode"].after) == (
        "办理方式",
        "—",
        "告知承诺",
    )
    assert rows["online"].after == "否"
    assert rows["application_id"].label == "申请编号"
    assert rows["certificate.form"].label == "证书 · 证书形式"
    assert rows["certificate.form"].after == "纸质"
    english = {row.name: row for row in history.changes(fact, "en")}
    assert (english["mode"].label, english["mode"].after) == ("Procedure", "By commitment")


@pytest.mark.parametrize("type_name", sorted(FACTS))
def test_every_field_of_every_fact_has_a_label_in_both_languages(type_name: str) -> None:
    for name, (zh, en) in history._labels(type_name).items():
        assert zh != name.split(".")[-1], name
        assert en != name.split(".")[-1], name


def test_a_person_and_a_long_list_are_said_without_their_content() -> None:
    assert "虚" not in history.said({"person": "p-1", "commitment": "ab"}, "zh")
    assert history.said([str(number) for number in range(9)], "zh").endswith("（共 9 项）")
    assert history.said(True, "en") == "yes"
    assert history.said("2025-01-10T14:00:00+08:00", "zh") == "2025-01-10 14:00:00"


def test_a_post_with_a_role_is_told_by_organ_role_and_territory() -> None:
    zh, en = Words("zh"), Words("en")
    assert zh.post("HRSS_INSP.OFFICER@210103") == "劳动保障监察机构承办人 · 沈阳市沈河区"
    assert en.post("HRSS_INSP.HEAD@210103") == "Labour inspection, head · 210103"
    assert zh.post("PSB@210103") == "公安机关 · 沈阳市沈河区"
    assert zh.post("AUTO:R12@HRSS_MKT") == "自动规则 R12 · 人力资源市场管理科"


def test_every_figure_has_a_theme_and_every_theme_a_figure_told_at_zero() -> None:
    assert {one.theme for one in FIGURES.values() if one.telling} == set(THEMES) == set(Theme)
    told = {"breaches", "referrals_late", "referrals_refused", "leads_open", "cases_open"}
    assert told <= {one.id for one in FIGURES.values() if one.telling}
