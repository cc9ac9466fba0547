"""What somebody new to the command line does wrong is told with what is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops.cli import run
from ops.commands_work import command_data
from ops.posts import default_post
from ops.settings import load
from ops.wiring import house

LN_A = "91210103MAYTX011XN"
PNG = b"\x89PNG\r\n\x1a\n" + b"a picture"
pytestmark = pytest.mark.usefixtures("tool")


KEEP = ["do", "KeepEvidence", "--post", "HRSS_INSP@210103", "--with", f"about={LN_A}"]
KEEP += ["--with", f"organisation={LN_A}", "--with", "what=现场照片", "--with"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["do", "AssesLead", "--post", "HRSS_MKT@210103"], "did you mean AssessLead?"),
        (["do", "AssessLead", "--post", "HRSS_MARKET@210103"], "did you mean HRSS_MKT?"),
        (["view", "licence"], "did you mean licences?"),
        (["view", "licences", "--of", "123"], "unified social credit code"),
        (["view", "licences", "--of", LN_A[:-1] + "A"], "unified social credit code"),
        (["clocks", "list", "--code", "DL-LIC-99"], "DL-LIC-"),
        (["clocks", "list", "--of", "LN-A"], "unified social credit code"),
        (["clocks", "list", "--state", "LATE"], "FULFILLED_LATE"),
        ([*KEEP, "file=photo.png"], "key=@PATH"),
        ([*KEEP, "file=@none.png"], "none.png cannot be read: No such file"),
        ([*KEEP, "file=@none"], "its name tells no kind"),
    ],
    ids=lambda one: " ".join(one[:4]) if isinstance(one, list) else "",
)
def test_a_near_miss_is_exit_2_and_says_what_is_right(
    capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    assert run(words) == 2
    printed = capsys.readouterr()
    assert told in " ".join(printed.err.split()), printed.err
    assert "Traceback" not in printed.err
    assert printed.out == ""


def test_an_empty_answer_for_a_state_tells_which_states_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["view", "licences", "--state", "CLOSED", "--json"]) == 0
    printed = capsys.readouterr()
    assert printed.out.strip() == "[]"
    assert "DEREGISTERED" in printed.err


def test_a_file_is_given_by_its_place_and_kept(
    tool: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = tmp_path / "现场.png"
    photo.write_bytes(PNG)
    with house(load(data=tool), create=False) as one:
        hr = one.platform.departments["hr"]
        before = set(hr.files.entered())
    assert run([*KEEP, f"file=@{photo}"]) == 0, capsys.readouterr().err
    with house(load(data=tool), create=False) as one:
        hr = one.platform.departments["hr"]
        (sha256,) = set(hr.files.entered()) - before
        kept = hr.files.open(sha256, default_post("HRSS_INSP", "210103"))
        assert b"".join(kept.parts) == PNG


def test_a_list_grows_with_each_pair_that_names_it() -> None:
    told = command_data("FileCase", ["officers=21010300123", "codes=V-LIC-04", "officers=2"])
    assert told == {"officers": ["21010300123", "2"], "codes": ["V-LIC-04"]}
    again = command_data("RegisterOrganisation", ["name=a", "name=b"])
    assert again == {"name": "b"}
