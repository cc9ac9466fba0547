"""Forms made from schemas: every command's data goes in and comes out again, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import domain.law  # noqa: F401 -- completes the tables of facts and commands
from domain.commands import COMMANDS
from domain.facts import FACTS
from gateways.contracts.problems import Problem
from gateways.contracts.samples import sample_data
from gateways.contracts.schemas import command_schema, event_schema
from gateways.http.problems import invalid
from gateways.web import forms
from gateways.web.field_names import FIELDS, GENERIC
from gateways.web.labels import CODES, field_label, label_of
from gateways.web.rendering import ENVIRONMENT, Words

PERSON = {"name": "张虚例", "phone": "024-00000000", "statement": "交费后未获安排。"}
KINDS = {
    "text", "long", "number", "money", "date", "moment", "boolean", "choice", "choices", "list",
    "rows", "person", "file",
}  # fmt: skip


def fields(name: str) -> tuple[forms.Field, ...]:
    return forms.fields_of(command_schema(COMMANDS[name]))


def all_fields(found: tuple[forms.Field, ...]) -> Iterator[forms.Field]:
    for field in found:
        yield field
        yield from all_fields(field.inner)


def sample(name: str) -> dict[str, Any]:
    shown = {field.name: field.kind for field in fields(name)}
    data = {key: one for key, one in sample_data(COMMANDS[name]).items() if key in shown}
    return {key: PERSON if shown[key] == "person" else one for key, one in data.items()}


def rendered(name: str, typed: Mapping[str, str], language: str, wrong: Any = None) -> str:
    words = Words(language)
    module: Any = ENVIRONMENT.get_template("fields.html").module
    return str(
        module.fields(
            fields(name), typed, wrong or {}, words.t, words.label, language, words.url, "/cmd"
        )
    )


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_commands_data_is_shown_by_its_form_and_read_back_the_same(name: str) -> None:
    data = sample(name)
    typed = forms.shown(fields(name), data)
    assert forms.data_of(fields(name), typed) == (data, [])
    for language in ("zh", "en"):
        html = rendered(name, forms.typed(fields(name), typed), language)
        names = {place for place, _ in forms.inputs_of(fields(name), typed)}
        assert names <= set(re.findall(r'name="([^"]+)"', html))
        ids = re.findall(r' id="([^"]+)"', html)
        assert len(ids) == len(set(ids))
        for label in re.findall(r'<label[^>]* for="([^"]+)"', html):
            assert label in ids


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_makes_a_form_with_labels_in_both_languages(name: str) -> None:
    for field in all_fields(fields(name)):
        assert field.kind in KINDS
        assert re.search(r"[一-鿿]|[A-Z]{3}", field.zh), field
        assert field.en
        assert not re.search(r"[一-鿿]", field.en)
        for language in ("zh", "en"):
            assert all(words != code for code, words in field.options_labelled(language)), field


def places(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, part in schema.get("properties", {}).items():
        yield name, part
        yield from places(part)
        yield from places(part.get("items", {}))


@pytest.mark.parametrize("type_name", sorted([*FACTS, *COMMANDS]))
def test_no_code_and_no_field_of_a_contract_shows_without_a_label(type_name: str) -> None:
    command = COMMANDS.get(type_name)
    schema = command_schema(command) if command else event_schema(FACTS[type_name])
    for name, part in places(schema):
        zh, en = field_label(name, part, type_name)
        assert re.search(r"[一-鿿]|[A-Z]{3}", zh), name
        assert en not in (name, *GENERIC) or (zh, en) == FIELDS.get(name), name
        for code in (*part.get("enum", ()), *part.get("items", {}).get("enum", ())):
            assert label_of(code, "zh", name, type_name) != code
            assert label_of(code, "en", name, type_name) != code


def test_one_code_reads_differently_where_it_means_something_else() -> None:
    assert label_of("ACCEPTED", "zh", "outcome", "DecideComplaint") == "受理"
    assert label_of("ACCEPTED", "zh", "outcome", "ReceiptLead") == "签收"
    assert label_of("WARNING", "zh", "type") == "警示约谈"
    assert label_of("WARNING", "zh", "kind") == "警告"
    assert label_of("FILED", "zh", "decision", "DecideFiling") == "立案"
    assert CODES["FILED"][0] == "已备案"


@given(st.integers(-(10**14), 10**14))
def test_an_amount_in_fen_is_shown_in_yuan_and_read_back_to_the_fen(fen: int) -> None:
    field = next(one for one in fields("RecordPerformance") if one.kind == "money")
    typed = forms.shown((field,), {field.name: fen})
    assert re.fullmatch(r"-?[0-9]+\.[0-9]{2}", typed[field.name])
    assert forms.data_of((field,), typed) == ({field.name: fen}, [])


@pytest.mark.parametrize(
    ("text", "fen"),
    [("50000", 5_000_000), ("50,000.5", 5_000_050), ("0.01", 1), ("-20.00", -2_000)],
)
def test_an_amount_is_typed_in_yuan_as_people_write_it(text: str, fen: int) -> None:
    field = next(one for one in fields("RecordPerformance") if one.kind == "money")
    assert forms.data_of((field,), {field.name: text}) == ({field.name: fen}, [])


@pytest.mark.parametrize("text", ["1e3", "12.345", "五万", "5,00,0", "1.", "50000元", "NaN"])
def test_an_amount_that_is_not_one_is_refused_with_what_to_type(text: str) -> None:
    field = next(one for one in fields("RecordPerformance") if one.kind == "money")
    data, wrong = forms.data_of((field,), {field.name: text})
    assert data == {}
    assert [one.field for one in wrong] == [field.name]
    assert "元" in wrong[0].zh
    assert "yuan" in wrong[0].en


def test_a_row_is_added_and_removed_without_losing_what_was_typed() -> None:
    known = fields("DecidePenalty")
    typed = {
        "measures.0.kind": "FINE",
        "measures.0.amount_fen": "10000.00",
        "measures.1.kind": "WARNING",
        "reason": "事实清楚",
    }
    more = forms.typed(known, forms.rows_changed({**typed, "add": "measures"}) or {})
    assert forms.rows_of("measures", more) == 3
    assert {name: more[name] for name in typed} == typed
    fewer = forms.typed(known, forms.rows_changed({**more, "remove": "measures.0"}) or {})
    assert forms.rows_of("measures", fewer) == 2
    assert fewer["measures.0.kind"] == "WARNING"
    assert fewer["reason"] == "事实清楚"
    sent = forms.blank_rows_gone(known, fewer)
    assert forms.data_of(known, sent)[0]["measures"] == [{"kind": "WARNING"}]
    assert forms.rows_of("measures", sent) == 1


def test_a_problem_of_a_row_stands_at_its_input_and_of_the_list_at_the_list() -> None:
    known = fields("DecidePenalty")
    typed = {"measures.0.kind": "FINE", "measures.0.amount_fen": "1"}

    def place(said: str) -> list[str]:
        one = Problem(field=said, rule="type", zh="错", en="wrong")
        by_place, loose = forms.placed(invalid((one,)), known, typed)
        return [*by_place, *(f"loose {one.field}" for one in loose)]

    assert place("measures.0.amount_fen") == ["measures.0.amount_fen"]
    assert place("measures[0].kind") == ["measures.0.kind"]
    assert place("measures") == ["measures"]
    assert place("elsewhere") == ["loose elsewhere"]


def test_an_address_fills_a_form_in_with_data_as_the_command_takes_them() -> None:
    known = fields("TransferLead")
    asked = {
        "organisation": "91210103MAYTX0128N",
        "codes": "V-LIC-01\nV-FEE-01",
        "amount_fen": "1250",
    }
    typed = forms.first_typed(known, asked, "TransferLead")
    assert typed["amount_fen"] == "12.50"
    assert typed["codes.V-LIC-01"] == "true"
    assert typed["report_back"] == "true"
    assert typed["stage"] == "DISCOVER"


def test_a_referral_begins_with_a_row_for_each_of_its_five_documents() -> None:
    typed = forms.first_typed(fields("TransferReferral"), {}, "TransferReferral")
    assert [typed[f"documents.{n}.code"] for n in range(5)] == ["D1", "D2", "D3", "D4", "D5"]
    html = rendered("TransferReferral", typed, "zh")
    assert html.count('type="file"') == 5
    assert forms.holds_files(fields("TransferReferral"))


def test_a_list_of_files_is_filled_in_file_by_file() -> None:
    kept = {"sha256": "a" * 64, "length": 3, "media_type": "text/csv"}
    report = fields("SubmitReport")
    attachments = next(one for one in report if one.name == "attachments")
    assert [(one.name, one.kind) for one in attachments.inner] == [("file", "file")]
    given = forms.shown(report, {"attachments": [kept, kept]})
    data, wrong = forms.data_of((attachments,), given)
    assert (data, wrong) == ({"attachments": [kept, kept]}, [])
    typed = forms.typed(report, given)
    assert rendered("SubmitReport", typed, "zh").count('type="file"') == 2


def test_a_no_that_a_row_must_say_is_said() -> None:
    form = {"answers.0.question": "MINOR", "answers.0.found": ""}
    data, _ = forms.data_of(fields("DeclareSelfCheck"), form)
    assert data["answers"] == [{"question": "MINOR", "found": False}]
