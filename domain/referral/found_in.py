"""Where the findings were made that an answer to the referral question is about (reference 8.5).

1. An answer that names findings is about them; one that names none, about those of its ground.
2. A case is the ground for what it was filed on: its findings, and those made in its leads and
   complaints. So a finding of an inspection is answered for in the case that followed it.
"""

from __future__ import annotations

from domain import finding
from domain.commands import History
from domain.enforcement.facts import CaseFiled
from domain.enforcement.facts import stream_of as case_of
from domain.finding import ViolationFound
from domain.lead.halves import known


def found_in(about: str, subject: str, named: tuple[str, ...], history: History) -> tuple[str, ...]:
    """The inspections, leads and licences of a subject's findings, beside the ground itself.

    Reads the case `about` where it is one, and both halves of the subject's findings.
    """
    filed = [one.fact for one in history.own(case_of(about)) if isinstance(one.fact, CaseFiled)]
    grounds = {name for case in filed for name in (*case.findings, *case.leads, *case.complaints)}
    findings = [
        one.fact
        for one in known(history, finding.stream_of(subject))
        if isinstance(one.fact, ViolationFound)
    ]
    places = (
        one.about
        for one in findings
        if (one.finding_id in named if named else {one.finding_id, one.about} & grounds)
    )
    return tuple(dict.fromkeys(place for place in places if place != about))
