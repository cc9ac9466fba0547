"""Classing the objects of the draw: an officer's act, of the territory that has the object.

1. 人社 and 市场监管 class the firms and places that are registered in their territory; each
   keeps its own scheme (domain.draw.classes).
2. A class names its basis, its first day and, where it runs out, its last. It is never edited:
   a later fact takes its place, or takes it away.
3. The same again is nothing new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from domain import organisation
from domain.calendar.dates import (
    DateBeforeItsGround,
    DateInFuture,
    must_follow,
    must_have_come,
)
from domain.commands import Command, Context, Decided, History, Read, command, decides
from domain.departments import NODES
from domain.draw.classes import MARKS, SCHEMES, ObjectClass, Said, newest
from domain.draw.classes import class_of as class_by
from domain.draw.facts import DRAWERS
from domain.errors import Refusal
from domain.facts import Fact, Recorded, fact
from domain.inspection.facts import PlaceRegistered, relations_of
from domain.lead.halves import both, known
from domain.terms import Code, Identifier, RegionCode, ShortText, SubjectId, Term

_BASIS = "鄂人社函〔2022〕97号三（三）（根据信用风险等级区分抽查频次）"


@fact(
    "draw.object_classed.v1",
    family="inspection",
    organs=DRAWERS,
    zh="检查对象分类标注",
    en="Object of the draw classed",
    source=_BASIS,
)
@dataclass(frozen=True, kw_only=True)
class ObjectClassed(Fact):
    """A department said what an object is like from a day on: its grade in a scheme, its tags.

    It takes the place of what the department said before under the same scheme (or without
    one); without grade and tags it takes them away. `valid_until` is the last day.
    """

    subject_id: SubjectId
    region: RegionCode
    grade_scheme: Identifier | None = None
    grade: Code | None = None
    tags: Annotated[tuple[Code, ...], Term(zh="重点领域、时段标签", en="Tags")] = ()
    since: Annotated[date, Term(zh="起始日期", en="From")]
    valid_until: Annotated[date | None, Term(zh="有效期至", en="Valid until")] = None
    basis: ShortText


@command(zh="标注检查对象分类", en="Class an object of the draw", source=_BASIS)
@dataclass(frozen=True, kw_only=True)
class ClassObject(Command):
    """Says what an object is like: its grade in a scheme, its tags, or neither any more.

    Grade and tags replace what the department said before under the same scheme.
    """

    organisation: SubjectId
    grade_scheme: Identifier | None = None
    grade: Code | None = None
    tags: Annotated[tuple[Code, ...], Term(zh="重点领域、时段标签", en="Tags")] = ()
    since: Annotated[date | None, Term(zh="起始日期", en="From")] = None
    valid_until: Annotated[date | None, Term(zh="有效期至", en="Valid until")] = None
    basis: ShortText


class ObjectUnknown(Refusal):
    """Nobody registered the object, or the registration has not arrived."""

    zh = "本部门的检查对象名录库中没有{organisation}。"
    en = "The register of this department holds no object {organisation}."
    next_zh = "请核对代码；刚登记的，请稍候；无代码的场所请先登记。"
    next_en = "Check the code; wait where it was just registered; register a place without one."
    source = "鄂人社函〔2022〕97号三（三）（一单两库）"
    field = "organisation"
    transient = True


class GradeSchemeUnknown(Refusal):
    """No such scheme stands in the table."""

    zh = "没有名为“{scheme}”的分级方案；现有：{known}。"
    en = "There is no grading scheme {scheme!r}; there are {known}."
    next_zh = "请选用所列方案；等级须与其方案一并填写。"
    next_en = "Choose one of them; a grade stands with its scheme."
    source = _BASIS
    field = "grade_scheme"


class GradeUnknown(Refusal):
    """The scheme has no such grade."""

    zh = "方案{scheme}没有等级“{grade}”；等级为：{grades}。"
    en = "The scheme {scheme} has no grade {grade!r}; it has {grades}."
    next_zh = "请选用该方案的等级。"
    next_en = "Choose one of its grades."
    source = _BASIS
    field = "grade"


class GradeNeedsScheme(Refusal):
    """A letter without its scheme says nothing."""

    zh = "等级“{grade}”须写明分级方案（{known}）。"
    en = "The grade {grade!r} needs its scheme ({known})."
    next_zh = "请填写分级方案：信用风险分类与信用等级不是一回事。"
    next_en = "Name the scheme: a credit risk class is no credit grade."
    source = _BASIS
    field = "grade_scheme"


class SchemeOfOtherDepartment(Refusal):
    """Another department keeps the scheme."""

    zh = "分级方案{scheme}由{keeper}部门评定，{organ}不得标注。"
    en = "{keeper_en} keeps the scheme {scheme}; {organ} does not class by it."
    next_zh = "请由该部门标注。"
    next_en = "Let that department class the object."
    source = _BASIS
    field = "grade_scheme"


class TagUnknown(Refusal):
    """Nobody knows the tag."""

    zh = "没有标签“{tag}”；可用：{known}。"
    en = "There is no tag {tag!r}; there are {known}."
    next_zh = "请选用所列标签。"
    next_en = "Choose among them."
    source = "鄂人社函〔2022〕97号二（二）（重点区域、重点企业）"
    field = "tags"


class NothingToTakeAway(Refusal):
    """Neither grade nor tags are said, and none stand."""

    zh = "{organisation}没有本部门标注的等级或标签，无可撤去。"
    en = "This department said no grade and no tag of {organisation}; there is none to take away."
    next_zh = "请填写等级或标签；撤去的，请填写原标注的分级方案。"
    next_en = "Name a grade or tags; to take one away, name the scheme under which it stands."
    source = _BASIS
    field = "grade"


class ClassedInFuture(DateInFuture):
    """A class that begins on a day to come."""

    field = "since"


class ClassEndsBeforeItBegins(DateBeforeItsGround):
    """A class whose last day comes before its first."""

    field = "valid_until"


def classes_of(subject: str) -> str:
    """The stream of what a department said of one object."""
    return f"object_class/{subject}"


def said_in(history: Iterable[Recorded[Any]]) -> tuple[Said, ...]:
    """What the facts of an object say of its class, in their order.

    The one place that knows which facts say it: a grade that is told by another fact gets its
    case here, and everybody who asks for the class knows it.
    """
    return tuple(
        Said(
            keeper=one.department,
            scheme=one.fact.grade_scheme or "",
            grade=one.fact.grade,
            tags=one.fact.tags,
            since=one.fact.since,
            until=one.fact.valid_until,
        )
        for one in history
        if isinstance(one.fact, ObjectClassed)
    )


def class_of(history: Iterable[Recorded[Any]], on: date) -> ObjectClass:
    """What an object is like on any day, by the facts of its classes, oldest first."""
    return class_by(said_in(history), on)


def must_know_scheme(scheme: str) -> None:
    """Refuses a scheme that stands in no table."""
    if scheme not in SCHEMES:
        raise GradeSchemeUnknown(scheme=scheme, known="、".join(SCHEMES))


def must_know_tags(tags: Iterable[str], known_tags: Iterable[str]) -> None:
    """Refuses a tag that nobody knows."""
    listed = tuple(known_tags)
    for tag in tags:
        if tag not in listed:
            raise TagUnknown(tag=tag, known="、".join(listed))


def _reads(asked: ClassObject) -> tuple[Read, ...]:
    return (
        *both(organisation.stream_of(asked.organisation)),
        *both(relations_of(asked.organisation)),
        *both(classes_of(asked.organisation)),
    )


def _territory(asked: ClassObject, history: History) -> tuple[str, str]:
    """The territory of an object and the matter of its registration."""
    firm = organisation.fold(known(history, organisation.stream_of(asked.organisation)))
    if firm is not None:
        organisation.must_exist(firm)
        return firm.region, firm.matter
    for one in known(history, relations_of(asked.organisation)):
        if isinstance(one.fact, PlaceRegistered):
            return one.fact.region, one.matter
    raise ObjectUnknown(organisation=asked.organisation)


@decides(ClassObject, reads=_reads)
def class_object(asked: ClassObject, history: History, context: Context) -> Iterator[Decided]:
    """Classes an object of the territory once; the same again is nothing new."""
    _must_be_sayable(asked, context)
    region, matter = _territory(asked, history)
    since = asked.since or context.today
    must_have_come(since, context.today, ClassedInFuture)
    if asked.valid_until is not None:
        must_follow(asked.valid_until, since, ClassEndsBeforeItBegins)
    tags = tuple(sorted(set(asked.tags)))
    said = Said(
        keeper=context.department,
        scheme=asked.grade_scheme or "",
        grade=asked.grade,
        tags=tags,
        since=since,
        until=asked.valid_until,
    )
    stood = newest(said_in(known(history, classes_of(asked.organisation))), since)
    before = next((one for one in stood if one.place == said.place), None)
    if asked.grade is None and not tags:
        if before is None or (before.grade is None and not before.tags):
            raise NothingToTakeAway(organisation=asked.organisation)
    elif before is not None and (before.grade, before.tags, before.until) == (
        said.grade,
        said.tags,
        said.until,
    ):
        return
    yield Decided(
        stream=classes_of(asked.organisation),
        subject=asked.organisation,
        matter=matter,
        region=region,
        effective=since,
        fact=ObjectClassed(
            subject_id=asked.organisation,
            region=region,
            grade_scheme=asked.grade_scheme,
            grade=asked.grade,
            tags=tags,
            since=since,
            valid_until=asked.valid_until,
            basis=asked.basis,
        ),
    )


def _must_be_sayable(asked: ClassObject, context: Context) -> None:
    """Refuses grades, schemes and tags that are in no table, or another department's."""
    must_know_tags(asked.tags, MARKS)
    if asked.grade_scheme is None:
        if asked.grade is not None:
            raise GradeNeedsScheme(grade=asked.grade, known="、".join(SCHEMES))
        return
    must_know_scheme(asked.grade_scheme)
    scheme = SCHEMES[asked.grade_scheme]
    if scheme.keeper != context.department:
        raise SchemeOfOtherDepartment(
            scheme=scheme.code,
            keeper=NODES[scheme.keeper].zh,
            keeper_en=NODES[scheme.keeper].en,
            organ=context.post.organ,
        )
    if asked.grade is not None and asked.grade not in scheme.grades:
        raise GradeUnknown(scheme=scheme.code, grade=asked.grade, grades="、".join(scheme.grades))
