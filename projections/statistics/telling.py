"""From stored steps to the steps that the form counts: what each organisation held, did, suffered.

An annulment (撤销) ends a holding on the day on which it is recorded: figures of earlier days
stand, as with every licence that is lost later. A suspended licence is not held. A finding of
a case whose decision fell from the beginning does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from domain.facts import day_of
from domain.review.overturning import UNDOES
from domain.statistics.counting import DISPATCH, HR, NO_END, What
from domain.statistics.counting import Step as Told
from projections.statistics import tables
from projections.steps import Step, Steps, standing

ROLE = {"LIC_HRS": HR, "LIC_DISPATCH": DISPATCH}

Directory = tuple[int, str, str]
"""A published directory: the stamp, the day, and the fact's id."""


def organisation(steps: Steps, directories: Mapping[str, Directory]) -> list[Told]:
    """The steps of one organisation, from all that is on record of it, corrections among them."""
    counted = standing(steps)
    holdings = [step for step in counted if step.type in tables.HOLDINGS]
    held_now = list(held(holdings))
    told = list(held_now)
    for region in {step.region for step in steps} if len(steps) > 1 else (steps[0].region,):
        if region in directories:
            told += _listed(steps, held_now, region, directories[region])
    if len(holdings) == len(counted):
        return told
    void = {
        step.data["case_id"]
        for step in counted
        if step.type == tables.OVERTURNED
        and step.data["case_id"] is not None
        and step.data["result"] in UNDOES
        and step.data["effect"] == "EX_TUNC"
    }
    replaced = {step.data["replaces"] for step in counted if step.type == tables.DECLARED}
    titles: dict[str, Told] = {}
    for step in counted:
        data = step.data
        match step.type:
            case tables.SUBMITTED | tables.DISCLOSED:
                if data["disclosed_on"] is not None:
                    told.append(_told(What.REPORTED, step, str(data["year"]), data["disclosed_on"]))
            case tables.INSPECTED:
                told.append(_told(What.INSPECTED, step, data["kind"], data["inspected_on"]))
            case tables.FOUND:
                if data["about"] not in void:
                    told.append(_told(What.FOUND, step, data["code"], step.effective))
            case tables.DECLARED:
                if data["check_id"] in replaced:
                    continue
                day = data["declared_on"]
                told.append(_told(What.DECLARED, step, data["campaign_id"], day))
                if data["rebate_present"]:
                    told.append(_told(What.REBATE, step, data["campaign_id"], day))
            case tables.MODEL:
                _title(titles, step, data["level"], data["action"] == "SELECTED", data["until"])
            case tables.ENTERED:
                _title(titles, step, f"{data['list']}_LIST", data["action"] == "ENTERED", None)
    return told + list(titles.values())


def act(steps: Steps) -> Iterator[Told]:
    """Guidance, an association's activity or a regime, as it stands."""
    for step in steps:
        data = step.data
        if step.type == tables.GUIDED:
            subject = data["employer"] or data["employer_name"]
            yield _told(What.GUIDANCE, step, What.GUIDANCE, data["on"], subject)
        elif step.type == tables.ACTED:
            amount = data["attendances"]
            yield _told(What.ACTIVITY, step, data["kind"], data["on"], data["association"], amount)
        else:
            until = NO_END if data["ended_on"] is None else _before(data["ended_on"])
            made = _told(
                What.REGIME, step, data["kind"], data["established_on"], data["document_no"]
            )
            yield made._replace(region=data["region"], until=until)


def held(holdings: Iterable[Step]) -> Iterator[Told]:
    """What an organisation held, from which day to which: licences of 人社 and filings."""
    spans: dict[str, Told] = {}
    last: dict[str, str] = {}
    over: list[Told] = []
    for step in holdings:
        data = step.data
        if step.type == tables.FILED:
            key = f"filing@{step.region}"
            if data["kind"] == "FIL_HRS":
                spans.setdefault(key, _told(What.HELD, step, HR, step.effective))
            elif data["kind"] == "ENDING" and key in spans:
                over.append(_closed(spans.pop(key), step.effective))
            continue
        key = data["licence_id"]
        if step.type == tables.GRANTED:
            role = ROLE.get(data["type"])
            if role is not None:
                last[key] = data["valid_to"] or NO_END
                spans[key] = _told(What.HELD, step, role, data["valid_from"])._replace(
                    until=last[key]
                )
        elif key not in last:
            continue
        elif step.type == tables.CHANGED:
            over += _altered(spans, last, step)
        elif key in spans:
            day = data.get("effective_on") or step.effective
            if step.type == tables.ANNULLED:
                day = day_of(step.stamp).isoformat()
            spans[key] = _closed(spans[key], day)
    yield from (span for span in over if span.effective <= span.until)
    yield from (span for span in spans.values() if span.effective <= span.until)


def _altered(spans: dict[str, Told], last: dict[str, str], step: Step) -> list[Told]:
    """Renewal, suspension, resumption: the spans that are over, the new one put in place."""
    key, change = step.data["licence_id"], step.data["change"]
    if change == "RENEWED" and step.data["valid_to"] is not None:
        last[key] = step.data["valid_to"]
        if key in spans and not _paused(spans[key]):
            spans[key] = spans[key]._replace(until=last[key])
    elif change == "SUSPENDED" and key in spans:
        over = _closed(spans[key], step.effective)
        spans[key] = spans[key]._replace(until="")
        return [over]
    elif change == "RESUMED" and key in spans and _paused(spans[key]):
        spans[key] = spans[key]._replace(effective=step.effective, until=last[key])
    return []


def _paused(span: Told) -> bool:
    """Whether a holding is suspended: an empty span, for a resumption to open again."""
    return span.until == ""


def _listed(steps: Steps, now: Sequence[Told], region: str, directory: Directory) -> list[Told]:
    """An organisation's entries in a directory: what it held there when that was published."""
    stamp, day, event = directory
    seen: Sequence[Told] = now
    if steps[-1].stamp > stamp and any(step.stamp > stamp for step in steps):
        known = standing([step for step in steps if step.stamp <= stamp])
        seen = list(held([step for step in known if step.type in tables.HOLDINGS]))
    return [
        one._replace(
            what=What.LISTED,
            effective=day,
            recorded=stamp,
            event=event,
            until=NO_END,
            region=region,
        )
        for one in seen
        if one.region == region and one.effective <= day <= one.until
    ]


def _title(titles: dict[str, Told], step: Step, kind: str, stands: bool, until: str | None) -> None:
    """A title or a list entry: the latest fact of its kind tells whether it stands."""
    titles.pop(kind, None)
    if stands:
        made = _told(What.STANDING, step, kind, step.data["on"])
        titles[kind] = made._replace(until=until or NO_END)


def _told(
    what: What,
    step: Step,
    kind: str,
    effective: str,
    subject: str | None = None,
    amount: int = 1,
) -> Told:
    return Told(
        what, subject or step.subject, kind, step.region, effective, step.stamp, step.event, amount
    )


def _closed(span: Told, day: str) -> Told:
    """A holding that is over from a day on."""
    return span._replace(until=min(span.until, _before(day)))


def _before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()
