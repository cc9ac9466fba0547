"""The environment is read in one place, and a misspelt setting is refused by name."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from ops.settings import ROOT, Mode, WrongSettings, load

READERS = {"os.environ", "os.getenv", "os.environb", "os.putenv"}
PACKAGES = ("domain", "projections", "gateways", "ops")


def test_settings_come_from_the_environment_and_from_what_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LIANDONG_PORT", "9000")
    monkeypatch.setenv("LIANDONG_DEPARTMENTS", "hr, samr")
    settings = load(host=None, lang="en")
    assert (settings.port, settings.departments) == (9000, ("hr", "samr"))
    assert (settings.host, settings.lang) == ("127.0.0.1", "en")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("LIANDONG_PROT", "1", "did you mean LIANDONG_PORT"),
        ("LIANDONG_PORT", "many", "LIANDONG_PORT"),
        ("LIANDONG_DEPARTMENTS", "hrr", "'hrr' is not a department"),
        ("LIANDONG_ROLES", "relay,chef", "'chef' is not a role"),
        ("LIANDONG_MODE", "joined", "joined-up mode needs LIANDONG_DATABASE"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(WrongSettings, match=told) as raised:
        load()
    assert raised.value.en == str(raised.value)
    assert "LIANDONG_" in raised.value.zh
    assert raised.value.zh != raised.value.en


def test_joined_up_mode_takes_two_addresses() -> None:
    settings = load(mode="joined", database="postgresql://x/y", kafka="127.0.0.1:9092")
    assert settings.mode is Mode.JOINED


@pytest.mark.parametrize(
    ("given", "user"),
    [
        ({}, None),
        ({"kafka_protocol": "SSL", "departments": "hr"}, None),
        ({"kafka_protocol": "SASL_SSL", "departments": "hr"}, "liandong-hr"),
        ({"kafka_protocol": "SASL_SSL", "departments": "hr,samr"}, "liandong-all"),
        (
            {"kafka_protocol": "SASL_SSL", "kafka_username": "liandong-operator"},
            "liandong-operator",
        ),
    ],
    ids=["open", "tls", "one", "several", "named"],
)
def test_a_process_is_to_the_brokers_who_its_departments_make_it(
    given: dict[str, str], user: str | None, tmp_path: Path
) -> None:
    settings = load(data=tmp_path, **given)
    assert settings.kafka_user == user
    place = None if user is None else tmp_path / "kafka-users" / f"{user}.password"
    assert settings.kafka_password == place


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "node_modules" not in path.parts and _reads_environment(path)
    }
    assert readers == {"ops/settings.py"}


def _reads_environment(path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(
        ast.unparse(node) in READERS for node in ast.walk(tree) if isinstance(node, ast.Attribute)
    ) or any(
        isinstance(node, ast.ImportFrom)
        and node.module == "os"
        and any(name.name in ("environ", "getenv") for name in node.names)
        for node in ast.walk(tree)
    )
