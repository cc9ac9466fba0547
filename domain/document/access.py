"""Who opens a file besides the organ that keeps it: whoever it was sent to or served on.

1. What a referral hands over: the police of the territory that has it, and the procuratorate of
   that territory (Decree 310 art. 5, 6, 12).
2. A lead's evidence, and the letters about it: the organ that has the lead, until it returns it.
3. The letter of a disposal request: 网信 of that territory.
4. A sealed document: the firm on which it was served, and no firm before.
5. What a firm hands in with its annual report or self-check: the market section of the territory
   that regulates it, and the firm itself; no other firm.
6. Only facts of the keeping department count, and only those of an organ that may open the file
   itself; where a referral or lead has gone since is told by its receivers' facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.commands import Post
from domain.departments import ORGANS, covers
from domain.document.facts import DocumentSealed, DocumentServed, stream_of
from domain.document.files import FileOfOtherOrgan, bureau_of
from domain.errors import Refusal
from domain.facts import Recorded
from domain.lead import facts as leads
from domain.market.facts import AnnualReportSubmitted, SelfCheckDeclared
from domain.online.facts import OnlineDisposalRequested
from domain.protected import RECEIVER
from domain.referral import facts as referrals

LETTERS = frozenset({"LEAD_LETTER", "REQUEST_LETTER"})
"""Kinds of document that go to the receiver of the lead they are about."""

Facts = Sequence[Recorded[Any]]


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Why a post opens a file: in words, and what it is about."""

    zh: str
    about: str
    matter: str
    subject: str


@dataclass(frozen=True)
class _Addressee:
    """An organ of a territory; of a firm, its code stands in for the territory."""

    organ: str
    place: str
    ground: Ground
    unless: str = ""


class FileNotAddressed(Refusal):
    """A file was sent to no organ of the reader's kind."""

    zh = "文件{file}没有移送、送达给{organ}，不能查看。"
    en = "The file {file} was neither sent to nor served on {organ}; it may not open it."
    next_zh = "请向保存该文件的机关调取，由其移送后即可查看。"
    next_en = "Ask the organ that keeps it to send it; then it opens."
    source = "行政执法机关移送涉嫌犯罪案件的规定第5、6条；平台职权表"


class FileSentElsewhere(Refusal):
    """A file lies with the same kind of organ of another territory, or went on to it."""

    zh = "文件{file}现由{place}的{organ}办理，{post}不能查看。"
    en = "The file {file} lies with {organ} of {place}; {post} may not open it."
    next_zh = "请与该地机关联系。"
    next_en = "Ask that organ."
    source = "行政执法机关移送涉嫌犯罪案件的规定第7条；平台职权表"


class FileOfReturnedLead(Refusal):
    """The organ returned the lead to which the file belongs."""

    zh = "线索{about}已由{organ}退回，其材料不再开放。"
    en = "{organ} returned the lead {about}; its papers are no longer open to it."
    next_zh = "重新移送并签收后即可查看。"
    next_en = "They open again when the lead is sent again."
    source = "平台规则（线索移送）"


class FileNotServed(Refusal):
    """A firm asks for a document about it that has not been served on it."""

    zh = "文书{number}尚未送达，当事人不能查看。"
    en = "The document {number} has not been served; its subject may not open it yet."
    next_zh = "送达后即可查看；有疑问请联系承办机关。"
    next_en = "It opens when it is served; ask the organ in charge."
    source = "行政处罚法第61条"


class FileKeptElsewhere(Refusal):
    """A fact known here names the file, and another department keeps it."""

    zh = "文件{file}由{department_zh}（{department}）保存，本部门没有。"
    en = "The file {file} is kept by {department}, not by this department."
    next_zh = "请向该部门查看：?department={department}。"
    next_en = "Ask that department: ?department={department}."
    source = "平台规则（证据文件内容寻址保存）"


def streams_about(named: Iterable[Recorded[Any]]) -> tuple[str, ...]:
    """The streams that tell where what these facts name has gone since."""
    return tuple(dict.fromkeys(stream for one in named for stream in _streams(one)))


def opened_by(
    file: str, post: Post, named: Facts, facts: Mapping[str, Facts], department: str
) -> Ground:
    """Why a post of another organ than the keeping one opens a file of `department`.

    `named` are the facts, as they stand, that name the file and come from an organ that may
    open it; `facts` those of `streams_about`. Raises FileNotAddressed, FileSentElsewhere,
    FileOfReturnedLead, FileNotServed, and FileOfOtherOrgan for posts of the same department.
    """
    found = [one for each in named for one in _addressees(each, facts)]
    mine = [one for one in found if one.organ == post.organ]
    here = [one for one in mine if _is_there(post, one)]
    for one in here:
        if not one.unless:
            return one.ground
    if here and post.organ == "AGENCY":
        raise FileNotServed(number=here[0].unless)
    if here:
        raise FileOfReturnedLead(about=here[0].ground.about, organ=post.organ)
    if mine and post.organ != "AGENCY":
        raise FileSentElsewhere(file=file, organ=post.organ, place=mine[0].place, post=post.id)
    if ORGANS[post.organ].node == department:
        raise FileOfOtherOrgan(file=file, organ=post.organ)
    raise FileNotAddressed(file=file, organ=post.organ)


def own_ground(file: str, named: Facts) -> Ground:
    """Why the keeping organ opens its file: what the newest fact that names it is about."""
    if not named:
        return Ground(zh="本机关保存的文件", about=file, matter=file, subject=file)
    newest = max(named, key=lambda one: one.order)
    about = str(getattr(newest.fact, "about", None) or newest.subject)
    return Ground(
        zh=f"办理本机关事项{about}",
        about=about,
        matter=newest.matter,
        subject=newest.subject,
    )


def _is_there(post: Post, one: _Addressee) -> bool:
    if post.organ == "AGENCY":
        return post.id.split("@")[0] == f"AGENCY:{one.place}"
    return covers(post.region, one.place)


def _streams(named: Recorded[Any]) -> Iterator[str]:
    match named.fact:
        case referrals.ReferralTransferred() | referrals.ReferralMaterialsHandedOver():
            yield named.stream
            yield referrals.police_of(named.fact.referral_id)
        case leads.LeadTransferred():
            yield leads.stream_of(named.fact.lead_id)
            yield leads.receipt_of(named.fact.lead_id)
        case DocumentSealed():
            yield stream_of(named.fact.document_id)
            if named.fact.kind in LETTERS:
                yield leads.stream_of(named.fact.about)
                yield leads.receipt_of(named.fact.about)


def _addressees(named: Recorded[Any], facts: Mapping[str, Facts]) -> Iterator[_Addressee]:
    match named.fact:
        case referrals.ReferralTransferred() | referrals.ReferralMaterialsHandedOver():
            yield from _of_referral(named, facts)
        case leads.LeadTransferred():
            yield from _of_lead(named, named.fact.lead_id, facts)
        case DocumentSealed():
            if named.fact.kind in LETTERS:
                yield from _of_lead(named, named.fact.about, facts)
            yield _of_service(named, facts)
        case AnnualReportSubmitted() | SelfCheckDeclared():
            about = named.fact.uscc
            ground = _ground(named, about, f"查阅机构{about}报送的材料")
            yield _Addressee("HRSS_MKT", named.region, ground)
            yield _Addressee("AGENCY", about, ground)
        case OnlineDisposalRequested():
            about = named.fact.request_id
            ground = _ground(named, about, f"办理提请处置{about}")
            yield _Addressee("CAC", named.region, ground)


def _of_referral(named: Recorded[Any], facts: Mapping[str, Facts]) -> Iterator[_Addressee]:
    referral = named.fact.referral_id
    went = [
        one
        for stream in _streams(named)
        for one in facts.get(stream, ())
        if isinstance(one.fact, referrals.ReferralTransferred | referrals.ReferralForwarded)
        and one.fact.referral_id == referral
    ]
    if not went:
        return
    region = max(went, key=lambda one: one.order).fact.to_region
    ground = _ground(named, referral, f"审查移送案件{referral}")
    yield _Addressee("PSB", region, ground)
    yield _Addressee("PROC", region, ground)


def _of_lead(named: Recorded[Any], lead: str, facts: Mapping[str, Facts]) -> Iterator[_Addressee]:
    sent = [
        one
        for one in facts.get(leads.stream_of(lead), ())
        if isinstance(one.fact, leads.LeadTransferred) and one.department == named.department
    ]
    if not sent:
        return
    last = max(sent, key=lambda one: one.order).fact
    returned = any(
        isinstance(one.fact, leads.LeadReceipted)
        and one.fact.outcome is leads.ReceiptOutcome.RETURNED
        and (one.fact.round, one.fact.organ) == (last.round, last.to_organ)
        for one in facts.get(leads.receipt_of(lead), ())
    )
    ground = _ground(named, lead, f"办理线索{lead}")
    yield _Addressee(last.to_organ, last.to_region, ground, unless=lead if returned else "")


def _of_service(named: Recorded[Any], facts: Mapping[str, Facts]) -> _Addressee:
    document = named.fact
    served = any(
        isinstance(one.fact, DocumentServed)
        for one in facts.get(stream_of(document.document_id), ())
    )
    return _Addressee(
        "AGENCY",
        document.subject_id,
        _ground(named, document.document_id, f"查阅已送达的文书{document.number}"),
        unless="" if served else document.number,
    )


def _ground(named: Recorded[Any], about: str, zh: str) -> Ground:
    return Ground(zh=zh, about=about, matter=named.matter, subject=named.subject)


def may_send(named: Recorded[Any], kept_by: str, kept_in: str) -> bool:
    """Whether the organ that recorded a fact may itself open the file that it names.

    A firm keeps nothing itself: what it names lies with the organ that received it.
    """
    organ = RECEIVER if named.organ == "AGENCY" else named.organ
    own = organ == kept_by or organ == bureau_of(kept_by)
    return own and covers(named.post.rpartition("@")[2], kept_in)
