"""What a campaign's page and a unit's page have in common: rows with their next steps, who sees what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from fastapi import Request
from sqlalchemy import Connection

from domain.departments import covers
from domain.facts import instant
from gateways.http import problems
from gateways.http.accounts import Identity
from gateways.http.parameters import plain
from gateways.web.campaigns import words
from gateways.web.casework.acts import absent, acts
from gateways.web.casework.files import address
from gateways.web.inbox import names_of
from projections import campaigns

FORM_NEXT: dict[str, tuple[str, ...]] = {
    "PREPARED": ("CheckTable",),
    "CHECKED": ("ApproveTable",),
    "APPROVED": ("SubmitReport",),
    "SENT_BACK": ("PrepareTable",),
    "SUBMITTED": ("PrepareTable",),
}
"""What is done next with a form; one that was sent back or submitted may be amended."""

ENTRY_NEXT: dict[str, tuple[str, ...]] = {
    "NOMINATED": ("CheckNomination",),
    "AGREED": ("ShowOnBoard",),
    "SHOWN": ("WithdrawFromBoard",),
}
"""What the issuer does next with a nomination."""


def sections(
    request: Request,
    conn: Connection,
    identity: Identity,
    found: dict[str, Any],
    units: Iterable[str],
) -> dict[str, Any]:
    """What a campaign's page and a unit's page tell of these units, with what may be done next."""
    on, campaign_id = today(request).isoformat(), found["campaign_id"]
    asked_for: dict[str, Any] = {"campaign_id": campaign_id}
    shown = frozenset(units)
    told = {
        "reports": campaigns.reports(conn, on=on, **asked_for),
        "tasks": campaigns.tasks(conn, on=on, **asked_for),
        "chases": campaigns.chases(conn, on=on, **asked_for),
        "problems": campaigns.problems(conn, on=on, **asked_for),
        "visits": campaigns.visits(conn, on=on, **asked_for),
        "boards": campaigns.boards(conn, on=on, **asked_for),
    }
    told = {name: [row for row in rows if row["unit"] in shown] for name, rows in told.items()}
    steps = _Next(request, identity, found)
    for name, rows in told.items():
        for row in rows:
            steps.add(name, row)
    every = [
        file["sha256"]
        for rows in told.values()
        for row in rows
        for file in (*row.get("attachments", ()), *row.get("evidence", ()), row.get("minutes"))
        if file
    ]
    return {
        **told,
        "campaign": plain(found),
        "units": tuple(one for one in found["units"] if one in shown),
        "by_state": by_state(told["tasks"], [one for one in found["units"] if one in shown]),
        "circulars": campaigns.circulars(conn, campaign_id),
        "evaluations": {
            unit: row
            for unit, row in campaigns.evaluations(conn, campaign_id).items()
            if unit in shown
        },
        "named": names_of(
            conn,
            [
                row["subject_id"]
                for row in (*told["boards"], *told["problems"])
                if row["subject_id"]
            ],
        ),
        "files": {one: address(request, conn, identity, one, []) for one in dict.fromkeys(every)},
        "words": words,
        "now": request.app.state.platform.clock.now(),
    }


class _Next:
    """What the post may do next with each row of a campaign."""

    def __init__(self, request: Request, identity: Identity, found: dict[str, Any]) -> None:
        self._request, self._identity, self._campaign = request, identity, found
        self._leads = leads(found, identity)

    def add(self, name: str, row: dict[str, Any]) -> None:
        """Puts the buttons of a row into it; none in a campaign that is over."""
        own = self._identity.post.region == row["unit"]
        names: tuple[str, ...] = ()
        known: dict[str, Any] = {"campaign": self._campaign["campaign_id"]}
        if name == "reports":
            known |= {"code": row["code"], "unit": row["unit"], "about": row["code"]}
            if own and row["state"] in ("DUE", "OVERDUE"):
                names = ("SubmitReport",)
            elif self._leads and row["state"] == "OVERDUE":
                names = ("ChaseUnit",)
        elif name == "tasks" and row["state"] != "DONE":
            known |= {"task": row["task_id"], "about": row["task_id"], "unit": row["unit"]}
            if own:
                names = ("ReportProgress",)
            elif self._leads and row["overdue"]:
                names = ("ChaseUnit",)
        elif name == "chases" and own and row["state"] == "OPEN":
            names, known["chase"] = ("AnswerChase",), row["chase_id"]
        elif name == "problems" and own and row["state"] != "SETTLED":
            known["problem"] = row["problem_id"]
            names = ("SettleProblem",)
            if row["problem_class"] == "CANNOT_YET" and row["state"] == "OPEN":
                names = ("ReportProblemUp", "SettleProblem")
        elif name == "boards" and self._leads:
            names = ENTRY_NEXT.get(row["state"], ())
            known |= {"nomination": row["nomination_id"], "organisation": row["subject_id"]}
        if name == "visits":
            for one in row["findings"]:
                answers = ("AnswerVisit",) if own and not one["corrected"] else ()
                one["acts"] = acts(
                    self._request, self._identity, answers,
                    **known, visit=row["visit_id"], number=one["number"],
                )  # fmt: skip
        if self._campaign["state"] != "OPEN":
            names = ()
        row["acts"] = acts(self._request, self._identity, names, **known)


def by_state(tasks: Iterable[dict[str, Any]], units: Iterable[str]) -> list[dict[str, Any]]:
    """The tasks of each unit: done, doing, to do, overdue (whatever its progress), in all."""
    rows = []
    for unit in units:
        mine = [one for one in tasks if one["unit"] == unit]
        late = sum(one["overdue"] for one in mine)
        open_ones = [one["state"] for one in mine if not one["overdue"]]
        rows.append(
            {
                "unit": unit,
                "done": open_ones.count("DONE"),
                "doing": open_ones.count("DOING"),
                "to_do": open_ones.count("TO_DO"),
                "overdue": late,
                "total": len(mine),
            }
        )
    return rows


def known(conn: Connection, campaign_id: str, identity: Identity) -> dict[str, Any]:
    """The campaign, where the post's territory ordered it or takes part in it. Raises not found."""
    found = campaigns.campaign(conn, campaign_id)
    own = identity.post.region
    if found is None or not (covers(own, found["region"]) or seen_units(found, identity)):
        raise absent(
            f"没有专项行动“{campaign_id}”，或本岗位无权查看",
            f"There is no campaign “{campaign_id}” that this post may see",
            "CampaignUnknown",
        )
    return found


def seen_units(found: dict[str, Any], identity: Identity) -> tuple[str, ...]:
    """The units of a campaign that lie in the post's territory."""
    return tuple(one for one in found["units"] if covers(identity.post.region, one))


def leads(found: dict[str, Any], identity: Identity) -> bool:
    """Whether the post belongs to the campaign's issuer."""
    return bool(identity.post.region == found["region"])


def may_compare(found: dict[str, Any], identity: Identity) -> bool:
    """Whether the post looks over several units: the issuer, its superiors, the leading group."""
    return covers(identity.post.region, found["region"]) or identity.post.organ in ("LG", "LGO")


def stat_code(found: dict[str, Any]) -> str:
    """The code of the campaign's next statistics form, where only one is asked for."""
    codes = [one["code"] for one in found["reports"] if one["kind"] == "STAT_TABLE"]
    return str(codes[0]) if len(codes) == 1 else ""


def no_unit(unit: str) -> problems.ProblemError:
    """The unit is not in the campaign, or not in the post's territory."""
    return absent(
        f"单位“{unit}”不在该专项行动中，或不在本岗位辖区",
        f"The unit “{unit}” is not in this campaign, or not in this post's territory",
        "UnitNotInCampaign",
    )


def today(request: Request) -> date:
    """The day of the platform's clock."""
    return instant(request.app.state.platform.clock.now()).date()
