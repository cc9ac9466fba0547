"""The played campaign of S3, served: drawn teams, every category, corrections, publications."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gateways.http.accounts import Accounts
from gateways.http.app import create_app
from gateways.http.config import WebConfig
from ops.settings import Settings
from ops.wiring import house
from projections import inspections
from tests.gateways.http import feeding
from tests.gateways.web.conftest import PASSWORD, Site

CITY = "420100"
POSTS = {
    "mkt": ("HRSS_MKT", CITY, None),
    "insp": ("HRSS_INSP", CITY, None),
    "samr": ("SAMR", CITY, None),
    "lr": ("HRSS_LR", CITY, None),
    "drc": ("DRC", CITY, None),
    "psb": ("PSB", CITY, None),
    "assoc": ("ASSOC", CITY, None),
    "firm": ("AGENCY", CITY, f"AGENCY:91420100MAYTX09M2B@{CITY}"),
}


@contextmanager
def served(played: Path, folder: Path) -> Iterator[Site]:
    """The campaign at its end, behind a real server, with accounts of several posts."""
    shutil.copytree(played, folder / "played")
    accounts = Accounts.open(folder / "accounts.sqlite", lambda: int(time.time()))
    for user, (organ, region, post) in POSTS.items():
        accounts.create(user, PASSWORD, organ=organ, region=region, post=post, appointment="test")
    settings = Settings(data=folder / "played", departments="all")  # type: ignore[arg-type]
    with house(settings, create=False) as one:
        app = create_app(
            one.platform,
            accounts,
            WebConfig(
                secret="a secret of the tests, long enough to sign",
                hosts=("127.0.0.1", "testserver"),
            ),
        )
        app.state.test_accounts = accounts
        with feeding.served(app) as address:
            yield Site(address=address, house=one, app=app)


def tasks(site: Site, **asked: Any) -> list[dict[str, Any]]:
    """Inspections as 人社 knows them."""
    with site.house.platform.departments["hr"].reading() as conn:
        return list(inspections.tasks(conn, limit=100, **asked))


def teams_draw(site: Site) -> str:
    """The draw of the inspectors."""
    with site.house.platform.departments["hr"].reading() as conn:
        return str(inspections.draws(conn, kind="INSPECTORS", limit=1)[0]["draw_id"])
