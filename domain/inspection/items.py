"""The list of inspection items (随机抽查事项清单): one list for a territory, in versions.

1. An item says what is looked at, on what basis and how, and which violations it may show.
2. Both departments keep one list: whoever publishes gives the next version of a territory.
3. A territory without a list of its own uses that of the nearest one above it.
4. `SEED_ITEMS` are those that the action of 2022 asked for (S3 一, 二（二）, 三（一）).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from domain.commands import Command, Context, Decided, History, Read, command, decides
from domain.directory import RegionNotNamed
from domain.errors import Refusal
from domain.inspection.facts import InspectionItem, ItemListPublished, items_of
from domain.lead.halves import both, known
from domain.online.screening import superiors
from domain.terms import RegionCode, Term
from domain.violations.catalogue import known as violation_known

_ACTION = "鄂人社函〔2022〕97号"
_MARKET = "人力资源市场暂行条例"
_ON_SITE = "现场检查：查验证照、合同、台账，询问从业人员和劳动者"
_RECORDS = "书面检查：核对名册、工资支付和社会保险记录"
_ONLINE = "网络检查：查看网站、公众号、招聘平台账号和发布的信息"


def _item(
    code: str, zh: str, basis: str, content: str, method: str, *violations: str
) -> InspectionItem:
    return InspectionItem(
        code=code, zh=zh, basis=basis, content=content, method=method, violations=violations
    )


SEED_ITEMS: tuple[InspectionItem, ...] = (
    _item(
        "ITEM-INTERMEDIATION",
        "未经许可从事职业中介活动",
        f"{_MARKET}第18、42条；{_ACTION}三（一）",
        "是否依法取得人力资源服务许可证，许可证是否有效，是否伪造、涂改、转让",
        _ON_SITE,
        "V-LIC-01",
        "V-LIC-05",
        "V-LIC-06",
    ),
    _item(
        "ITEM-ONLINE",
        "未经许可开展网络招聘",
        f"网络招聘服务管理规定；{_ACTION}三（一）",
        "自建网站或依托平台开展职业中介的，许可证是否注明网络招聘服务",
        _ONLINE,
        "V-LIC-04",
        "V-INF-06",
    ),
    _item(
        "ITEM-DISPATCH",
        "未经许可经营劳务派遣、假外包真派遣",
        f"劳动合同法第57、92条；{_ACTION}三（一）",
        "是否取得劳务派遣经营许可证，是否以外包、承揽名义从事劳务派遣",
        _ON_SITE,
        "V-LIC-02",
        "V-DSP-01",
        "V-DSP-02",
    ),
    _item(
        "ITEM-FILING",
        "未经备案开展人力资源服务",
        f"{_MARKET}第18、43条；{_ACTION}三（一）",
        "供求信息收集和发布、就业和创业指导、管理咨询、测评、培训、服务外包六项业务是否备案",
        _ON_SITE,
        "V-LIC-03",
        "V-LIC-09",
    ),
    _item(
        "ITEM-RECRUITMENT",
        "虚假招聘",
        f"就业促进法第27、65条；{_ACTION}一",
        "招聘信息是否真实合法，是否履行信息审核责任",
        _ONLINE,
        "V-INF-01",
        "V-INF-04",
        "V-EMP-01",
    ),
    _item(
        "ITEM-DISCRIMINATION",
        "就业歧视",
        f"就业促进法第3、26、27条；{_ACTION}一",
        "招聘信息和招用过程是否含有民族、性别、年龄等歧视性内容",
        _ONLINE,
        "V-INF-02",
        "V-EMP-02",
    ),
    _item(
        "ITEM-FEES",
        "违规收费、收取押金、扣押证件",
        f"{_MARKET}第28、43条；就业促进法第66条；{_ACTION}一",
        "是否向劳动者收取押金、扣押证件、以各种名义收取费用，收费标准是否明示",
        _ON_SITE,
        "V-CON-05",
        "V-CON-06",
        "V-CON-08",
        "V-ADM-04",
    ),
    _item(
        "ITEM-DISPLAY",
        "明示、台账和年度报告",
        f"{_MARKET}第32、36、44条",
        "服务场所明示、台账建立和保存、年度报告提交和公示情况",
        _RECORDS,
        "V-ADM-01",
        "V-ADM-02",
        "V-ADM-03",
    ),
    _item(
        "ITEM-MINORITY",
        "侵害少数民族务工人员权益",
        f"就业促进法第28条；{_ACTION}二（二）",
        "招用少数民族务工人员有无歧视、拖欠工资和其他侵害权益的行为",
        _RECORDS,
        "V-EMP-03",
    ),
    _item(
        "ITEM-UNEMPLOYMENT",
        "虚构劳动关系骗取失业保险待遇",
        f"社会保险法第88条；{_ACTION}二（二）",
        "参保人员劳动关系是否真实，有无以虚假材料骗取失业保险待遇",
        _RECORDS,
        "V-EMP-04",
    ),
    _item(
        "ITEM-ADDRESS",
        "登记事项和信息公示",
        "企业信息公示暂行条例；市场主体登记管理条例",
        "能否通过登记的住所或经营场所联系，应当公示的信息是否公示、是否真实",
        _ON_SITE,
    ),
)
"""The items of the seed, with those on which market regulation joins in."""


@command(
    zh="公布抽查事项清单",
    en="Publish the list of inspection items",
    source=f"{_ACTION}三（三）",
)
@dataclass(frozen=True, kw_only=True)
class PublishItemList(Command):
    """Publishes the next version of a territory's list; without items, that of the seed."""

    items: Annotated[tuple[InspectionItem, ...], Term(zh="事项", en="Items")] = ()
    region: RegionCode | None = None


class ItemTwice(Refusal):
    """An item stands twice in a list."""

    zh = "事项{item}重复。"
    en = "The item {item} stands twice."
    next_zh = "请合并为一项。"
    next_en = "Make it one item."
    source = f"{_ACTION}三（三）（一单两库）"
    field = "items"


class ItemListUnchanged(Refusal):
    """The list says what the last version says."""

    zh = "事项清单与第{version}版相同。"
    en = "The list is that of version {version}."
    next_zh = "内容有变化时再公布新版本。"
    next_en = "Publish a new version when something changes."
    source = f"{_ACTION}三（三）（一单两库）"
    field = "items"


def newest_of(history: History, region: str) -> ItemListPublished | None:
    """The newest version of a territory's own list that either department published."""
    published = known(history, items_of(region))
    if not published:
        return None
    newest: ItemListPublished = max(
        published, key=lambda one: (one.fact.list_version, one.order)
    ).fact
    return newest


def reads_list(region: str) -> tuple[Read, ...]:
    """What to read to know the list that holds in a region."""
    return tuple(read for each in superiors(region) for read in both(items_of(each)))


def list_for(history: History, region: str) -> tuple[InspectionItem, ...]:
    """The items that hold in a region: its own list, else the nearest above, else the seed's."""
    for each in superiors(region):
        found = newest_of(history, each)
        if found is not None:
            return found.items
    return SEED_ITEMS


@decides(PublishItemList, reads=lambda asked: both(items_of(asked.region or "")))
def publish(asked: PublishItemList, history: History, context: Context) -> Iterator[Decided]:
    """Publishes the next version; each violation that an item names stands in the catalogue."""
    if asked.region is None:
        raise RegionNotNamed()
    items = asked.items or SEED_ITEMS
    codes = [one.code for one in items]
    for place, one in enumerate(items):
        if one.code in codes[:place]:
            raise ItemTwice(item=one.code)
        for code in one.violations:
            violation_known(code, context.today)
    newest = newest_of(history, asked.region)
    if newest is not None and newest.items == items:
        raise ItemListUnchanged(version=newest.list_version)
    version = newest.list_version + 1 if newest else 1
    yield Decided(
        stream=items_of(asked.region),
        subject=asked.region,
        matter=f"IL-{asked.region}",
        region=asked.region,
        fact=ItemListPublished(
            list_id=f"IL-{asked.region}-{version}",
            region=asked.region,
            list_version=version,
            items=items,
        ),
    )
