"""Correcting a fact of one's own (reference 12.4).

1. A fact is never edited or deleted. Its owner voids it, or says which of its fields read
   differently, and why; the old fact stays on record beside the correction.
2. Only the organ that recorded a fact corrects it, and only a published one: what never left
   its department has no readers to tell.
3. What a fact is about is not corrected but voided and recorded anew: identifiers and the
   subject name the rows of every reader.
4. A person is no text: a reference to the vault is never replaced by a value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Annotated, Any

from domain.commands import Command, Context, Decided, History, Own, command, decides
from domain.errors import Refusal
from domain.facts import FACTS, Audience, Fact, Recorded
from domain.powers import for_itself
from domain.review.facts import CorrectionKind, FactCorrected, Text
from domain.review.reading import NotOfItsType, data_of, hints_of, object_of, read, text_of
from domain.review.standing import CORRECTED, standing
from domain.terms import Identifier, Reason, Term

LONGEST = 60_000
"""Characters of data that a correction can carry."""

StreamName = Annotated[
    str,
    Term(
        zh="记录所在序列",
        en="Stream of the fact",
        pattern=r"^[a-z_]{1,40}/[A-Za-z0-9:._-]{1,160}$",
        example="correction/91210103MAYTX011XN",
    ),
]


@command(
    zh="更正事实",
    en="Correct a fact",
    source="平台规则（以补偿事件更正）",
    irreversible=True,
)
@dataclass(frozen=True, kw_only=True)
class CorrectFact(Command):
    """Voids a fact of the acting organ, or replaces fields of it; `replaces_with` is a JSON object."""

    stream: StreamName
    event: Identifier
    kind: Annotated[CorrectionKind, Term(zh="更正种类", en="Kind")]
    replaces_with: Text | None = None
    reason: Reason
    because: Identifier | None = None


class FactNotHere(Refusal):
    """No fact of this department has this id in this stream."""

    zh = "本部门序列{stream}中没有编号为{event}的事实。"
    en = "This department has no fact {event} in the stream {stream}."
    next_zh = "请核对编号；其他部门的事实由该部门更正。"
    next_en = "Check the id; another department's fact is corrected by that department."
    source = "平台规则（以补偿事件更正）"
    field = "event"


class NotOwnerOfFact(Refusal):
    """Another organ recorded the fact."""

    zh = "该事实由{owner}记录，{organ}不能更正。"
    en = "{owner} recorded this fact; {organ} cannot correct it."
    next_zh = "请由{owner}更正，或向其移送说明。"
    next_en = "Let {owner} correct it, or tell that organ why it should."
    source = "平台规则（以补偿事件更正）"
    field = "event"


class CorrectionNotCorrected(Refusal):
    """The target is itself a correction."""

    zh = "{event}本身是更正，不能再更正。"
    en = "{event} is itself a correction and is not corrected."
    next_zh = "请对原事实再次更正；误作废的，重新记录该事实。"
    next_en = "Correct the first fact again; record anew what was voided by mistake."
    source = "平台规则（以补偿事件更正）"
    field = "event"


class NotPublished(Refusal):
    """The fact never left its department."""

    zh = "事实{event}未对外发布，或内容过长，不作更正。"
    en = "The fact {event} was never published, or is too long to be corrected."
    next_zh = "请重新办理并记录正确的事实。"
    next_en = "Act again and record what is right."
    source = "平台规则（以补偿事件更正）"
    field = "event"


class AlreadyVoid(Refusal):
    """The fact was voided."""

    zh = "事实{event}已作废。"
    en = "The fact {event} is void already."
    next_zh = "无需再次更正；需要的，请重新记录。"
    next_en = "Nothing to correct; record it anew where it is needed."
    source = "平台规则（以补偿事件更正）"
    field = "event"


class ReplacementMissing(Refusal):
    """A replacement says nothing new, or a voiding says something."""

    zh = "更正种类为{kind}，更正内容不相符：替换须写明与原记录不同的字段，作废不得带内容。"
    en = "For {kind} the content does not fit: a replacement names fields that differ, a voiding none."
    next_zh = "请填写需替换的字段（JSON对象），或将更正种类改为作废。"
    next_en = "Give the fields to replace as a JSON object, or choose to void the fact."
    source = "平台规则（以补偿事件更正）"
    field = "replaces_with"


class ReplacementUnreadable(Refusal):
    """The replacement is no JSON object of the fact's fields."""

    zh = "更正内容无法读取：{why}。"
    en = "The replacement cannot be read: {why}."
    next_zh = "请以JSON对象写明字段名和新值，金额以分为单位的整数填写。"
    next_en = "Write a JSON object of field names and new values; amounts are whole fen."
    source = "平台规则（以补偿事件更正）"
    field = "replaces_with"


class FieldNotReplaced(Refusal):
    """The field names what the fact is about, or a person."""

    zh = "字段{name}标识事项、对象或人员，不能替换。"
    en = "The field {name} names a thing, a subject or a person and is not replaced."
    next_zh = "请作废该事实后重新记录。"
    next_en = "Void the fact and record it anew."
    source = "平台规则（以补偿事件更正）；个人信息保护法第6条"
    field = "replaces_with"


def correction_of(
    target: Recorded[Any],
    kind: CorrectionKind,
    reason: str,
    *,
    changes: dict[str, Any] | None = None,
    because: str | None = None,
) -> Decided:
    """The correction of one own fact: in its stream, about its subject, on its topic."""
    return Decided(
        stream=target.stream,
        subject=target.subject,
        matter=target.matter,
        region=target.region,
        family=target.fact.FAMILY,
        fact=FactCorrected(
            target_event_id=target.id,
            target_type=target.type,
            kind=kind,
            target_data=text_of(data_of(target.fact)),
            replaces_with=None if changes is None else text_of(changes),
            reason=reason,
            because=because,
            target_stamp=target.stamp,
            target_sequence=target.sequence,
            target_effective=target.effective,
        ),
    )


@decides(CorrectFact, reads=lambda asked: (Own(stream=asked.stream, as_recorded=True),))
def correct(asked: CorrectFact, history: History, context: Context) -> Iterator[Decided]:
    """Voids or replaces one published fact of the acting organ that still stands."""
    facts = history.own(asked.stream)
    target = next((one for one in facts if one.id == asked.event), None)
    if target is None:
        raise FactNotHere(stream=asked.stream, event=asked.event)
    if target.type == CORRECTED:
        raise CorrectionNotCorrected(event=asked.event)
    if target.organ != context.post.organ:
        raise NotOwnerOfFact(owner=target.organ, organ=context.post.organ)
    for_itself(context.post, target.subject)
    if target.fact.AUDIENCE is not Audience.DEPARTMENTS or _too_long(target):
        raise NotPublished(event=asked.event)
    stands = next((one for one in standing(facts) if one.id == asked.event), None)
    if stands is None:
        raise AlreadyVoid(event=asked.event)
    changes = None
    if asked.kind is CorrectionKind.REPLACE:
        changes = {**_replaced_before(target, stands), **_changes(asked, stands)}
    elif asked.replaces_with is not None:
        raise ReplacementMissing(kind=asked.kind.value)
    yield correction_of(target, asked.kind, asked.reason, changes=changes, because=asked.because)


def _replaced_before(target: Recorded[Any], stands: Recorded[Any]) -> dict[str, Any]:
    """What earlier replacements changed: the latest says all that reads differently."""
    published, now = data_of(target.fact), data_of(stands.fact)
    names = {*published, *now}
    return {name: now.get(name) for name in names if published.get(name) != now.get(name)}


def _too_long(target: Recorded[Any]) -> bool:
    return len(text_of(data_of(target.fact))) > LONGEST


def _changes(asked: CorrectFact, stands: Recorded[Any]) -> dict[str, Any]:
    """The fields that differ from what stands, readable as fields of the fact."""
    if asked.replaces_with is None:
        raise ReplacementMissing(kind=asked.kind.value)
    try:
        given = object_of(asked.replaces_with)
        known = {one.name for one in fields(stands.fact)}
        for name in given:
            if name not in known:
                raise NotOfItsType(name, "is no field of this fact")
            if _names_something(name) or _is_person(type(stands.fact), name):
                raise FieldNotReplaced(name=name)
        now = data_of(stands.fact)
        new = data_of(read(FACTS[stands.type], {**now, **given}))
    except (ValueError, RecursionError) as error:
        raise ReplacementUnreadable(why=str(error)) from error
    changes = {name: value for name, value in given.items() if new.get(name) != now.get(name)}
    if not changes:
        raise ReplacementMissing(kind=asked.kind.value)
    return {name: new.get(name) for name in changes}


def _names_something(name: str) -> bool:
    return name == "uscc" or name.endswith(("_id", "_ids")) or name in ("person", "region")


def _is_person(kind: type[Fact], name: str) -> bool:
    return "PersonRef" in str(hints_of(kind)[name])  # type: ignore[arg-type]
