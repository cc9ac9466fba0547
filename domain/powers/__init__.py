"""Powers: which organ may give which command, where, since when, on what basis.

1. A legal position is changed only by the organ that the law names (reference 1.1, 1.3).
   The leading group, its office and associations change none.
2. A post acts in its own territory and in what lies below it.
3. What a rule does by itself no person may do, and a rule does nothing else.
4. A firm acts for itself and for nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from domain.commands import COMMANDS, Post
from domain.departments import ORGANS, PUBLIC, covers
from domain.errors import Refusal
from domain.powers.cases import CASE_POWERS, DOCUMENT_POWERS, LEAD_POWERS, REVIEW_POWERS
from domain.powers.delivery import DELIVERY_POWERS
from domain.powers.inspections import DRAW_POWERS, INSPECTION_POWERS
from domain.powers.licensing import LICENSING_POWERS
from domain.powers.market import CAMPAIGN_POWERS, MARKET_POWERS, ONLINE_POWERS, RISK_POWERS
from domain.powers.referral import REFERRAL_POWERS
from domain.powers.rows import Row
from domain.statutes import SINCE_REGISTRATION_LAW

POWERS_VERSION = "2024-11-01"
"""The version of this table; every event records it."""


@dataclass(frozen=True)
class Power:
    """One organ may give one command from `valid_from` to `valid_to` (inclusive; None: open)."""

    organ: str
    command: str
    basis: str
    valid_from: date
    valid_to: date | None = None

    def in_force(self, on: date) -> bool:
        """Whether the power stands on a day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class NoPower(Refusal):
    """The organ has no such power at all."""

    zh = "{organ_zh}（{organ}）无权作出“{command_zh}”。"
    en = "{organ} has no power to give {command}."
    next_zh = "请转交有权机关：{holders}。"
    next_en = "Hand it to an organ that has the power: {holders}."
    source = "行政许可法第22条；平台职权表"


class PowerNotInForce(Refusal):
    """The organ has the power, but not on this day."""

    zh = "{organ}作出“{command_zh}”的职权在{on}不在有效期内。"
    en = "The power of {organ} to give {command} is not in force on {on}."
    next_zh = "请核对日期，或由当日有权机关办理。"
    next_en = "Check the date, or let the organ that held the power on that day act."
    source = "行政许可法第22条"


class OutsideTerritory(Refusal):
    """The matter lies outside the post's territory."""

    zh = "岗位{post}辖区为{region}，“{command_zh}”的事项属于{target}，超出管辖范围。"
    en = "The post {post} acts in {region}; {command} concerns a matter in {target}."
    next_zh = "请移送{target}的同类机关办理。"
    next_en = "Hand it to the same organ of {target}."
    source = "行政许可法第22条；平台职权表（辖区）"


class AutomaticOnly(Refusal):
    """Only a rule or a clock gives this command."""

    zh = "“{command_zh}”由规则或时限自动作出，人员不得发出。"
    en = "{command} is given by a rule or a clock, never by a person."
    next_zh = "无需操作；如未自动发生，请查看待办意图。"
    next_en = "Nothing to do; if it did not happen by itself, look at the pending intents."
    source = "平台规则（自动规则与人员决定分开）"


class OfficerMustDecide(Refusal):
    """A rule may not decide what the law leaves to an officer."""

    zh = "“{command_zh}”须由有权人员决定，规则{post}不得自动作出。"
    en = "{command} takes an officer's decision; the rule {post} may not give it."
    next_zh = "请由有权岗位在待办中处理。"
    next_en = "Let an entitled post deal with it in its inbox."
    source = "平台规则（自动规则与人员决定分开）"


class NotOwnOrganisation(Refusal):
    """A firm acted for another firm."""

    zh = "申请人{post}只能为本单位办理，不能代{organisation}办理。"
    en = "{post} may act for itself only, not for {organisation}."
    next_zh = "请使用本单位账号办理。"
    next_en = "Use the account of that organisation."
    source = "行政许可法第29条；平台职权表"


SENDS_ELSEWHERE = frozenset({"TransferLead", "ForwardReferral"})
"""Commands whose facts are dealt with where they are sent, which may be any territory."""

_EVERYWHERE: tuple[Row, ...] = (
    ("LinkMatters", PUBLIC, "平台规则（事项关联）", SINCE_REGISTRATION_LAW),
    ("DeclareDeadlineBreached", PUBLIC, "平台规则（时限逾期）", SINCE_REGISTRATION_LAW),
    ("DeclareDeliveryFault", PUBLIC, "平台规则（投递台账）", SINCE_REGISTRATION_LAW),
    ("DeclareDeliveryMended", PUBLIC, "平台规则（投递台账）", SINCE_REGISTRATION_LAW),
    (
        "ReadProtectedValue",
        PUBLIC,
        "个人信息保护法第34条；平台规则（个人信息查阅留痕）",
        SINCE_REGISTRATION_LAW,
    ),
    ("OpenFile", PUBLIC, "平台规则（文件查阅留痕）", SINCE_REGISTRATION_LAW),
    ("ErasePerson", PUBLIC, "个人信息保护法第47条", SINCE_REGISTRATION_LAW),
)
"""Powers over what every matter may have: links, terms, deliveries, persons and files.

Any organ may be told by a worker or the public; it opens what it received, and only that.
"""

_TABLE = (
    *LICENSING_POWERS,
    *REVIEW_POWERS,
    *DOCUMENT_POWERS,
    *CASE_POWERS,
    *LEAD_POWERS,
    *RISK_POWERS,
    *REFERRAL_POWERS,
    *ONLINE_POWERS,
    *DRAW_POWERS,
    *INSPECTION_POWERS,
    *_EVERYWHERE,
    *CAMPAIGN_POWERS,
    *MARKET_POWERS,
    *DELIVERY_POWERS,
)
"""Every row, in the order of the menus."""

POWERS: tuple[Power, ...] = tuple(
    Power(organ, name, basis, valid_from)
    for name, organs, basis, valid_from in _TABLE
    for organ in organs
)
"""Every power. For an automatic command the organ is the one whose rule gives it."""


def may(post: Post, command_name: str, target_region: str, on: date) -> Power:
    """The power by which a post gives a command in a region on a day, or a named refusal."""
    command = COMMANDS[command_name]
    if command.AUTOMATIC and not post.automatic:
        raise AutomaticOnly(command=command_name, command_zh=command.ZH)
    if post.automatic and not command.AUTOMATIC:
        raise OfficerMustDecide(command=command_name, command_zh=command.ZH, post=post.id)
    held = _held(command_name)
    own = [one for one in held if one.organ == post.organ]
    if not own:
        raise NoPower(
            organ=post.organ,
            organ_zh=ORGANS[post.organ].zh if post.organ in ORGANS else post.organ,
            command=command_name,
            command_zh=command.ZH,
            holders="、".join(one.organ for one in held),
        )
    standing = [one for one in own if one.in_force(on)]
    if not standing:
        raise PowerNotInForce(
            organ=post.organ, command=command_name, command_zh=command.ZH, on=on.isoformat()
        )
    check_territory(post, command_name, target_region)
    return standing[0]


@cache
def _held(command: str) -> tuple[Power, ...]:
    return tuple(one for one in POWERS if one.command == command)


def check_territory(post: Post, command_name: str, region: str) -> None:
    """Refuses a person's post outside its territory; rules act for the whole department.

    What is sent elsewhere lies in the territory of whoever receives it.
    """
    if command_name in SENDS_ELSEWHERE:
        return
    if not post.automatic and not covers(post.region, region):
        raise OutsideTerritory(
            post=post.id,
            region=post.region,
            target=region,
            command=command_name,
            command_zh=COMMANDS[command_name].ZH,
        )


def for_itself(post: Post, uscc: str) -> None:
    """Refuses a firm that acts for another firm; a firm's post is `AGENCY:<USCC>@<region>`."""
    if post.organ == "AGENCY" and post.id.split("@")[0] != f"AGENCY:{uscc}":
        raise NotOwnOrganisation(post=post.id, organisation=uscc)


def commands_of(organ: str, on: date) -> tuple[str, ...]:
    """The commands a person of an organ may give on a day, in table order: the menu."""
    return tuple(
        power.command
        for power in POWERS
        if power.organ == organ and power.in_force(on) and not COMMANDS[power.command].AUTOMATIC
    )
