"""立案: a case is filed on leads, complaints or findings, by two officers with certificates.

1. There is a ground: a lead that this organ signed for, a complaint it accepted, or a finding
   (行政处罚法 54; 监察条例 18). One case may look at several parties (一案多查). A lead and a
   complaint are marked with the case that was filed on them.
2. At least two officers with certificates conduct it (行政处罚法 42).
3. A labour case is not filed when the act ended more than two years before it was discovered
   (监察条例 20).
4. Of several organs that may punish an act the first to file has the case (行政处罚法 25).
5. The case takes the matter of its first lead, else complaint, else finding; the others are
   joined to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from domain import finding
from domain.calendar.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
from domain.calendar.deadlines import Period, Unit, due
from domain.commands import (
    Command,
    Context,
    Decided,
    History,
    Own,
    Read,
    Received,
    command,
    decides,
)
from domain.complaint import facts as complaint_facts
from domain.enforcement.facts import CaseClosed, CaseFiled, CaseOutcome, Procedure, stream_of
from domain.enforcement.grounds import marked, of_complaints, of_findings, of_lead
from domain.errors import Refusal
from domain.lead.halves import both
from domain.lead.state import reads_of
from domain.matter import MatterLinked
from domain.matter import stream_of as matter_stream
from domain.terms import CertificateNumber, Code, Identifier, SubjectId, Term
from domain.violations.catalogue import check_codes

OFFICERS_MIN = 2
"""行政处罚法 42."""

LIMITATION = Period(2, Unit.YR)
"""监察条例 20: two years from the act or its end until it is discovered."""


@command(
    zh="立案",
    en="File a case",
    source="行政处罚法第54条；劳动保障监察条例第17条",
    irreversible=True,
)
@dataclass(frozen=True, kw_only=True)
class FileCase(Command):
    """Files a case on what it names; both terms to deal with it begin on `filed_on`."""

    organisation: SubjectId
    parties: Annotated[tuple[SubjectId, ...], Term(zh="其他当事人", en="Other parties")] = ()
    codes: Annotated[tuple[Code, ...], Term(zh="涉嫌违法行为代码", en="Codes", min_items=1)]
    filed_on: Annotated[date | None, Term(zh="立案日期", en="Filed on")] = None
    leads: Annotated[tuple[Identifier, ...], Term(zh="线索", en="Leads")] = ()
    complaints: Annotated[tuple[Identifier, ...], Term(zh="投诉举报", en="Complaints")] = ()
    findings: Annotated[tuple[Identifier, ...], Term(zh="违法事项", en="Findings")] = ()
    officers: Annotated[
        tuple[CertificateNumber, ...], Term(zh="办案人员执法证号", en="Officers", min_items=1)
    ]
    procedure: Annotated[Procedure, Term(zh="程序", en="Procedure")] = Procedure.ORDINARY
    act_from: Annotated[date | None, Term(zh="行为起日", en="Act from")] = None
    act_to: Annotated[date | None, Term(zh="行为终了日", en="Act to")] = None


class FilingInFuture(DateInFuture):
    """The case has not been filed yet."""

    field = "filed_on"


class FiledBeforeGround(DateBeforeItsGround):
    """The case is dated before what it rests on."""

    field = "filed_on"


class CaseActInFuture(DateInFuture):
    """The act has not happened."""

    field = "act_from"


class CaseActEndsBeforeStart(DateBeforeItsGround):
    """The act ends before it begins."""

    field = "act_to"


class NoGroundToFile(Refusal):
    """A case rests on nothing."""

    zh = "对{organisation}立案未列明线索、投诉举报或违法事项。"
    en = "The case about {organisation} names no lead, complaint or finding."
    next_zh = "请至少列明一项立案来源。"
    next_en = "Name at least one of them."
    source = "行政处罚法第54条；劳动保障监察条例第18条"
    field = "leads"


class TwoOfficersNeeded(Refusal):
    """Fewer than two officers conduct the case."""

    zh = "办案人员{count}名，少于{least}名。"
    en = "{count} officer(s) conduct the case; the law asks for {least}."
    next_zh = "请填写两名以上不同人员的执法证号。"
    next_en = "Name the certificates of two or more different officers."
    source = "行政处罚法第42条"
    field = "officers"


class FiledByAnotherFirst(Refusal):
    """Another organ has filed a case on the same act of the same subject."""

    zh = "{owner}已于{filed_on}就{organisation}的同一行为（{codes}）立案（{case}）。"
    en = "{owner} filed {case} on the same act of {organisation} ({codes}) on {filed_on}."
    next_zh = "由最先立案的机关管辖，请将线索移送该机关；不同行为按其他代码或者行为期间立案。"
    next_en = "The first to file has it: hand it a lead. Another act takes its own codes or days."
    source = "行政处罚法第25条、第29条"
    field = "codes"


class CaseOutOfTime(Refusal):
    """The act ended too long before it was discovered."""

    zh = "行为终了于{act_end}，于{found_on}发现，已超过二年（{until}届满），不再查处。"
    en = "The act ended on {act_end} and was found on {found_on}, after two years ({until})."
    next_zh = "请书面告知，不予立案。"
    next_en = "Say so in writing; no case is filed."
    source = "劳动保障监察条例第20条"
    field = "act_to"


def _parties(asked: FileCase) -> tuple[str, ...]:
    return tuple(dict.fromkeys((asked.organisation, *asked.parties)))


def _cases_of(subject: str) -> Received:
    return Received(subject=subject, types=(CaseFiled.TYPE, CaseClosed.TYPE))


def _reads(asked: FileCase) -> tuple[Read, ...]:
    reads: list[Read] = [read for lead in asked.leads for read in reads_of(lead)]
    reads.append(_cases_of(asked.organisation))
    for party in _parties(asked):
        if asked.complaints:
            reads.append(Own(stream=complaint_facts.stream_of(party)))
        if asked.findings:
            reads.extend(both(finding.stream_of(party)))
    return tuple(reads)


@decides(FileCase, reads=_reads)
def file(asked: FileCase, history: History, context: Context) -> Iterator[Decided]:
    """Files a case on what is on record, and joins the matters it brings together."""
    parties = _parties(asked)
    check_codes(asked.codes, context.today)
    if len(set(asked.officers)) < OFFICERS_MIN:
        raise TwoOfficersNeeded(count=len(set(asked.officers)), least=OFFICERS_MIN)
    codes = tuple(dict.fromkeys(asked.codes))
    grounds = [
        *(of_lead(lead, parties, codes, history, context) for lead in dict.fromkeys(asked.leads)),
        *of_complaints(asked.complaints, parties, history),
        *of_findings(asked.findings, parties, history),
    ]
    if not grounds:
        raise NoGroundToFile(organisation=asked.organisation)
    filed_on = asked.filed_on or context.today
    must_have_come(filed_on, context.today, FilingInFuture)
    must_follow(filed_on, max(one.on for one in grounds), FiledBeforeGround)
    labour = context.post.organ == "HRSS_INSP"
    _must_be_in_time(asked, min(one.on for one in grounds), labour, context.today)
    _must_be_first(asked, history, context)
    case_id, matter, region = context.mint("CASE"), grounds[0].matter, grounds[0].region
    yield Decided(
        stream=stream_of(case_id),
        subject=asked.organisation,
        matter=matter,
        region=region,
        effective=filed_on,
        decided=context.moment,
        fact=CaseFiled(
            case_id=case_id,
            subject_id=asked.organisation,
            parties=parties,
            codes=codes,
            filed_on=filed_on,
            leads=asked.leads,
            complaints=asked.complaints,
            findings=asked.findings,
            officers=tuple(dict.fromkeys(asked.officers)),
            procedure=asked.procedure,
            labour=labour,
            act_from=asked.act_from,
            act_to=asked.act_to,
            discovered_on=min(one.on for one in grounds),
        ),
    )
    for ground in grounds:
        yield from marked(ground, case_id, codes)
    for other in dict.fromkeys(one.matter for one in grounds):
        if other != matter:
            yield Decided(
                stream=matter_stream(case_id),
                subject=asked.organisation,
                matter=matter,
                region=region,
                fact=MatterLinked(one=matter, other=other, because="并案查处"),
            )


LET_GO = (CaseOutcome.TRANSFERRED, CaseOutcome.FILING_WITHDRAWN)
"""Outcomes by which an organ gives up a case that it filed first."""


def _must_be_first(asked: FileCase, history: History, context: Context) -> None:
    """Refuses the act on which another organ has filed, as far as is known here."""
    facts = history.received(_cases_of(asked.organisation))
    given_up = {
        one.fact.case_id
        for one in facts
        if isinstance(one.fact, CaseClosed) and one.fact.outcome in LET_GO
    }
    for one in facts:
        filed = one.fact
        if (
            not isinstance(filed, CaseFiled)
            or one.organ == context.post.organ
            or filed.case_id in given_up
            or _apart(asked, filed)
        ):
            continue
        shared = [code for code in filed.codes if code in asked.codes]
        if shared:
            raise FiledByAnotherFirst(
                owner=one.organ,
                filed_on=filed.filed_on,
                organisation=asked.organisation,
                codes="、".join(shared),
                case=filed.case_id,
            )


def _apart(asked: FileCase, filed: CaseFiled) -> bool:
    """Whether both say when the act was, and the days do not meet."""
    if asked.act_from is None or filed.act_from is None:
        return False
    ours, theirs = asked.act_to or asked.act_from, filed.act_to or filed.act_from
    return ours < filed.act_from or theirs < asked.act_from


def _must_be_in_time(asked: FileCase, found_on: date, labour: bool, today: date) -> None:
    """The act has begun, does not end before it begins, and was found within two years."""
    if asked.act_from is not None:
        must_have_come(asked.act_from, today, CaseActInFuture)
        if asked.act_to is not None:
            must_follow(asked.act_to, asked.act_from, CaseActEndsBeforeStart)
    act_end = asked.act_to or asked.act_from
    if not labour or act_end is None:
        return
    until = due(act_end, LIMITATION, rolls=False).day
    if found_on > until:
        raise CaseOutOfTime(act_end=act_end, found_on=found_on, until=until)
