"""Bad input is answered with a problem that names field and rule, and nothing is stored."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from domain.terms import organisation_code_check_character, uscc_check_character
from ops.wiring import House

_numbers = itertools.count(1)


def fresh_uscc() -> str:
    inner = f"MA{next(_numbers):06d}"
    first = "91210103" + inner + organisation_code_check_character(inner)
    return first + uscc_check_character(first)


def registration(uscc: str, **other: Any) -> dict[str, Any]:
    return {"organisation": uscc, "name": "沈阳试例人力有限公司", "scope": "职业中介活动", **other}


def send(
    client: TestClient, who: dict[str, str], body: Any, key: str, name: str = "RegisterOrganisation"
) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(
        f"/api/v1/commands/{name}",
        content=content,
        headers={**who, "Idempotency-Key": key, "Content-Type": "application/json"},
    )


@pytest.fixture
def nothing_stored(installation: House) -> Iterator[None]:
    def heads() -> dict[str, int]:
        departments = installation.platform.departments.items()
        return {name: one.store.head().sequence for name, one in departments}

    before = heads()
    yield
    assert heads() == before


def refused(answer: Any, status: int, rule: str, field: str | None = None) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == status
    rules = [problem["rule"], *(one["rule"] for one in problem.get("problems", ()))]
    assert rule in rules, problem
    for member in ("title_zh", "title_en", "detail_zh", "detail_en", "next_zh", "next_en"):
        assert problem[member]
    if field is not None:
        assert field in [problem.get("field"), *(p["field"] for p in problem.get("problems", ()))]
    return problem


@pytest.mark.usefixtures("nothing_stored")
class TestBadBodies:
    def test_malformed_json_is_refused(self, client: TestClient, samr: dict[str, str]) -> None:
        refused(send(client, samr, b'{"organisation": ', "m1"), 400, "NotJson")

    def test_a_list_is_refused(self, client: TestClient, samr: dict[str, str]) -> None:
        refused(send(client, samr, [], "m2"), 400, "NotAnObject")

    def test_a_field_that_stands_twice_is_refused(
        self, client: TestClient, samr: dict[str, str]
    ) -> None:
        refused(send(client, samr, b'{"name":"a","name":"b"}', "m3"), 400, "RepeatedField", "name")

    def test_a_wrong_type_names_its_field(self, client: TestClient, samr: dict[str, str]) -> None:
        body = registration(fresh_uscc(), scope=7)
        refused(send(client, samr, body, "m4"), 422, "WrongType", "scope")

    def test_an_unknown_field_is_refused(self, client: TestClient, samr: dict[str, str]) -> None:
        body = registration(fresh_uscc(), colour="red")
        refused(send(client, samr, body, "m5"), 422, "UnknownField", "colour")

    def test_a_wrong_check_digit_is_refused(self, client: TestClient, samr: dict[str, str]) -> None:
        code = fresh_uscc()
        wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
        body = registration(wrong)
        refused(send(client, samr, body, "m6"), 422, "UsccCheckDigit", "organisation")

    def test_an_unknown_code_is_refused(self, client: TestClient, samr: dict[str, str]) -> None:
        body = registration(fresh_uscc(), kind="CASTLE")
        refused(send(client, samr, body, "m7"), 422, "NotInList", "kind")

    def test_a_missing_field_is_named(self, client: TestClient, samr: dict[str, str]) -> None:
        refused(send(client, samr, {"name": "某某公司"}, "m8"), 422, "Required", "organisation")

    def test_a_body_of_ten_megabytes_is_not_read(
        self, client: TestClient, samr: dict[str, str]
    ) -> None:
        refused(send(client, samr, b"x" * 10_000_000, "m9"), 413, "BodyTooLarge")

    def test_a_body_without_a_length_is_cut_off_too(
        self, client: TestClient, samr: dict[str, str]
    ) -> None:
        def pieces() -> Iterator[bytes]:
            for _ in range(30):
                yield b"x" * 100_000

        answer = client.post(
            "/api/v1/commands/RegisterOrganisation",
            content=pieces(),
            headers={**samr, "Idempotency-Key": "m10", "Content-Type": "application/json"},
        )
        refused(answer, 413, "BodyTooLarge")

    def test_another_media_type_is_refused(self, client: TestClient, samr: dict[str, str]) -> None:
        answer = client.post(
            "/api/v1/commands/RegisterOrganisation",
            content=b"<a/>",
            headers={**samr, "Idempotency-Key": "m11", "Content-Type": "text/xml"},
        )
        refused(answer, 415, "UnsupportedMediaType", "Content-Type")

    def test_a_command_without_a_key_is_refused(
        self, client: TestClient, samr: dict[str, str]
    ) -> None:
        answer = client.post(
            "/api/v1/commands/RegisterOrganisation", json=registration(fresh_uscc()), headers=samr
        )
        refused(answer, 400, "IdempotencyKeyRequired", "Idempotency-Key")

    def test_a_missing_subject_is_404(self, client: TestClient, samr: dict[str, str]) -> None:
        body = {"organisation": fresh_uscc(), "change": "NAME", "after": "新名称公司"}
        problem = refused(
            send(client, samr, body, "m12", "ChangeRegistration"), 404, "NotRegistered"
        )
        assert problem["field"] == "organisation"
        assert problem["values"]["organisation"] == body["organisation"]

    def test_a_date_in_the_future_is_refused(
        self, client: TestClient, samr: dict[str, str]
    ) -> None:
        body = registration(fresh_uscc(), registered_on="2999-01-01")
        refused(send(client, samr, body, "m13"), 422, "RegistrationDateInFuture", "registered_on")

    def test_an_unknown_command_is_404(self, client: TestClient, samr: dict[str, str]) -> None:
        refused(send(client, samr, {}, "m14", "BuildCastle"), 404, "UnknownCommand")

    def test_a_command_outside_the_powers_of_the_post_is_403(
        self, client: TestClient, licensing: dict[str, str]
    ) -> None:
        refused(send(client, licensing, registration(fresh_uscc()), "m15"), 403, "NoPower")

    def test_an_automatic_command_is_refused_to_a_person(
        self, client: TestClient, samr: dict[str, str]
    ) -> None:
        body = {"organisation": fresh_uscc(), "registration_event": "e-1"}
        refused(send(client, samr, body, "m16", "PushBusinessScope"), 403, "AutomaticOnly")

    @pytest.mark.parametrize(
        "place", ["cases/%00", "cases?search=a%00", "webhooks/%00", "files/%00"]
    )
    def test_an_address_that_no_database_takes_is_refused(
        self, client: TestClient, samr: dict[str, str], place: str
    ) -> None:
        refused(client.get(f"/api/v1/{place}", headers=samr), 400, "BadParameter", "address")

    def test_nobody_and_a_wrong_key_are_401(self, client: TestClient) -> None:
        for who in ({}, {"X-API-Key": "abc.def"}):
            refused(send(client, who, registration(fresh_uscc()), "m17"), 401, "SignInRequired")


def test_the_same_key_and_body_get_the_same_answer_and_another_body_409(
    client: TestClient, samr: dict[str, str]
) -> None:
    body = registration(fresh_uscc())
    first = send(client, samr, body, "again-1")
    assert first.status_code == 201
    again = send(client, samr, body, "again-1")
    assert again.status_code == 200
    assert again.json()["events"] == first.json()["events"]
    assert again.json()["repeated"] is True
    other = send(client, samr, {**body, "name": "另一名称公司"}, "again-1")
    refused(other, 409, "KeyReused", "Idempotency-Key")


def test_a_subject_that_exists_already_is_409(client: TestClient, samr: dict[str, str]) -> None:
    body = registration(fresh_uscc())
    assert send(client, samr, body, "twice-1").status_code == 201
    refused(send(client, samr, body, "twice-2"), 409, "AlreadyRegistered")


def test_problems_speak_the_language_that_is_asked_for(
    client: TestClient, samr: dict[str, str]
) -> None:
    zh = send(client, samr, [], "lang-1").json()
    en = send(client, {**samr, "Accept-Language": "en-GB,en;q=0.9,zh;q=0.1"}, [], "lang-2").json()
    assert zh["detail"] == zh["detail_zh"] == en["detail_zh"]
    assert en["detail"] == en["detail_en"] != en["detail_zh"]


def test_a_form_whose_token_is_no_token_is_refused_and_no_fault(client: TestClient) -> None:
    client.get("/sign-in")
    sent = {"form_token": "\u8868\u5355", "user": "x", "password": "y"}
    assert client.post("/sign-in", data=sent).status_code == 403


@pytest.mark.usefixtures("nothing_stored")
def test_a_client_that_leaves_before_its_body_has_come_is_no_fault_of_ours(
    app: Any, samr: dict[str, str]
) -> None:
    told: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send_on(message: dict[str, Any]) -> None:
        told.append(message)

    headers = {"host": "testserver", "content-length": "10"} | samr
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/commands/RegisterOrganisation",
        "query_string": b"",
        "headers": [(name.lower().encode(), text.encode()) for name, text in headers.items()],
    }
    asyncio.run(app(scope, receive, send_on))
    assert told[0]["status"] == 499
