"""Push claims: what 人社 does with a pushed scope, from claim to outcome (reference 4.3).

1. Only what has been received can be claimed, and only once (R02).
2. Guidance names what the firm needs; by default what the push found (R03).
3. A need is met by a licence in force or a filing: INTERMEDIARY by LIC_HRS, DISPATCH by
   LIC_DISPATCH, FILING by FIL_HRS; a GENERIC or INTERMEDIARY_OR_FILING item by either.
   A grant or filing after the claim disposes of the push by itself; where what meets it stood
   before, an officer says so (S1 row 4).
4. Every other outcome is an officer's too, with its reason; an outcome is final.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any

from domain import filing
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
from domain.errors import Refusal
from domain.facts import Recorded
from domain.licence import state as licence_state
from domain.licence.facts import LicenceType
from domain.push.scope_push import (
    BusinessScopePushed,
    LicensingGuidanceIssued,
    PushClaimed,
    PushDisposed,
    PushOutcome,
)
from domain.push.scope_push import stream_of as pushes_of
from domain.risk.facts import Level, RiskWarningRaised
from domain.risk.facts import stream_of as supervision_of
from domain.terms import Code, Identifier, Reason, ShortText, Term, Uscc

UNRESOLVED = "UNRESOLVED_PUSH"
"""The rule of the warning about a push without outcome (reference 4.3)."""

MET_BY: dict[str, tuple[str, ...]] = {
    "INTERMEDIARY": ("LIC_HRS",),
    "DISPATCH": ("LIC_DISPATCH",),
    "FILING": ("FIL_HRS",),
    "GENERIC": ("LIC_HRS", "FIL_HRS"),
    "INTERMEDIARY_OR_FILING": ("LIC_HRS", "FIL_HRS"),
}
"""What meets the need of each class of a scope: any one of the named (reference 4.1)."""


@dataclass(frozen=True, kw_only=True)
class Push:
    """A push as 人社 sees it: received, then claimed, guided, disposed."""

    push_id: str
    matter: str
    region: str
    needs: tuple[str, ...]
    classes: tuple[str, ...]
    claimed: bool = False
    guided: bool = False
    outcome: PushOutcome | None = None


Pushes = dict[str, Push]


def evolve(state: Pushes, recorded: Recorded[Any]) -> Pushes:
    """The pushes of a firm after one more fact, received or own."""
    match recorded.fact:
        case BusinessScopePushed() as pushed:
            return state | {
                pushed.push_id: Push(
                    push_id=pushed.push_id,
                    matter=recorded.matter,
                    region=pushed.to_region,
                    needs=pushed.needs,
                    classes=pushed.classes,
                )
            }
        case PushClaimed(push_id=push_id) if push_id in state:
            return state | {push_id: replace(state[push_id], claimed=True)}
        case LicensingGuidanceIssued(push_id=push_id) if push_id in state:
            return state | {push_id: replace(state[push_id], guided=True)}
        case PushDisposed(push_id=push_id, outcome=outcome) if push_id in state:
            return state | {push_id: replace(state[push_id], outcome=outcome)}
        case _:
            return state


def fold(received: Iterable[Recorded[Any]], own: Iterable[Recorded[Any]]) -> Pushes:
    """The pushes received, and what this department did with each."""
    state: Pushes = {}
    for recorded in (*received, *own):
        state = evolve(state, recorded)
    return state


def stream_of(uscc: str) -> str:
    """The stream of what 人社 did with a firm's pushes."""
    return f"push_claim/{uscc}"


def read_pushes(uscc: str) -> tuple[Read, ...]:
    """What to read to know a firm's pushes."""
    return (Received(stream=pushes_of(uscc)), Own(stream=stream_of(uscc)))


def known_pushes(history: History, uscc: str) -> Pushes:
    """A firm's pushes as this department knows them."""
    return fold(history.received(Received(stream=pushes_of(uscc))), history.own(stream_of(uscc)))


def claimed_matter(history: History, uscc: str) -> str | None:
    """The matter of the latest push claimed, None where none was: what an application joins."""
    claimed = [one for one in known_pushes(history, uscc).values() if one.claimed]
    return claimed[-1].matter if claimed else None


@command(zh="认领推送", en="Claim a push", source="平台规则（R02）")
@dataclass(frozen=True, kw_only=True)
class ClaimPush(Command):
    """Claims a push; without `push` the only unclaimed push of the firm is meant."""

    organisation: Uscc
    push: Identifier | None = None


@command(zh="出具许可备案指引", en="Issue licensing guidance", source="平台规则（R03）")
@dataclass(frozen=True, kw_only=True)
class IssueLicensingGuidance(Command):
    """Tells the firm what it needs; `needs` defaults to what the push found."""

    organisation: Uscc
    push: Identifier | None = None
    needs: Annotated[tuple[Code, ...], Term(zh="需办理事项", en="Needs")] = ()
    where: ShortText = "政务服务中心人社窗口"
    how: ShortText = "持营业执照办理，可选择一般程序或告知承诺"
    reply_due: Annotated[date | None, Term(zh="答复期限", en="Reply due")] = None


@command(zh="办结推送", en="Dispose of a push", source="平台规则（推送办结）")
@dataclass(frozen=True, kw_only=True)
class DisposePush(Command):
    """An officer's outcome with its reason; LICENSED and FILED where a licence or filing meets the push."""

    organisation: Uscc
    push: Identifier | None = None
    outcome: Annotated[PushOutcome, Term(zh="办结结果", en="Outcome")]
    reason: Reason


@command(
    zh="按许可或备案办结推送",
    en="Dispose of licensed or filed pushes",
    source="平台规则（推送办结）",
    automatic=True,
)
@dataclass(frozen=True, kw_only=True)
class DisposeSatisfiedPushes(Command):
    """Disposes of each claimed push whose needs a licence or a filing now meets."""

    organisation: Uscc


@command(
    zh="发出推送未决预警",
    en="Warn of an unresolved push",
    source="平台规则（推送办结）",
    automatic=True,
)
@dataclass(frozen=True, kw_only=True)
class WarnOfUnresolvedPush(Command):
    """Raises UNRESOLVED_PUSH when the push's clock runs out."""

    organisation: Uscc
    push: Identifier


class PushNotReceived(Refusal):
    """No such push has reached this department (yet)."""

    zh = "尚未收到{organisation}的推送{push}。"
    en = "No push {push} about {organisation} has been received."
    next_zh = "推送送达后即可办理；请核对编号。"
    next_en = "It can be done once the push has arrived; check the id."
    source = "平台规则（R02）"
    field = "push"
    transient = True


class PushAmbiguous(Refusal):
    """Several pushes are open and none is named."""

    zh = "{organisation}有{count}条可办理的推送：{pushes}。"
    en = "{organisation} has {count} open pushes: {pushes}."
    next_zh = "请指明推送编号。"
    next_en = "Name the push."
    source = "平台规则（R02）"
    field = "push"


class PushAlreadyClaimed(Refusal):
    """The push is claimed."""

    zh = "推送{push}已认领。"
    en = "The push {push} has been claimed."
    next_zh = "请继续出具指引或办结。"
    next_en = "Go on with guidance or an outcome."
    source = "平台规则（R02）"
    field = "push"


class PushNotClaimed(Refusal):
    """The push must be claimed first."""

    zh = "推送{push}尚未认领。"
    en = "The push {push} has not been claimed."
    next_zh = "请先认领。"
    next_en = "Claim it first."
    source = "平台规则（R02、R03）"
    field = "push"


class PushAlreadyDisposed(Refusal):
    """The push has its outcome."""

    zh = "推送{push}已办结，结果为{outcome}。"
    en = "The push {push} has been disposed of: {outcome}."
    next_zh = "无需再办理；情况有变的，待变更登记后重新推送。"
    next_en = "Nothing is left to do; a changed scope is pushed again."
    source = "平台规则（推送办结）"
    field = "push"


class GuidanceAlreadyIssued(Refusal):
    """The firm has its guidance."""

    zh = "推送{push}已出具指引。"
    en = "Guidance on the push {push} has been issued."
    next_zh = "请等待企业申请或办结推送。"
    next_en = "Wait for the application, or dispose of the push."
    source = "平台规则（R03）"
    field = "push"


class NothingToGuide(Refusal):
    """The push needs neither a licence nor a filing, and none is named."""

    zh = "推送{push}未涉及许可或备案，且未填写需办理事项。"
    en = "The push {push} needs no licence or filing, and no need is named."
    next_zh = "请填写需办理事项，或按“不属于范围”办结。"
    next_en = "Name what is needed, or dispose of the push as OUT_OF_SCOPE."
    source = "平台规则（R03）"
    field = "needs"


class ReplyDueInPast(Refusal):
    """The day to reply by has passed."""

    zh = "答复期限{reply_due}早于今天{today}。"
    en = "The reply is due on {reply_due}, before today, {today}."
    next_zh = "请填写今天或以后的日期。"
    next_en = "Enter today or a later day."
    source = "平台规则（R03）"
    field = "reply_due"


class OutcomeFollowsFacts(Refusal):
    """LICENSED and FILED rest on a licence or filing that meets every need of the push."""

    zh = "{organisation}的许可或备案与结果{outcome}不符，不能按此办结。"
    en = "No licence or filing of {organisation} makes the outcome {outcome}."
    next_zh = "请先办理许可或备案，推送随之自动办结；未取得的，按其他结果办结。"
    next_en = "Grant the licence or record the filing, and the push follows; else choose another."
    source = "平台规则（推送办结）"
    field = "outcome"


def _named(asked_push: str | None, pushes: Pushes, open_ones: list[Push], uscc: str) -> Push:
    """The push that is meant: the named one, else the only open one, else the latest."""
    if asked_push is not None:
        if asked_push not in pushes:
            raise PushNotReceived(organisation=uscc, push=asked_push)
        return pushes[asked_push]
    if len(open_ones) > 1:
        raise PushAmbiguous(
            organisation=uscc,
            count=len(open_ones),
            pushes="、".join(one.push_id for one in open_ones),
        )
    if not pushes:
        raise PushNotReceived(organisation=uscc, push="")
    return open_ones[0] if open_ones else list(pushes.values())[-1]


def _must_be_open(push: Push) -> None:
    if push.outcome is not None:
        raise PushAlreadyDisposed(push=push.push_id, outcome=push.outcome.value)
    if not push.claimed:
        raise PushNotClaimed(push=push.push_id)


def _reads(
    asked: ClaimPush | IssueLicensingGuidance | DisposePush,
) -> tuple[Read, ...]:
    return read_pushes(asked.organisation)


@decides(ClaimPush, reads=_reads)
def claim(asked: ClaimPush, history: History, _context: Context) -> Iterator[Decided]:
    """Claims a received push, once."""
    uscc = asked.organisation
    pushes = known_pushes(history, uscc)
    push = _named(asked.push, pushes, [one for one in pushes.values() if not one.claimed], uscc)
    if push.outcome is not None:
        raise PushAlreadyDisposed(push=push.push_id, outcome=push.outcome.value)
    if push.claimed:
        raise PushAlreadyClaimed(push=push.push_id)
    yield Decided(
        stream=stream_of(uscc),
        subject=uscc,
        matter=push.matter,
        region=push.region,
        fact=PushClaimed(push_id=push.push_id, uscc=uscc, needs=push.needs),
    )


@decides(IssueLicensingGuidance, reads=_reads)
def guide(asked: IssueLicensingGuidance, history: History, context: Context) -> Iterator[Decided]:
    """Tells the firm once what a claimed, open push found it to need."""
    uscc = asked.organisation
    pushes = known_pushes(history, uscc)
    waiting = [
        one for one in pushes.values() if one.claimed and not one.guided and one.outcome is None
    ]
    push = _named(asked.push, pushes, waiting, uscc)
    _must_be_open(push)
    if push.guided:
        raise GuidanceAlreadyIssued(push=push.push_id)
    needs = asked.needs or push.needs
    if not needs:
        raise NothingToGuide(push=push.push_id)
    if asked.reply_due is not None and asked.reply_due < context.today:
        raise ReplyDueInPast(reply_due=asked.reply_due, today=context.today)
    yield Decided(
        stream=stream_of(uscc),
        subject=uscc,
        matter=push.matter,
        region=push.region,
        fact=LicensingGuidanceIssued(
            push_id=push.push_id,
            uscc=uscc,
            needs=needs,
            where=asked.where,
            how=asked.how,
            reply_due=asked.reply_due,
        ),
    )


def _reads_all_held(asked: DisposePush | DisposeSatisfiedPushes) -> tuple[Read, ...]:
    uscc = asked.organisation
    return (
        *read_pushes(uscc),
        *(Own(stream=licence_state.stream_of(uscc, one)) for one in _HELD_TYPES),
        Own(stream=filing.stream_of(uscc)),
    )


@decides(DisposePush, reads=_reads_all_held)
def dispose(asked: DisposePush, history: History, context: Context) -> Iterator[Decided]:
    """Records an officer's outcome of a claimed push."""
    uscc = asked.organisation
    pushes = known_pushes(history, uscc)
    open_ones = [one for one in pushes.values() if one.claimed and one.outcome is None]
    push = _named(asked.push, pushes, open_ones, uscc)
    _must_be_open(push)
    basis = None
    if asked.outcome in (PushOutcome.LICENSED, PushOutcome.FILED):
        met = _met(push, _held(uscc, history, context))
        if met is None or met[0] is not asked.outcome:
            raise OutcomeFollowsFacts(organisation=uscc, outcome=asked.outcome.value)
        basis = met[1]
    yield _disposed(uscc, push, asked.outcome, basis, asked.reason)


def _disposed(
    uscc: str, push: Push, outcome: PushOutcome, basis: str | None, reason: str | None
) -> Decided:
    return Decided(
        stream=stream_of(uscc),
        subject=uscc,
        matter=push.matter,
        region=push.region,
        fact=PushDisposed(
            push_id=push.push_id, uscc=uscc, outcome=outcome, basis=basis, reason=reason
        ),
    )


_HELD_TYPES = (LicenceType.LIC_HRS, LicenceType.LIC_DISPATCH)


def _held(uscc: str, history: History, context: Context) -> dict[str, str]:
    """The licences in force and the filing of a firm, each with its id."""
    held: dict[str, str] = {}
    for kind in _HELD_TYPES:
        licences = licence_state.fold(history.own(licence_state.stream_of(uscc, kind)))
        current = licences.in_force(context.today)
        if current is not None:
            held[kind.value] = current.licence_id
    filed = filing.services_filed(history.own(filing.stream_of(uscc)))
    if filed is not None:
        held["FIL_HRS"] = filed
    return held


def _met(push: Push, held: dict[str, str]) -> tuple[PushOutcome, str | None] | None:
    """The outcome and its basis where what is held meets every class of a push; else None."""
    if not push.classes:
        return None
    meeting = [
        next((held[one] for one in MET_BY.get(each, ()) if one in held), None)
        for each in push.classes
    ]
    if None in meeting:
        return None
    licence = next((held[one.value] for one in _HELD_TYPES if held.get(one.value) in meeting), None)
    if licence is not None:
        return PushOutcome.LICENSED, licence
    return PushOutcome.FILED, held.get("FIL_HRS")


@decides(DisposeSatisfiedPushes, reads=_reads_all_held)
def dispose_satisfied(
    asked: DisposeSatisfiedPushes, history: History, context: Context
) -> Iterator[Decided]:
    """Disposes of each claimed push whose every class a licence or filing meets; else nothing."""
    uscc = asked.organisation
    held = _held(uscc, history, context)
    for push in known_pushes(history, uscc).values():
        met = _met(push, held) if push.claimed and push.outcome is None else None
        if met is not None:
            yield _disposed(uscc, push, *met, None)


@decides(
    WarnOfUnresolvedPush,
    reads=lambda asked: (
        *read_pushes(asked.organisation),
        Own(stream=supervision_of(asked.organisation)),
    ),
)
def warn(asked: WarnOfUnresolvedPush, history: History, context: Context) -> Iterator[Decided]:
    """Warns once of a push without outcome; a push disposed meanwhile gives nothing."""
    uscc = asked.organisation
    pushes = known_pushes(history, uscc)
    if asked.push not in pushes:
        raise PushNotReceived(organisation=uscc, push=asked.push)
    push = pushes[asked.push]
    warned = any(
        isinstance(one.fact, RiskWarningRaised) and one.fact.about == push.push_id
        for one in history.own(supervision_of(uscc))
    )
    if warned or push.outcome is not None:
        return
    yield Decided(
        stream=supervision_of(uscc),
        subject=uscc,
        matter=push.matter,
        region=push.region,
        fact=RiskWarningRaised(
            warning_id=context.mint("RW"),
            subject_id=uscc,
            rule=UNRESOLVED,
            level=Level.YELLOW,
            about=push.push_id,
        ),
    )
