"""Two secrets for one draw: committed, deposited, checked, revealed; withheld, they come out anyway.

1. Each department draws 32 bytes, keeps them, publishes the commitment and a deposit that only
   the procuratorate's newest key opens. The procuratorate itself never commits.
2. No deposit is opened before both commitments stand; then both are, and each is told good or
   bad. Nobody reveals before both are good.
3. Until then the draw may end without a result: a missing or bad deposit voids it by itself.
   Nobody knows the other's secret at that moment, so nobody learns what he would avoid.
4. From then on the result is fixed. Whoever does not reveal is late, and after the term the
   escrow reveals in his place: withholding neither stops the draw nor begins it anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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
from domain.draw.commitment import SECRET_BYTES, commitment_of, judge_reveal
from domain.draw.facts import (
    DepositChecked,
    DrawCommitted,
    DrawRevealed,
    DrawSecretKept,
    DrawVoided,
    EscrowKeyPublished,
    Hex32,
    Node,
    PublicKey,
    RevealSource,
    draw_of,
    escrow_keys,
    secret_of,
)
from domain.draw.state import ESCROW, Draw, folded
from domain.errors import Refusal
from domain.facts import stamp_of
from domain.lead.halves import both, known
from domain.terms import Identifier

_SOURCE = "平台规则（先承诺后揭示）"


class EscrowKeyNotMade(Refusal):
    """A key is published that this vault did not make, so nobody could open a deposit."""

    zh = "托管密钥{key}不是本部门保管的密钥，不能公布。"
    en = "The escrow key {key} is none that this department keeps."
    next_zh = "请不填公钥，由平台生成密钥对。"
    next_en = "Leave the key out; the platform makes the pair."
    source = "平台规则（密值托管）"
    field = "public_key"


class EscrowKeyMissing(Refusal):
    """The procuratorate has published no key, so no deposit can be made."""

    zh = "检察机关尚未公布托管公钥，不能提交密值承诺。"
    en = "The procuratorate has published no escrow key; nobody can commit."
    next_zh = "请检察机关先公布托管公钥。"
    next_en = "Have the procuratorate publish a key first."
    source = "平台规则（密值托管）"
    field = "draw"


class EscrowKeyNotHeld(Refusal):
    """The key that would open a deposit is not kept here any more."""

    zh = "本部门没有托管密钥{key}的私钥，不能核验抽取{draw}的托管密值。"
    en = "The private part of the escrow key {key} is not kept here; {draw} cannot be checked."
    next_zh = "请恢复密钥保管库；未能恢复的，抽取届时作废，请公布新的托管公钥。"
    next_en = "Restore the vault; otherwise the draw is voided at its term: publish a new key."
    source = "平台规则（密值托管）"
    field = "draw"


class NotADrawersDepartment(Refusal):
    """A department commits or reveals that takes no part in the draw."""

    zh = "{department}不是抽取{draw}的参与部门。"
    en = "{department} takes no part in the draw {draw}."
    next_zh = "请由参与部门办理。"
    next_en = "Let a department of the draw act."
    source = _SOURCE
    field = "draw"


class AlreadyCommitted(Refusal):
    """A department commits once: a second secret would be a second chance."""

    zh = "{department}已对抽取{draw}提交承诺，不得更换密值。"
    en = "{department} has committed for the draw {draw}; the secret is not exchanged."
    next_zh = "请等待托管核验，届时揭示原密值。"
    next_en = "Wait for the check, then reveal that secret."
    source = _SOURCE
    field = "draw"


class CommitTermOver(Refusal):
    """The term to commit is over."""

    zh = "抽取{draw}的承诺时限已于{commit_by}届满。"
    en = "The term to commit for the draw {draw} ended at {commit_by}."
    next_zh = "该次抽取作废，请另行开启。"
    next_en = "The draw is voided; open another."
    source = _SOURCE
    field = "draw"


class NotCommitted(Refusal):
    """A department reveals that has not committed."""

    zh = "{department}没有对抽取{draw}提交承诺，没有可以揭示的密值。"
    en = "{department} has not committed for the draw {draw}: it has nothing to reveal."
    next_zh = "请先提交承诺。"
    next_en = "Commit first."
    source = _SOURCE
    field = "draw"


class DepositsNotChecked(Refusal):
    """Nobody reveals before both deposits are good: until then the draw could still be ended."""

    zh = "抽取{draw}的两份承诺及托管密值尚未全部核验一致，不得揭示。"
    en = "Not both commitments and deposits of the draw {draw} stand; nothing is revealed."
    next_zh = "请等待另一部门承诺和托管核验。"
    next_en = "Wait for the other department and for the escrow."
    source = _SOURCE
    field = "draw"
    transient = True


class AlreadyRevealed(Refusal):
    """The secret is out."""

    zh = "{department}在抽取{draw}中的密值已由{source_zh}揭示。"
    en = "The secret of {department} for the draw {draw} was revealed by {source_en}."
    next_zh = "无需再揭示。"
    next_en = "Nothing is left to reveal."
    source = _SOURCE
    field = "draw"


class SecretNotKept(Refusal):
    """The department does not keep the secret it committed to."""

    zh = "本部门没有保存抽取{draw}的密值。"
    en = "This department does not keep its secret for the draw {draw}."
    next_zh = "如另行保管，请填写密值；否则届时由托管方揭示。"
    next_en = "Give the secret where it is kept elsewhere; else the escrow reveals it in time."
    source = _SOURCE
    field = "secret"


class RevealTermRunning(Refusal):
    """The escrow opens a withheld secret only after the term."""

    zh = "抽取{draw}的揭示时限至{reveal_by}届满，托管方不得提前开启。"
    en = "The term to reveal for the draw {draw} ends at {reveal_by}; the escrow waits."
    next_zh = "届满后自动开启。"
    next_en = "It is opened by itself when the term ends."
    source = "平台规则（密值托管）"
    transient = True


class CommitTermRunning(Refusal):
    """A draw is not voided while its departments may still commit."""

    zh = "抽取{draw}的承诺时限至{commit_by}届满，尚不得作废。"
    en = "The term to commit for the draw {draw} ends at {commit_by}; it is not voided yet."
    next_zh = "届满后自动作废。"
    next_en = "It is voided by itself when the term ends."
    source = _SOURCE
    transient = True


@command(zh="公布托管公钥", en="Publish an escrow key", source="平台规则（密值托管）")
@dataclass(frozen=True, kw_only=True)
class PublishEscrowKey(Command):
    """Publishes the key for which secrets are sealed; the gateway makes the pair.

    The private part stays in the procuratorate's vault.
    """

    key: Identifier | None = None
    public_key: PublicKey | None = None


@command(zh="提交密值承诺", en="Commit to a secret", source=_SOURCE)
@dataclass(frozen=True, kw_only=True)
class CommitToDraw(Command):
    """Draws a secret, keeps it, and publishes its commitment with a deposit for the escrow."""

    draw: Identifier


@command(zh="核验托管密值", en="Check the deposits", source="平台规则（密值托管）", automatic=True)
@dataclass(frozen=True, kw_only=True)
class CheckDeposit(Command):
    """The escrow opens both deposits once both commitments stand, and says good or bad."""

    draw: Identifier


@command(zh="揭示密值", en="Reveal the secret", source=_SOURCE, irreversible=True)
@dataclass(frozen=True, kw_only=True)
class RevealForDraw(Command):
    """Reveals the department's secret; `secret` only where it is kept elsewhere."""

    draw: Identifier
    secret: Hex32 | None = None


@command(
    zh="开启托管密值", en="Open a withheld deposit", source="平台规则（密值托管）", automatic=True
)
@dataclass(frozen=True, kw_only=True)
class OpenDeposit(Command):
    """The escrow reveals what a department withheld beyond the term."""

    draw: Identifier
    department: Node


@command(zh="抽取作废", en="Void a draw", source=_SOURCE, automatic=True)
@dataclass(frozen=True, kw_only=True)
class VoidDraw(Command):
    """Ends a draw whose deposits are missing or bad, before any secret is out."""

    draw: Identifier


def label_of(draw: str, department: str) -> bytes:
    """What a deposit is bound to, so that none serves for another draw or department."""
    return f"liandong:draw-deposit:v1\n{draw}\n{department}".encode()


@decides(PublishEscrowKey, reads=lambda _: (Own(stream=escrow_keys()),))
def publish_key(asked: PublishEscrowKey, _: History, context: Context) -> Iterator[Decided]:
    """Publishes a key that the gateway made and keeps; the newest one counts."""
    if asked.key is None or asked.public_key is None:
        raise EscrowKeyNotMade(key=asked.key or "—")
    yield Decided(
        stream=escrow_keys(),
        subject=asked.key,
        matter=context.mint("M"),
        fact=EscrowKeyPublished(key_id=asked.key, public_key=asked.public_key),
    )


def _commit_reads(asked: CommitToDraw) -> tuple[Read, ...]:
    return (
        *both(draw_of(asked.draw)),
        Own(stream=secret_of(asked.draw)),
        Received(stream=escrow_keys()),
    )


@decides(CommitToDraw, reads=_commit_reads)
def commit(asked: CommitToDraw, history: History, context: Context) -> Iterator[Decided]:
    """Commits once, in time, with a deposit for the newest key."""
    draw = _running(asked.draw, history, context)
    opened, department = draw.opened, context.department
    if department in draw.committed:
        raise AlreadyCommitted(department=department, draw=asked.draw)
    if context.now >= stamp_of(opened.fact.commit_by):
        raise CommitTermOver(draw=asked.draw, commit_by=opened.fact.commit_by.isoformat())
    keys = [
        one.fact
        for one in history.received(Received(stream=escrow_keys()))
        if one.department == ESCROW and isinstance(one.fact, EscrowKeyPublished)
    ]
    if not keys:
        raise EscrowKeyMissing
    key, secret = keys[-1], context.draw(SECRET_BYTES)
    yield Decided(
        stream=secret_of(asked.draw),
        subject=opened.subject,
        matter=opened.matter,
        region=opened.fact.region,
        fact=DrawSecretKept(draw_id=asked.draw, secret=secret.hex()),
    )
    yield Decided(
        stream=draw_of(asked.draw),
        subject=opened.subject,
        matter=opened.matter,
        region=opened.fact.region,
        fact=DrawCommitted(
            draw_id=asked.draw,
            department=department,
            commitment=commitment_of(asked.draw, department, secret),
            escrow_key=key.key_id,
            deposit=context.seal(key.public_key, label_of(asked.draw, department), secret),
        ),
    )


def _halves(asked: CheckDeposit | OpenDeposit | VoidDraw) -> tuple[Read, ...]:
    return both(draw_of(asked.draw))


@decides(CheckDeposit, reads=_halves)
def check(asked: CheckDeposit, history: History, context: Context) -> Iterator[Decided]:
    """Opens both deposits when both commitments stand, once, and within the term to commit."""
    draw = folded(known(history, draw_of(asked.draw)), asked.draw)
    opened = draw.opened.fact
    waits = set(draw.committed) != set(opened.departments)
    if waits or draw.checked or draw.ended or context.now >= stamp_of(opened.commit_by):
        return
    good = {name: _deposited(draw, name, context) is not None for name in opened.departments}
    complete = all(good.values())
    last = opened.departments[-1]
    for name in opened.departments:
        yield Decided(
            stream=draw_of(asked.draw),
            subject=draw.opened.subject,
            matter=draw.opened.matter,
            region=opened.region,
            fact=DepositChecked(
                draw_id=asked.draw,
                department=name,
                commitment=draw.committed[name].fact.commitment,
                good=good[name],
                reveal_by=opened.reveal_by if complete else None,
                complete=complete and name == last,
            ),
        )


def _deposited(draw: Draw, department: str, context: Context) -> bytes | None:
    """The secret of a deposit, where it is the one that was committed to.

    Raises EscrowKeyNotHeld.
    """
    id_, committed = draw.opened.fact.draw_id, draw.committed[department].fact
    try:
        secret = context.unseal(committed.escrow_key, label_of(id_, department), committed.deposit)
    except LookupError:
        raise EscrowKeyNotHeld(key=committed.escrow_key, draw=id_) from None
    if secret is None or len(secret) != SECRET_BYTES:
        return None
    return secret if commitment_of(id_, department, secret) == committed.commitment else None


def _reveal_reads(asked: RevealForDraw) -> tuple[Read, ...]:
    return (*both(draw_of(asked.draw)), Own(stream=secret_of(asked.draw)))


@decides(RevealForDraw, reads=_reveal_reads)
def reveal(asked: RevealForDraw, history: History, context: Context) -> Iterator[Decided]:
    """Reveals the secret that was committed to, once both deposits are good."""
    draw = _running(asked.draw, history, context)
    department = context.department
    if department not in draw.committed:
        raise NotCommitted(department=department, draw=asked.draw)
    if department in draw.revealed:
        escrow = draw.revealed[department].fact.source is RevealSource.ESCROW
        raise AlreadyRevealed(
            department=department,
            draw=asked.draw,
            source_zh="托管方" if escrow else "本部门",
            source_en="the escrow" if escrow else "itself",
        )
    if not draw.complete:
        raise DepositsNotChecked(draw=asked.draw)
    kept = [
        one.fact.secret
        for one in history.own(secret_of(asked.draw))
        if isinstance(one.fact, DrawSecretKept)
    ]
    secret = asked.secret or (kept[-1] if kept else None)
    if secret is None:
        raise SecretNotKept(draw=asked.draw)
    judge_reveal(
        asked.draw,
        department,
        bytes.fromhex(secret),
        draw.committed[department].fact.commitment,
    )
    yield _revealed(draw, department, secret, RevealSource.DEPARTMENT)


@decides(OpenDeposit, reads=_halves)
def open_deposit(asked: OpenDeposit, history: History, context: Context) -> Iterator[Decided]:
    """Reveals a withheld secret after the term; nothing where it is out or the draw is over."""
    draw = folded(known(history, draw_of(asked.draw)), asked.draw)
    opened = draw.opened.fact
    if asked.department in draw.revealed or draw.ended or not draw.complete:
        return
    if context.now < stamp_of(opened.reveal_by):
        raise RevealTermRunning(draw=asked.draw, reveal_by=opened.reveal_by.isoformat())
    secret = _deposited(draw, asked.department, context)
    if secret is None:
        raise EscrowKeyNotHeld(
            key=draw.committed[asked.department].fact.escrow_key, draw=asked.draw
        )
    yield _revealed(draw, asked.department, secret.hex(), RevealSource.ESCROW)


def _revealed(draw: Draw, department: str, secret: str, source: RevealSource) -> Decided:
    opened = draw.opened
    return Decided(
        stream=draw_of(opened.fact.draw_id),
        subject=opened.subject,
        matter=opened.matter,
        region=opened.fact.region,
        fact=DrawRevealed(
            draw_id=opened.fact.draw_id,
            department=department,
            secret=secret,
            source=source,
        ),
    )


@decides(VoidDraw, reads=_halves)
def void(asked: VoidDraw, history: History, context: Context) -> Iterator[Decided]:
    """Ends a draw that cannot go on, in the department that opened it; never a complete one."""
    draw = folded(known(history, draw_of(asked.draw)), asked.draw)
    opened = draw.opened
    if opened.department != context.department or draw.ended or draw.complete:
        return
    bad = [name for name, one in draw.checked.items() if not one.fact.good]
    missing = [name for name in opened.fact.departments if name not in draw.committed]
    if bad:
        reason, faulty = f"{'、'.join(bad)}的托管密值与承诺不符", bad
    elif context.now < stamp_of(opened.fact.commit_by):
        raise CommitTermRunning(draw=asked.draw, commit_by=opened.fact.commit_by.isoformat())
    elif missing:
        reason, faulty = f"{'、'.join(missing)}逾期未提交密值承诺", missing
    else:
        reason, faulty = "托管方逾期未核验托管密值", [ESCROW]
    yield Decided(
        stream=draw_of(asked.draw),
        subject=opened.subject,
        matter=opened.matter,
        region=opened.fact.region,
        fact=DrawVoided(
            draw_id=asked.draw,
            plan_id=opened.fact.plan_id,
            reason=reason,
            at_fault=faulty[0] if len(faulty) == 1 else None,
        ),
    )


def _running(draw: str, history: History, context: Context) -> Draw:
    """A draw that still runs, in which the acting department takes part."""
    found = folded(known(history, draw_of(draw)), draw)
    found.must_run()
    if context.department not in found.opened.fact.departments:
        raise NotADrawersDepartment(department=context.department, draw=draw)
    return found
