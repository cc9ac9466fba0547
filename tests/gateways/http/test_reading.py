"""Views, cases and read-your-own-write over the API."""

from __future__ import annotations

import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from domain.errors import Refusal
from domain.terms import organisation_code_check_character, uscc_check_character
from gateways.http.problems import ProblemError
from gateways.http.problems_of_rules import MISSING, POWER, STATE, status_of
from gateways.http.views import VIEWS
from ops.wiring import House

_numbers = itertools.count(900_001)


def fresh_uscc() -> str:
    inner = f"MB{next(_numbers):06d}"
    first = "91210103" + inner + organisation_code_check_character(inner)
    return first + uscc_check_character(first)


@pytest.fixture(scope="module")
def registered(app: Any, samr: dict[str, str], installation: House) -> dict[str, Any]:
    uscc = fresh_uscc()
    with TestClient(app) as client:
        answer = client.post(
            "/api/v1/commands/RegisterOrganisation",
            json={"organisation": uscc, "name": "沈阳读例人力有限公司", "scope": "职业中介活动"},
            headers={**samr, "Idempotency-Key": f"r-{uscc}"},
        )
        assert answer.status_code == 201, answer.text
        given: dict[str, Any] = answer.json()
        early = client.get(
            f"/api/v1/cases?search={uscc}&wait_for={given['position']}&wait_s=0", headers=samr
        )
        assert early.status_code == 504, early.text
        assert early.json()["rule"] == "PositionNotReached"
    installation.platform.settle()
    return {"uscc": uscc, "position": given["position"]}


def test_a_read_that_waits_for_a_position_contains_ones_own_write(
    client: TestClient, samr: dict[str, str], registered: dict[str, Any]
) -> None:
    uscc, position = registered["uscc"], registered["position"]
    answer = client.get(f"/api/v1/cases?search={uscc}&wait_for={position}&wait_s=1", headers=samr)
    assert answer.json()["total"] == 1


def test_a_case_history_holds_each_fact_with_its_cause(
    client: TestClient, samr: dict[str, str], registered: dict[str, Any]
) -> None:
    rows = client.get(f"/api/v1/cases?search={registered['uscc']}", headers=samr).json()["cases"]
    case = client.get(f"/api/v1/cases/{rows[0]['matter']}", headers=samr).json()
    types = [fact["type"] for fact in case["facts"]]
    assert types[0] == "subject.registered.v1"
    assert "push.scope_pushed.v1" in types
    pushed = case["facts"][types.index("push.scope_pushed.v1")]
    assert pushed["cause"] == case["facts"][0]["event_id"]
    gone = client.get(f"/api/v1/cases/{rows[0]['matter']}?as_of=2001-01-01", headers=samr)
    assert gone.status_code == 404


def test_a_department_reads_its_own_views_and_no_others(
    client: TestClient, samr: dict[str, str], leaders: dict[str, str], registered: dict[str, Any]
) -> None:
    own = client.get(
        f"/api/v1/views/market_supervision/pushes?uscc={registered['uscc']}", headers=samr
    )
    assert len(own.json()["answer"]) == 1
    other = client.get("/api/v1/views/leadership/figures", headers=samr)
    assert (other.status_code, other.json()["rule"]) == (403, "NotEntitled")
    figures = client.get("/api/v1/views/leadership/figures", headers=leaders)
    assert figures.status_code == 200
    none = client.get("/api/v1/views/leadership/castles", headers=leaders)
    assert (none.status_code, none.json()["rule"]) == (404, "UnknownView")


def test_every_view_answers_and_refuses_an_unknown_parameter(installation: House) -> None:
    given = {"uscc": "91210103MAYTX0128N", "on": "2024-12-15", "figure_id": None}
    nodes = {
        "human_resources": "hr",
        "market_supervision": "samr",
        "development_reform": "drc",
        "clocks": "hr",
        "leadership": "lgo",
    }
    for reader, named in VIEWS.items():
        with installation.platform.departments[nodes[reader]].reading() as conn:
            for name, view in named.items():
                values = {p: given[p] for p in view.required}
                if "figure_id" in values:
                    figures = VIEWS["leadership"]["figures"].ask(conn, {})
                    values["figure_id"] = figures[0].id
                view.ask(conn, values)  # type: ignore[arg-type]
                with pytest.raises(ProblemError) as refused:
                    view.ask(conn, {**values, "castle": "1"})  # type: ignore[arg-type]
                assert refused.value.field == "castle", name


def test_many_that_wait_keep_nobody_else_waiting(client: TestClient, samr: dict[str, str]) -> None:
    never = "/api/v1/cases?wait_for=samr:99999999&wait_s=8"
    with ThreadPoolExecutor(60) as together:
        waiting = [together.submit(client.get, never, headers=samr) for _ in range(60)]
        time.sleep(1)
        for path in ("/healthz", "/readyz", "/api/v1/cases"):
            assert client.get(path, headers=samr).status_code in (200, 503)
        assert not any(one.done() for one in waiting)
        assert {one.result().json()["rule"] for one in waiting} == {"PositionNotReached"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("as_of=yesterday", "as_of"),
        ("known_to=2024-13-01", "known_to"),
        ("wait_for=hr", "wait_for"),
        ("wait_for=hr:9-1", "wait_for"),
        ("wait_for=hr:1-999999999999999999", "wait_for"),
        ("wait_for=hr:1&wait_s=999", "wait_s"),
        ("known=2024-12-15", "known"),
    ],
)
def test_a_parameter_that_cannot_be_read_is_named(
    client: TestClient, samr: dict[str, str], query: str, field: str
) -> None:
    answer = client.get(f"/api/v1/cases/ANY?{query}", headers=samr)
    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert client.get("/api/v1/cases?as_of=2024-12-15", headers=samr).json()["field"] == "as_of"


def test_the_catalogue_of_commands_has_a_schema_for_each(
    client: TestClient, samr: dict[str, str]
) -> None:
    names = [one["name"] for one in client.get("/api/v1/commands", headers=samr).json()]
    assert "GrantLicence" in names
    for name in names:
        schema = client.get(f"/api/v1/commands/{name}", headers=samr).json()
        assert schema["additionalProperties"] is False


def test_the_rules_that_the_status_table_names_exist() -> None:
    known = set(Refusal.RULES) | {"HistoryMovedOn"}
    assert known >= (POWER | MISSING | STATE)
    assert {status_of(rule) for rule in Refusal.RULES.values()} <= {403, 404, 409, 422}


def test_health_readiness_metrics_and_the_api_document_are_served(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json()["status"] == "ok"
    assert "liandong_http_requests_total" in client.get("/metrics").text
    document = client.get("/openapi.json").json()
    assert "/api/v1/commands/{name}" in document["paths"]
    assert "http" not in str(document.get("servers", ""))
    for address in ("/docs", "/redoc"):
        assert client.get(address).status_code == 404


def test_an_answer_to_a_foreign_host_name_is_refused(client: TestClient) -> None:
    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 400
