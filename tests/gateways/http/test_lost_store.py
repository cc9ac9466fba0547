"""A lost database and a full disk: one clear sentence, 503, Retry-After, nothing stored."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gateways.http.accounts import Accounts
from gateways.http.app import create_app
from gateways.http.config import WebConfig
from gateways.log.embedded import EmbeddedLog
from ops import services, wiring
from ops.settings import Mode, Settings
from tests.gateways.http.test_bad_input import fresh_uscc, refused, registration, send

SECRET = "a secret of the tests, long enough to sign with"
PASSWORD = "a password of the tests"


def told(answer: Any) -> None:
    """503, when to come again, one sentence in each language, and no stack."""
    assert answer.headers["retry-after"] == "5"
    for trace in ("Traceback", "psycopg", "sqlite3", "sqlalchemy", 'File "'):
        assert trace not in answer.text


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[services.PostgresService]:
    server = services.start_postgres(tmp_path / "services")
    yield server
    services.stop_postgres(tmp_path / "services", wipe=True)


@pytest.mark.services
def test_a_lost_postgresql_is_told_in_one_sentence_and_the_same_key_goes_on(
    own_server: services.PostgresService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The log plays no part in acknowledging a command, so no broker is started for this.
    log = EmbeddedLog(tmp_path / "log.sqlite")
    monkeypatch.setattr(wiring, "_log", lambda _settings: log)
    settings = Settings(
        data=tmp_path / "data",
        mode=Mode.JOINED,
        database=own_server.url,
        kafka="none",
        departments=("samr",),
    )
    accounts = Accounts.open(tmp_path / "accounts.sqlite", lambda: int(time.time()))
    accounts.create("samr", PASSWORD, organ="SAMR", region="210103", appointment="test")
    key = accounts.issue_key(organ="SAMR", region="210103", appointment="test")
    who = {"X-API-Key": key}
    with wiring.house(settings, create=True) as one:
        app = create_app(one.platform, accounts, WebConfig(secret=SECRET, hosts=("testserver",)))
        with TestClient(app, raise_server_exceptions=False) as client:
            token = accounts.sign_in("samr", PASSWORD, session_s=600).token
            client.cookies.set("session", app.state.sessions._signer.dumps(token))
            uscc = fresh_uscc()
            assert send(client, who, registration(uscc), "before").status_code == 201
            assert client.get("/cases").status_code == 200
            head = one.platform.departments["samr"].store.head().sequence
            own_server.kill()
            body = registration(fresh_uscc())
            answer = send(client, who, body, "during")
            refused(answer, 503, "StoreUnavailable")
            told(answer)
            for path in ("/cases", "/", f"/subjects/{uscc}"):
                page = client.get(path)
                assert page.status_code == 503
                told(page)
                assert "事件库暂不可用" in page.text
            ready = client.get("/readyz")
            assert (ready.status_code, ready.json()["failing"]) == (503, ["samr"])
            own_server.restart()
            assert one.platform.departments["samr"].store.head().sequence == head
            assert send(client, who, body, "during").status_code == 201
            assert send(client, who, body, "during").json()["repeated"] is True


FULL_DISK = """
import json, resource, sys, time
from pathlib import Path
from fastapi.testclient import TestClient
from gateways.http.accounts import Accounts
from gateways.http.app import create_app
from gateways.http.config import WebConfig
from ops.settings import Settings
from ops.wiring import house

folder, bodies = Path(sys.argv[1]), json.loads(sys.argv[2])
accounts = Accounts.open(folder / "accounts.sqlite", lambda: int(time.time()))
who = {"X-API-Key": accounts.issue_key(organ="SAMR", region="210103", appointment="t")}
with house(Settings(data=folder / "data", departments="samr"), create=True) as one:
    app = create_app(one.platform, accounts, WebConfig(secret="s" * 40, hosts=("testserver",)))
    store = one.platform.departments["samr"].store
    with TestClient(app, raise_server_exceptions=False) as client:
        def give(body, key):
            return client.post(
                "/api/v1/commands/RegisterOrganisation",
                json=body, headers={**who, "Idempotency-Key": key},
            )
        first = give(bodies[0], "first").status_code
        head = store.head().sequence
        largest = max(file.stat().st_size for file in (folder / "data").iterdir())
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        full = give(bodies[1], "second")
        after = store.head().sequence
        resource.setrlimit(
            resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        )
        again = give(bodies[1], "second")
        print(json.dumps({
            "first": first, "status": full.status_code, "body": full.text,
            "retry": full.headers.get("retry-after"), "stored": after - head,
            "again": again.status_code,
        }))
"""


def test_a_full_disk_is_told_in_one_sentence_and_stores_nothing(tmp_path: Path) -> None:
    bodies = [registration(fresh_uscc()), registration(fresh_uscc())]
    ran = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path), json.dumps(bodies)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=wiring.__file__.rsplit("/", 2)[0],
    )
    found = json.loads(ran.stdout.splitlines()[-1])
    assert found["first"] == 201
    assert found["status"] == 503, found["body"]
    problem = json.loads(found["body"])
    assert problem["rule"] == "StoreUnavailable"
    assert problem["detail_zh"].count("。") + problem["detail_zh"].count("，") <= 1
    assert "Traceback" not in found["body"] + ran.stdout + ran.stderr
    assert (found["retry"], found["stored"], found["again"]) == ("5", 0, 201)


def test_a_figure_whose_worker_stands_still_turns_amber(
    accounts: Accounts, installation: Any, samr: dict[str, str]
) -> None:
    app = create_app(
        installation.platform,
        accounts,
        WebConfig(secret=SECRET, hosts=("testserver",), stale_s=2),
    )
    accounts.create("leader", PASSWORD, organ="LGO", region="210103", appointment="test")
    with TestClient(app) as client:
        token = accounts.sign_in("leader", PASSWORD, session_s=600).token
        client.cookies.set("session", app.state.sessions._signer.dumps(token))
        assert send(client, samr, registration(fresh_uscc()), "amber").status_code == 201
        installation.platform.settle()
        assert "数据滞后" not in client.get("/overview").text
        time.sleep(2.2)
        amber = client.get("/overview").text
        assert 'class="stale">▲ 数据滞后' in amber
        assert "口径" in amber
