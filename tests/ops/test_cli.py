"""The command line: what it answers, and that every fault is one sentence and an exit code."""

from __future__ import annotations

import io
import json
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from gateways.http.accounts import Accounts
from ops.cli import COMMANDS, run
from ops.faults import sentence_of
from ops.posts import default_post
from ops.settings import load
from ops.wiring import house

LN_A = {
    "organisation": "91210103MAYTX0072K",
    "name": "沈阳虚例云聘网络科技有限公司",
    "scope": "职业中介活动",
}
LN_B = "91210103MAYTX0128N"


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """The JSON that a command prints."""
    assert run(list(arguments)) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    "listing",
    [
        ["commands"],
        ["topics"],
        ["schemas", "list"],
        ["projections", "list"],
        ["projections", "positions"],
        ["case", "list"],
        ["clocks", "list"],
        ["quarantine", "list"],
        ["ledger", "show"],
        ["ledger", "show", "--department", "hr"],
        ["ledger", "check"],
        ["accounts", "list"],
        ["view"],
        ["view", "leadership"],
        ["view", "licences"],
        ["view", "directory"],
        ["view", "pushes"],
        ["view", "claims"],
        ["view", "registrations"],
        ["view", "scope_cleanups"],
        ["view", "credit_records"],
        ["view", "breaches"],
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("tool")
def test_every_listing_prints_a_table_and_json(
    capsys: pytest.CaptureFixture[str], listing: list[str]
) -> None:
    assert told(capsys, *listing, "--json") is not None
    assert run(listing) == 0
    assert capsys.readouterr().out.strip()


@pytest.mark.usefixtures("tool")
def test_a_licence_is_shown_as_it_stood_and_as_it_stands(
    capsys: pytest.CaptureFixture[str],
) -> None:
    then = told(capsys, "view", "licences", "--of", LN_B, "--as-of", "2024-12-15T00:00", "--json")
    now = told(capsys, "view", "licences", "--of", LN_B, "--json")
    assert then[0]["state"] != now[0]["state"] == "DEREGISTERED"


@pytest.mark.usefixtures("tool")
def test_a_case_is_shown_whole_and_as_of_a_day(capsys: pytest.CaptureFixture[str]) -> None:
    cases = told(capsys, "case", "list", "--search", LN_B, "--json")["cases"]
    whole = told(capsys, "case", "show", cases[0]["matter"], "--json")
    early = told(capsys, "case", "show", cases[0]["matter"], "--as-of", "2024-12-01", "--json")
    types = [fact["type"] for fact in whole["facts"]]
    assert "subject.registered.v1" in types
    assert "licence.deregistered.v1" in types
    assert 0 < len(early["facts"]) < len(whole["facts"])
    assert whole["facts"][: len(early["facts"])] == early["facts"]


@pytest.mark.usefixtures("tool")
def test_every_clock_recomputes_to_the_same_day(capsys: pytest.CaptureFixture[str]) -> None:
    verified = told(capsys, "clocks", "verify", "--json")
    assert verified["checked"] > 8
    assert verified["differences"] == []


@pytest.mark.usefixtures("tool")
def test_a_command_is_given_once_for_one_key(capsys: pytest.CaptureFixture[str]) -> None:
    give = ["do", "RegisterOrganisation", "--post", "SAMR@210103", "--key", "k1"]
    first = told(capsys, *give, "--with", json.dumps(LN_A), "--json")
    second = told(capsys, *give, "--with", json.dumps(LN_A), "--json")
    assert (first["repeated"], second["repeated"]) == (False, True)
    assert first["events"] == second["events"]
    assert told(capsys, "view", "pushes", "--of", LN_A["organisation"], "--json")
    other = json.dumps({**LN_A, "scope": "劳务派遣服务"})
    assert run([*give, "--with", other]) == 1
    assert "another body" in capsys.readouterr().err


@pytest.mark.usefixtures("tool")
def test_a_refusal_is_told_by_its_rule_with_advice_and_source(
    capsys: pytest.CaptureFixture[str],
) -> None:
    give = ["do", "GrantLicence", "--post", "HRSS_APPR@210103", "--with", f"organisation={LN_B}"]
    assert run(give) == 1
    error = capsys.readouterr().err
    assert error.startswith("LicenceAnnulledBefore: ")
    assert "Source: " in error


@pytest.mark.parametrize(
    ("arguments", "zh", "en"),
    [
        (["do", "ClaimPush", "--post", "nobody"], "不是岗位", "is not a post"),
        (["do", "ClaimPush", "--post", "NOBODY@210103"], "不是机关", "is not an organ"),
        (["do", "ClaimPush", "--post", "SAMR.NONE@210103"], "不是角色", "is not a role"),
        (["view", "licence"], "没有视图 licence，是否为 licences？", "did you mean licences?"),
        (["view", "licences", "--data", "none"], "none 中没有安装", "none holds no installation"),
        (["play", "none.yaml"], "无法读取", "cannot be read"),
        (["view", "licences", "--as-of", "yesterday"], "不是日期或时间", "is not a date or time"),
        (["do", "ClaimPush", "--post", "HRSS_MKT@210103", "--with", "{x"], "不是 JSON", "not JSON"),
    ],
)
@pytest.mark.usefixtures("tool")
def test_wrong_use_is_told_in_the_chosen_language(
    capsys: pytest.CaptureFixture[str], arguments: list[str], zh: str, en: str
) -> None:
    for lang, sentence in (("zh", zh), ("en", en)):
        assert run(["--lang", lang, *arguments]) == 2
        assert sentence in capsys.readouterr().err


@pytest.mark.usefixtures("tool")
def test_a_department_that_is_not_served_here_is_told_in_the_chosen_language(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIANDONG_DEPARTMENTS", "samr")
    view = ["view", "licences", "--of", LN_B]
    assert run(["--lang", "zh", *view]) == 2
    assert "licences 由 hr 保存，该部门不在此处服务" in capsys.readouterr().err
    assert run(["--lang", "en", *view]) == 2
    assert "licences is kept by hr, which is not served here" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["do", "NoSuch", "--post", "SAMR@210103"], 2, "There is no command NoSuch"),
        (["do", "ClaimPush", "--post", "nobody"], 2, "is not a post"),
        (
            ["do", "ClaimPush", "--post", "HRSS_MKT@210103", "--with", "organisation=1"],
            2,
            "organisation",
        ),
        (["do", "ClaimPush", "--post", "HRSS_MKT@210103", "--with", "{x"], 2, "not JSON"),
        (["view", "nonsense"], 2, "is not a view"),
        (["view", "licences", "--as-of", "yesterday"], 2, "is not a date"),
        (["case", "show", "M-NONE"], 1, ""),
        (["play", "none.yaml"], 2, "cannot be read"),
        (["play", "a.yaml", "--kafka", "x:1"], 2, "both --database and --kafka"),
        (["nonsense"], 2, "nonsense"),
        (["--data-less", "view"], 2, ""),
    ],
)
@pytest.mark.usefixtures("tool")
def test_wrong_use_is_one_sentence_and_exit_2(
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    sentence: str,
) -> None:
    assert run(arguments) == code
    captured = capsys.readouterr()
    assert sentence in captured.err + captured.out
    assert "Traceback" not in captured.err


def test_help_loads_no_command_and_its_lines_are_the_commands() -> None:
    heavy = "{'sqlalchemy', 'fastapi', 'kafka', 'alembic', 'ops.wiring'}"
    loaded = f"import ops.cli, sys; code = ops.cli.run(['--help']); sys.exit(code or len({heavy} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    for name in COMMANDS:
        assert f"\n  {name} " in done.stdout
        assert run([name, "--help"]) == 0


@pytest.mark.usefixtures("tool")
def test_a_command_that_is_nearly_one_is_told_which(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["veiw"]) == 2
    assert "There is no command veiw; did you mean view?" in capsys.readouterr().err
    assert run(["--lang", "zh", "veiw"]) == 2
    assert "没有名为 veiw 的命令，是否为 view？" in capsys.readouterr().err


@pytest.mark.usefixtures("tool")
def test_topics_tell_their_types_readers_end_and_lag(capsys: pytest.CaptureFixture[str]) -> None:
    topics = {row["topic"]: row for row in told(capsys, "topics", "--json")}
    push = topics["labour.samr.push"]
    assert push["writer"] == "samr"
    assert "push.scope_pushed.v1" in push["types"]
    assert push["end"] > 0
    read = {one["department"]: one for one in push["read"]}
    assert set(read) == set(push["readers"])
    assert read["hr"] == {
        "department": "hr",
        "position": push["end"],
        "lag": 0,
        "oldest_wait_s": None,
        "per_minute": 0.0,
        "set_aside": 0,
    }


@pytest.mark.usefixtures("tool")
def test_topics_name_each_reader_and_only_what_holds_something(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["--lang", "en", "topics"]) == 0
    lines = capsys.readouterr().out.splitlines()
    (hr,) = (line.split() for line in lines if line.startswith("hr "))
    assert hr == ["hr", "Human", "resources", "0", "—", "0.0", "0"]
    listed = [line.split()[0] for line in lines if line.startswith("labour.")]
    assert "labour.samr.push" in listed
    assert "labour.fao.document" not in listed
    assert not [name for name in listed if name.endswith(".control")]
    assert run(["topics", "--all"]) == 0
    assert "labour.fao.document" in capsys.readouterr().out


@pytest.mark.usefixtures("tool")
def test_topics_that_no_department_here_may_read_are_counted_apart_from_empty_ones(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIANDONG_DEPARTMENTS", "samr")
    business = [one for one in told(capsys, "topics", "--json") if ".control" not in one["topic"]]
    hidden = [one for one in business if "end" not in one]
    empty = [one for one in business if one.get("end") == 0]
    assert hidden
    assert empty
    assert run(["--lang", "en", "topics"]) == 0
    shown = capsys.readouterr().out
    assert f"{len(empty)} more topics hold nothing" in shown
    unseen = "more topics cannot be seen from here: no department served here writes or reads them"
    assert f"\n{len(hidden)} {unseen}" in shown
    assert run(["--lang", "en", "topics", "--all"]) == 0
    shown = capsys.readouterr().out
    assert empty[0]["topic"] in shown
    assert "hold nothing" not in shown
    assert unseen in shown
    assert run(["--lang", "zh", "topics"]) == 0
    assert (
        f"另有 {len(hidden)} 个主题在此看不到：此处的部门既不发布也不读取"
        in capsys.readouterr().out
    )


@pytest.mark.usefixtures("tool")
def test_one_topic_is_shown_with_the_meaning_of_its_types_and_its_readers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["--lang", "en", "topics", "show", "labour.samr.push"]) == 0
    shown = capsys.readouterr().out
    assert "push.scope_pushed.v1" in shown
    assert "hr Human resources" in shown
    assert run(["--lang", "en", "topics", "show", "labour.samr.pusch"]) == 2
    assert "did you mean labour.samr.push?" in capsys.readouterr().err


def test_topics_are_told_without_an_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIANDONG_DATA", str(tmp_path / "none"))
    rows = told(capsys, "topics", "--json")
    assert rows
    assert "end" not in rows[0]


@pytest.mark.usefixtures("tool")
def test_a_type_is_told_with_its_readers_and_what_it_sets_off(
    capsys: pytest.CaptureFixture[str],
) -> None:
    details = told(capsys, "schemas", "show", "push.scope_pushed.v1", "--details")
    assert "R02" in [one["id"] for one in details["reactions"]]
    assert "hr" in details["readers"]


@pytest.mark.usefixtures("tool")
def test_an_account_is_made_for_a_post_with_a_role(
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["accounts", "add", "head", "--post", "HRSS_INSP.HEAD@210103", "--generate"]
    assert run(arguments) == 0
    capsys.readouterr()
    assert {"user": "head", "post": "HRSS_INSP.HEAD@210103"} in told(
        capsys, "accounts", "list", "--json"
    )


@pytest.mark.usefixtures("tool")
def test_accounts_are_listed_with_their_posts_and_keys_open_them(
    tool: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    users = told(capsys, "accounts", "list", "--json")
    assert {"user": "samr-210103", "post": "SAMR@210103"} in users
    assert run(["accounts", "key", "--post", "DRC@210103"]) == 0
    key = capsys.readouterr().out.strip()
    with house(load(data=tool), create=False) as one:
        held = one.accounts().of_key(key)
    assert held is not None
    assert held.post.id == "DRC@210103"


def test_a_password_is_replaced_and_an_account_removed_with_all_that_rests_on_them(
    tool: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIANDONG_DEPARTMENTS", "samr")
    accounts = Accounts.open(tool / "accounts.sqlite", lambda: int(time.time()))
    samr = default_post("SAMR", "210103")
    key = accounts.issue_key(organ=samr.organ, region=samr.region, post=samr.id, appointment="t")
    assert run(["accounts", "password", "samr-210103", "--generate"]) == 0
    drawn = capsys.readouterr().out.split()[-1]
    token = accounts.sign_in("samr-210103", drawn, session_s=60).token
    assert token is not None
    monkeypatch.setattr("sys.stdin", io.StringIO("short\na password of my own\n"))
    assert run(["accounts", "password", "samr-210103"]) == 2
    assert "at least 12 characters" in capsys.readouterr().err
    assert accounts.of_session(token) is not None
    assert run(["accounts", "password", "samr-210103"]) == 0
    assert "1 sessions ended" in capsys.readouterr().out
    assert accounts.of_session(token) is None
    assert accounts.sign_in("samr-210103", "a password of my own", session_s=60).token is not None
    assert run(["accounts", "remove", "samr-21010"]) == 2
    error = capsys.readouterr().err
    assert "did you mean samr-210103?" in error
    assert "liandong accounts list" in error
    assert run(["accounts", "remove", "samr-210103", "--keys"]) == 0
    assert key.partition(".")[0] in capsys.readouterr().out
    assert accounts.of_key(key) is None


def test_a_removal_that_was_cut_short_ends_keys_first_and_is_done_by_a_second_run(
    tool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = Accounts.open(tool / "accounts.sqlite", lambda: int(time.time()))
    samr = default_post("SAMR", "210103")
    key = accounts.issue_key(organ=samr.organ, region=samr.region, post=samr.id, appointment="t")
    with monkeypatch.context() as cut:
        cut.setattr(Accounts, "revoke_key", _cut_short)
        assert run(["accounts", "remove", "samr-210103", "--keys"]) == 1
    with monkeypatch.context() as cut:
        cut.setattr(Accounts, "remove", _cut_short)
        assert run(["accounts", "remove", "samr-210103", "--keys"]) == 1
    assert accounts.of_key(key) is None
    assert run(["accounts", "remove", "samr-210103", "--keys"]) == 0
    assert "samr-210103" not in accounts.users()


def _cut_short(*_: object) -> None:
    raise RuntimeError("the process ended here")


@pytest.mark.parametrize("wrong", ["nothing-of-the-kind", "--nothing-of-the-kind"])
def test_a_benchmark_that_there_is_not_is_wrong_use(wrong: str) -> None:
    assert run(["bench", wrong]) == 2


@pytest.mark.usefixtures("tool")
def test_a_clock_that_no_longer_recomputes_is_exit_1(
    tool: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with sqlite3.connect(tool / "hr.sqlite") as connection:
        connection.execute("UPDATE clock_terms SET due = '2024-11-26' WHERE code = 'R02'")
    connection.close()
    assert run(["clocks", "verify"]) == 1
    printed = capsys.readouterr().out
    assert "R02" in printed
    assert "2024-11-26" in printed


def test_an_empty_folder_says_what_to_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["view", "leadership", "--data", str(tmp_path / "none")]) == 2
    assert "liandong serve" in capsys.readouterr().err


def test_an_unknown_setting_is_refused_with_the_nearest_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIANDONG_DATE", "x")
    assert run(["--lang", "en", "topics"]) == 2
    assert "did you mean LIANDONG_DATA" in capsys.readouterr().err
    assert run(["topics"]) == 2
    assert "没有设置 LIANDONG_DATE，是否为 LIANDONG_DATA？" in capsys.readouterr().err
    monkeypatch.setenv("LIANDONG_LANG", "en")
    assert run(["topics"]) == 2
    assert "LIANDONG_DATE is not a setting" in capsys.readouterr().err


def test_a_lost_database_is_one_sentence_and_exit_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        monkeypatch.setenv("LIANDONG_LANG", "en")
        code = run(
            [
                "play",
                "ops/scenarios/s2-ln-b.yaml",
                "--database",
                f"postgresql://u:p@127.0.0.1:{port}/x",
                "--kafka",
                f"127.0.0.1:{port}",
                "--data",
                str(tmp_path / "d"),
            ]
        )
    error = capsys.readouterr().err
    assert code == 3
    assert "Traceback" not in error
    assert len(error.strip().splitlines()) <= 3


@pytest.mark.usefixtures("tool")
def test_a_port_in_use_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert run(["serve", "--port", str(taken.getsockname()[1])]) == 1
    assert "port is in use" in capsys.readouterr().err


def test_a_full_disk_is_one_sentence() -> None:
    full = RuntimeError("x")
    full.__cause__ = sqlite3.OperationalError("database or disk is full")
    sentence, code = sentence_of(full)
    assert code == 1
    assert "满" in sentence or "full" in sentence


def test_a_folder_that_holds_something_else_is_never_cleared_by_the_demonstration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letters.txt").write_text("keep me")
    assert run(["demo", "--data", str(tmp_path), "--port", "0"]) == 2
    assert (tmp_path / "letters.txt").exists()
    assert "演示以外的内容" in capsys.readouterr().err
    assert run(["--lang", "en", "demo", "--data", str(tmp_path), "--port", "0"]) == 2
    assert "something else" in capsys.readouterr().err
