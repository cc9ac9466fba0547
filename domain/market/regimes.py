"""Management regimes of a territory (reference 10.2 rows 18 and 20).

1. A territory establishes a regime for model agencies and one for serious dishonesty, each by a
   document with a number; one stands at a time.
2. What a prefecture establishes holds in its counties; a county may have its own besides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from domain.calendar.dates import DateInFuture, must_have_come
from domain.commands import Command, Context, Decided, History, Own, command, decides
from domain.directory import RegionNotNamed
from domain.errors import Refusal
from domain.market.facts import ManagementRegimeEstablished, RegimeKind, regimes_of
from domain.statutes import CAMPAIGN_PLAN
from domain.terms import DocumentNumber, FileRef, RegionCode, Term


@command(zh="建立管理制度", en="Establish a management regime", source=f"{CAMPAIGN_PLAN}三（三）")
@dataclass(frozen=True, kw_only=True)
class EstablishRegime(Command):
    """Records the document by which a territory established a regime."""

    kind: Annotated[RegimeKind, Term(zh="制度", en="Regime")]
    document_no: DocumentNumber
    established_on: Annotated[date | None, Term(zh="建立日期", en="Established on")] = None
    document: FileRef | None = None
    region: RegionCode | None = None


class RegimeStandsAlready(Refusal):
    """The territory has this regime."""

    zh = "{region}已于{established_on}建立该制度（{document_no}）。"
    en = "{region} has had this regime since {established_on} ({document_no})."
    next_zh = "无需重复登记；制度修订的，更正原记录。"
    next_en = "Nothing to record; correct the record where it is wrong."
    source = f"{CAMPAIGN_PLAN}三（三）"
    field = "kind"


class RegimeInFuture(DateInFuture):
    """The regime does not exist yet."""

    field = "established_on"


@decides(EstablishRegime, reads=lambda asked: (Own(stream=regimes_of(asked.region or "")),))
def establish(asked: EstablishRegime, history: History, context: Context) -> Iterator[Decided]:
    """Records a regime of the territory, where none of its kind stands."""
    if asked.region is None:
        raise RegionNotNamed()
    on = asked.established_on or context.today
    must_have_come(on, context.today, RegimeInFuture)
    for one in history.own(regimes_of(asked.region)):
        ended = one.fact.ended_on
        if one.fact.kind is asked.kind and (ended is None or ended >= on):
            raise RegimeStandsAlready(
                region=asked.region,
                established_on=one.fact.established_on.isoformat(),
                document_no=one.fact.document_no,
            )
    yield Decided(
        stream=regimes_of(asked.region),
        subject=asked.region,
        matter=context.mint("M"),
        region=asked.region,
        effective=on,
        fact=ManagementRegimeEstablished(
            regime_id=context.mint("RGM"),
            kind=asked.kind,
            region=asked.region,
            document_no=asked.document_no,
            established_on=on,
            document=asked.document,
        ),
    )
