"""A command given on a version that has moved on is refused with the stream and both versions."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from gateways.http.problems import ProblemError
from gateways.http.seen import decided_on, read_versions, written
from ops.wiring import House
from tests.gateways.http.test_bad_input import fresh_uscc, refused, registration, send


def change(
    client: TestClient, who: dict[str, str], uscc: str, name: str, key: str, match: str
) -> Any:
    return client.post(
        "/api/v1/commands/ChangeRegistration",
        json={"organisation": uscc, "change": "NAME", "after": name},
        headers={**who, "Idempotency-Key": key, "If-Match": match},
    )


def test_a_version_that_moved_on_is_refused_and_stores_nothing(
    client: TestClient, samr: dict[str, str], installation: House
) -> None:
    uscc = fresh_uscc()
    assert send(client, samr, registration(uscc), f"v-{uscc}").status_code == 201
    stream, store = f"organisation/{uscc}", installation.platform.departments["samr"].store
    at = store.stream(stream)[-1].stream_version
    first = change(client, samr, uscc, "沈阳甲例人力有限公司", f"v1-{uscc}", f'"{stream}@{at}"')
    assert first.status_code == 201, first.text
    head = store.head().sequence
    second = change(client, samr, uscc, "沈阳乙例人力有限公司", f"v2-{uscc}", f'"{stream}@{at}"')
    problem = refused(second, 409, "HistoryMovedOn", "If-Match")
    assert problem["values"]["stream"] == stream
    assert problem["values"]["seen"] == at
    assert problem["values"]["actual"] == store.stream(stream)[-1].stream_version > at
    assert store.head().sequence == head
    again = change(client, samr, uscc, "沈阳甲例人力有限公司", f"v1-{uscc}", f'"{stream}@{at}"')
    assert (again.status_code, again.json()["repeated"]) == (200, True)


@pytest.mark.parametrize(
    "header",
    [
        "*",
        'W/"organisation/91210103MAYTX0128N@1"',
        "organisation/91210103MAYTX0128N@1",
        '"organisation/91210103MAYTX0128N"',
        '"organisation/91210103MAYTX0128N@-1"',
        '"organisation/91210103MAYTX0128N@1",',
        '"organisation/91210103MAYTX0128N@1", "organisation/91210103MAYTX0128N@2"',
        '"organisation/91210103MAYTX0128N@99999999999"',
    ],
)
def test_a_malformed_if_match_is_named(
    client: TestClient, samr: dict[str, str], header: str
) -> None:
    answer = change(client, samr, "91210103MAYTX0128N", "某公司", "v3", header)
    refused(answer, 400, "MalformedIfMatch", "If-Match")


def test_versions_are_written_as_they_are_read() -> None:
    seen = {"licence/91210103MAYTX0128N:LIC_HRS": 3, "correction/91210103MAYTX0128N": 0}
    assert read_versions(written(seen)) == seen
    assert read_versions(None) == read_versions(" ") == {}
    with pytest.raises(ProblemError):
        read_versions(", ".join(f'"a/{number}@1"' for number in range(21)))


def test_only_the_streams_that_a_command_is_decided_on_are_held_against_it() -> None:
    uscc = "91210103MAYTX0128N"
    seen = {f"licence/{uscc}:LIC_HRS": 3, f"correction/{uscc}": 1, f"credit_record/{uscc}": 2}
    kept = decided_on("AnnulLicence", {"organisation": uscc}, seen)
    assert kept == {f"licence/{uscc}:LIC_HRS": 3, f"correction/{uscc}": 1}
    assert decided_on("AnnulLicence", {"organisation": "91210103MA0000000X"}, seen) == {}
    assert decided_on("AnnulLicence", {"organisation": uscc, "type": "CASTLE"}, seen) == {}
