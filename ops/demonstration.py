"""The demonstration: a story played into a folder of its own, and accounts to look at it."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import tempfile
from pathlib import Path

from domain.commands import Post
from domain.departments import ORGANS, ROLES
from ops.commands_work import play_into
from ops.output import err, out, said, shown
from ops.posts import default_post, post_of
from ops.scenario import Scenario, load
from ops.settings import ROOT, Settings
from ops.wiring import CannotServe, House, house

SCENARIOS = ROOT / "ops" / "scenarios"
STORY = "s2"
"""The story that is played where none is named."""
READY = "demo.json"
DECIDING = ("domain", "projections", "gateways")
UNREAD = frozenset({"web", "http", "node_modules", "__pycache__"})
"""Pages and API only show what stands in the stores."""
PASSWORDS = "passwords.json"
POSTS = (
    "HRSS",
    "HRSS_APPR",
    "HRSS_MKT",
    "HRSS_INSP.OFFICER",
    "HRSS_INSP.REVIEWER",
    "HRSS_INSP.HEAD",
    "SAMR",
    "CAC",
    "PSB",
    "PROC",
    "DRC",
    "FAO",
    "LGO",
)
"""One account a post: the offices of the story's territory, and within the inspection who
prepares, checks and approves; beside them every post that acts in the story."""


def stories() -> tuple[str, ...]:
    """The names of the stories that can be shown."""
    return tuple(sorted(path.stem for path in SCENARIOS.glob("*.yaml")))


def folder_of(story: str) -> Path:
    """Where a story's demonstration lies unless a folder is named."""
    return Path("var") / ("demo" if story == STORY else f"demo-{story}")


def _told(story: str) -> Scenario:
    return load(SCENARIOS / f"{story}.yaml")


def check(story: str = STORY) -> bool:
    """Plays a story in a temporary folder; whether the end state is what it expects."""
    with tempfile.TemporaryDirectory(prefix="liandong-") as place:
        passed = play_into(_told(story), Path(place) / "demo").passed
    if not passed:
        err().print(said("与期望不符。", "The end state differs from what is expected."))
    return passed


def ready(settings: Settings, story: str = STORY) -> bool:
    """Makes the demonstration's folder, unless this version of it stands already."""
    marker = settings.data / READY
    wanted = _fingerprint(story)
    if marker.exists() and json.loads(marker.read_text(encoding="utf-8"))["made_of"] == wanted:
        return True
    _clear(settings.data)
    settings.data.mkdir(parents=True, mode=0o700)
    (settings.data / READY).write_text(json.dumps({"made_of": ""}), encoding="utf-8")
    scenario = _told(story)
    if not play_into(scenario, settings.data).passed:
        return False
    with house(settings, create=False) as one:
        _accounts(one, scenario)
    marker.write_text(json.dumps({"made_of": wanted}) + "\n", encoding="utf-8")
    return True


def greet(one: House, port: int) -> None:
    """Prints where to look, and as whom."""
    address = f"http://{one.settings.host}:{port}"
    told = json.loads((one.settings.data / PASSWORDS).read_text(encoding="utf-8"))
    lines = [
        said("联动演示已启动：", "The demonstration is up:"),
        f"  {address}/              {said('登录与待办', 'sign in, inbox')}",
        f"  {address}/overview      {said('联合执法态势', 'joint-enforcement status')}",
        f"  {address}/cases         {said('案件历史', 'case histories')}",
        f"  {address}/directory     {said('机构名录（公开）', 'directory (public)')}",
        f"  {address}/openapi.json  API",
        said("账号与口令：", "Accounts and passwords:"),
        *(
            f"  {user:<26} {password}   {said(*_label(user))}"
            for user, password in sorted(told.items())
        ),
        said("模拟时间：", "Simulated time: ") + shown(one.platform.clock.now()),
        said("按 Ctrl-C 停止。", "Ctrl-C stops it."),
    ]
    out().print("\n".join(lines), markup=False)


def _label(user: str) -> tuple[str, str]:
    name, _, role = user.split("-")[0].upper().partition(".")
    organ = ORGANS[name]
    if not role:
        return organ.zh, organ.en
    zh, en = ROLES[role]
    return f"{organ.zh}{zh}", f"{organ.en}, {en.lower()}"


def _posts(scenario: Scenario) -> tuple[Post, ...]:
    """The territory's offices and every post that acts in the story, but for firms."""
    acting = [default_post(one.organ, one.region, one.role) for one in scenario.steps]
    named = [post_of(f"{name}@{scenario.region}") for name in POSTS]
    by_id = {post.id: post for post in (*named, *acting) if ":" not in post.id}
    return tuple(by_id[one] for one in sorted(by_id))


def _accounts(one: House, scenario: Scenario) -> None:
    accounts, told = one.accounts(), {}
    for post in _posts(scenario):
        user, password = post.id.lower().replace("@", "-"), secrets.token_urlsafe(12)
        accounts.create(
            user,
            password,
            organ=post.organ,
            region=post.region,
            post=post.id,
            appointment=post.appointment,
        )
        told[user] = password
    place = one.settings.data / PASSWORDS
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(told, file)


def _clear(folder: Path) -> None:
    """Removes an older demonstration; a folder that is not one is refused."""
    if not folder.exists() or not any(folder.iterdir()):
        shutil.rmtree(folder, ignore_errors=True)
        return
    if not (folder / READY).exists():
        raise CannotServe(
            said(
                f"{folder} 中存有演示以外的内容；请指定其他目录",
                f"{folder} holds something else than a demonstration; name another folder",
            )
        )
    shutil.rmtree(folder)


def _fingerprint(story: str) -> str:
    """What a demonstration is made of: its story and the code that decides, records and reads.

    A folder made by another version is played anew after an upgrade.
    """
    digest = hashlib.sha256((SCENARIOS / f"{story}.yaml").read_bytes())
    for package in DECIDING:
        for path in sorted((ROOT / package).rglob("*.py")):
            if UNREAD.isdisjoint(path.relative_to(ROOT).parts):
                digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()
