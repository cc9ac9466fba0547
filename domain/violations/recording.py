"""Recording what was found (发现违法事项): the command, and what is refused of it.

1. Only an organ that the catalogue names as finder records a violation; others hand over a lead.
2. The code must have been in force on the day of the act; an act that goes on is judged by its
   last known day.
3. The catalogue's severity stands unless an officer gives another with a reason.
4. A code that is criminal, or any sign of a crime, raises the referral question (reference 8.5).
5. A finding joins the matter of the case, lead, complaint or licence it is about; one that is
   about nothing known begins a matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from domain.calendar.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
from domain.commands import Command, Context, Decided, History, Read, command, decides
from domain.departments import covers
from domain.errors import Refusal
from domain.finding import CrimeSign, ViolationFound, earlier, stream_of
from domain.lead.grounds import ground_of, reads_for
from domain.lead.halves import both, known
from domain.licence.facts import LicenceType
from domain.licence.state import stream_of as licence_of
from domain.organisation import fold as fold_registration
from domain.organisation import known_registration
from domain.terms import (
    Code,
    Digest,
    Identifier,
    MoneyFen,
    Persons,
    Reason,
    ShortText,
    SubjectId,
    Term,
)
from domain.violations.catalogue import Criminal, Severity
from domain.violations.catalogue import known as row_of


@command(
    zh="记录违法事项",
    en="Record a violation",
    source="行政处罚法第54条；平台违法行为目录",
)
@dataclass(frozen=True, kw_only=True)
class RecordViolation(Command):
    """Records one act as a violation of the catalogue, on stated facts.

    `about` is the case, lead, complaint or licence in which it was found.
    """

    organisation: SubjectId
    code: Code
    about: Identifier | None = None
    facts: Annotated[tuple[ShortText, ...], Term(zh="事实", en="Facts", min_items=1)]
    act_from: Annotated[date, Term(zh="行为起日", en="Act from")]
    act_to: Annotated[date | None, Term(zh="行为终了日", en="Act to")] = None
    persons: Persons | None = None
    amount_fen: MoneyFen | None = None
    evidence: Annotated[tuple[Digest, ...], Term(zh="证据文件摘要", en="Evidence files")] = ()
    signs: Annotated[tuple[CrimeSign, ...], Term(zh="涉嫌犯罪情形", en="Signs of a crime")] = ()
    severity: Annotated[Severity | None, Term(zh="严重程度", en="Severity")] = None
    severity_reason: Reason | None = None
    needs_penalty: Annotated[bool, Term(zh="需行政处罚", en="Needs a penalty")] = False


class NotFinderOfViolation(Refusal):
    """The catalogue names other organs as finders."""

    zh = "{organ}不是{code}（{label}）的发现机关；发现机关：{finders}。"
    en = "{organ} does not record {code}; its finders are {finders}."
    next_zh = "请将线索移送发现机关或者承办机关（{leads}）。"
    next_en = "Hand the information over as a lead to a finder or to {leads}."
    source = "平台违法行为目录；行政处罚法第22条"
    field = "code"


class ActInFuture(DateInFuture):
    """The act has not happened."""

    field = "act_from"


class ActEndInFuture(DateInFuture):
    """The act has not ended."""

    field = "act_to"


class ActEndBeforeStart(DateBeforeItsGround):
    """The act ends before it begins."""

    field = "act_to"


class SeverityNeedsReason(Refusal):
    """Another severity than the catalogue's was given without a reason."""

    zh = "{code}的默认严重程度是{default}，改为{given}须说明理由。"
    en = "The catalogue rates {code} {default}; rating it {given} takes a reason."
    next_zh = "请填写理由，或采用默认严重程度。"
    next_en = "Give the reason, or keep the default."
    source = "行政处罚法第5条第2款；平台违法行为目录"
    field = "severity_reason"


class FindingNeedsFacts(Refusal):
    """A finding states no facts."""

    zh = "记录{code}未写明事实。"
    en = "The finding of {code} states no facts."
    next_zh = "请写明时间、地点、行为和结果。"
    next_en = "State time, place, act and result."
    source = "行政处罚法第40、54条"
    field = "facts"


class FindingGroundUnknown(Refusal):
    """What the finding is said to be about is not known here."""

    zh = "本部门没有编号为{about}的案件、线索、投诉举报或许可。"
    en = "This department knows no case, lead, complaint or licence {about} of {organisation}."
    next_zh = "请核对编号；没有依托事项的，留空。"
    next_en = "Check the identifier, or leave it out."
    source = "平台规则（事项关联）"
    field = "about"


class FindingAlreadyRecorded(Refusal):
    """One act is one finding."""

    zh = "{organisation}自{act_from}起的{code}已记录为{finding}。"
    en = "{code} of {organisation} from {act_from} is recorded as {finding}."
    next_zh = "同一行为只记录一次；事实有误的，更正原记录。"
    next_en = "One act is one finding; correct the old one where it is wrong."
    source = "行政处罚法第29条"
    field = "code"


@dataclass(frozen=True, kw_only=True)
class _Ground:
    """The matter and territory that a finding joins."""

    matter: str
    region: str


def _reads(asked: RecordViolation) -> tuple[Read, ...]:
    licences: tuple[Read, ...] = ()
    if asked.about is not None:
        licences = tuple(
            read for kind in LicenceType for read in both(licence_of(asked.organisation, kind))
        )
    return (
        *reads_for(asked.about, asked.organisation),
        *licences,
        known_registration(asked.organisation),
    )


def _licence(history: History, about: str, subject: str) -> _Ground | None:
    for kind in LicenceType:
        for one in known(history, licence_of(subject, kind)):
            if about in (one.id, getattr(one.fact, "licence_id", None)):
                return _Ground(matter=one.matter, region=one.region)
    return None


def _territory(history: History, asked: RecordViolation, context: Context) -> str:
    """The firm's own region where the post reaches it, else that in which the act was found."""
    registration = fold_registration(history.received(known_registration(asked.organisation)))
    if registration is not None and covers(context.region, registration.region):
        return registration.region
    return context.region


def _ground(history: History, asked: RecordViolation) -> _Ground | None:
    if asked.about is None:
        return None
    ground = ground_of(history, asked.about, asked.organisation)
    if ground is not None:
        return _Ground(matter=ground.matter, region=ground.region)
    licence = _licence(history, asked.about, asked.organisation)
    if licence is None:
        raise FindingGroundUnknown(about=asked.about, organisation=asked.organisation)
    return licence


@decides(RecordViolation, reads=_reads)
def record(asked: RecordViolation, history: History, context: Context) -> Iterator[Decided]:
    """Records an act once, with the catalogue's severity and the referral question."""
    must_have_come(asked.act_from, context.today, ActInFuture)
    if asked.act_to is not None:
        must_have_come(asked.act_to, context.today, ActEndInFuture)
        must_follow(asked.act_to, asked.act_from, ActEndBeforeStart)
    row = row_of(asked.code, asked.act_to or asked.act_from)
    if context.post.organ not in row.finders:
        raise NotFinderOfViolation(
            organ=context.post.organ,
            code=row.code,
            label=row.zh,
            finders="、".join(row.finders),
            leads="、".join(row.leads),
        )
    if not any(text.strip() for text in asked.facts):
        raise FindingNeedsFacts(code=row.code)
    severity = asked.severity or row.severity
    if severity is not row.severity and asked.severity_reason is None:
        raise SeverityNeedsReason(code=row.code, default=row.severity.value, given=severity.value)
    ground = _ground(history, asked)
    stream = stream_of(asked.organisation)
    for one in history.own(stream):
        found = one.fact
        if (
            isinstance(found, ViolationFound)
            and (found.code, found.act_from) == (row.code, asked.act_from)
            and one.organ == context.post.organ
            and (asked.about or found.finding_id) == found.about
        ):
            raise FindingAlreadyRecorded(
                organisation=asked.organisation,
                code=row.code,
                act_from=asked.act_from,
                finding=found.finding_id,
            )
    finding_id = context.mint("V")
    matter = ground.matter if ground else context.mint("M")
    yield Decided(
        stream=stream,
        subject=asked.organisation,
        matter=matter,
        region=ground.region if ground else _territory(history, asked, context),
        fact=ViolationFound(
            finding_id=finding_id,
            code=row.code,
            severity=severity,
            severity_reason=asked.severity_reason if severity is not row.severity else None,
            subject_id=asked.organisation,
            about=asked.about or finding_id,
            facts=asked.facts,
            act_from=asked.act_from,
            act_to=asked.act_to,
            persons=asked.persons,
            amount_fen=asked.amount_fen,
            evidence=asked.evidence,
            signs=asked.signs,
            question=raises_question(row.criminal, asked.signs),
            needs_penalty=asked.needs_penalty,
            earlier=earlier(known(history, stream), matter, context.today),
        ),
    )


def raises_question(criminal: Criminal, signs: tuple[CrimeSign, ...]) -> bool:
    """Whether the referral question must be asked: a criminal code, or any sign of a crime."""
    return criminal is Criminal.YES or bool(signs)
