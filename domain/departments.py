"""The one table of nodes, organs, topics and entitlements.

Kafka ACLs, HTTP policy, the pages' menus and the documentation are generated from it.
Sources: reference 1.1 (organs), 14.2 (owners), design (nodes).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

PARTITIONS = 6
"""Partitions of every data topic: part of the contract, never changed."""

CONTROL_FAMILY = "control"
"""The family of closed stamps and receipts; its topic has one partition."""

INBOUND_FAMILY = "inbound"
"""The family of what a department's own system writes for its gateway."""

ANSWERS_FAMILY = "answers"
"""The family of what its gateway answers."""

OWN_PARTITIONS = 3
"""Partitions of a department's inbound and answers topics; never changed."""

ANY_FAMILY = "*"
"""The family of a correction: it travels on the topic of the fact that it corrects."""


@dataclass(frozen=True)
class Organ:
    """A public organ, or the regulated party, and the node that holds its events."""

    id: str
    zh: str
    en: str
    node: str
    never: str = ""


@dataclass(frozen=True)
class Node:
    """A department on the platform: one store, its topics, its readers.

    `families` are the published topic families it writes; `reads` the topics it is
    entitled to, as (node, family) with "*" for any, without those `withheld`: who reported
    and what the police found is not for everybody (reference 14.1). `projections` are its readers.
    """

    id: str
    zh: str
    en: str
    families: tuple[str, ...]
    reads: tuple[tuple[str, str], ...]
    projections: tuple[str, ...]
    withheld: tuple[tuple[str, str], ...] = ()


ORGANS: dict[str, Organ] = {
    organ.id: organ
    for organ in (
        Organ("HRSS", "人力资源和社会保障部门", "Human resources department", "hr"),
        Organ(
            "HRSS_MKT",
            "人力资源市场管理科",
            "HR market supervision",
            "hr",
            "不作行政处罚决定 / decides no penalties",
        ),
        Organ(
            "HRSS_APPR",
            "行政审批科",
            "HR licensing and filing",
            "hr",
            "不单独评定信用等级 / does not rate credit alone",
        ),
        Organ(
            "HRSS_INSP",
            "劳动保障监察机构",
            "Labour inspection",
            "hr",
            "不授予许可 / grants no licences",
        ),
        Organ("HRSS_LR", "劳动关系科", "Labour relations", "hr"),
        Organ("HRSS_EMP", "就业科", "Employment", "hr"),
        Organ("HRSS_TRN", "职业能力建设科", "Vocational training", "hr"),
        Organ("HRSS_ARB", "调解仲裁科", "Mediation and arbitration", "hr"),
        Organ(
            "HRSS_SI",
            "社会保险经办机构",
            "Social-insurance agency",
            "hr",
            "不作罚款决定 / imposes no fines",
        ),
        Organ("HRSS_LEGAL", "政策法规科", "Legal review", "hr"),
        Organ(
            "AGENCY",
            "被监管的机构和企业",
            "Regulated agency or enterprise",
            "hr",
            "没有任何公权力 / has no public power",
        ),
        Organ(
            "ASSOC",
            "人力资源服务行业协会",
            "Industry association",
            "hr",
            "没有任何公权力 / has no public power",
        ),
        Organ(
            "SAMR",
            "市场监督管理部门",
            "Market regulation",
            "samr",
            "不授予人力资源许可 / grants no HR licences",
        ),
        Organ("PSB", "公安机关", "Public security", "psb"),
        Organ("FAO", "外事部门", "Foreign affairs office", "fao"),
        Organ("DRC", "发展和改革部门", "Development and reform", "drc"),
        Organ("CAC", "网信部门", "Cyberspace administration", "cac"),
        Organ("COM", "商务主管部门", "Commerce", "com"),
        Organ("TWN", "乡镇人民政府、街道办事处", "Township or sub-district", "twn"),
        Organ("FIN", "财政部门", "Finance", "fin"),
        Organ("PROC", "人民检察院", "Procuratorate", "oversight"),
        Organ("COURT", "人民法院", "Court", "oversight"),
        Organ("RECON", "行政复议机关", "Reconsideration organ", "oversight"),
        Organ(
            "LG",
            "领导小组",
            "Leading group",
            "lgo",
            "协调机构，不检查、不处罚 / coordinates, never inspects or punishes",
        ),
        Organ(
            "LGO",
            "领导小组办公室",
            "Leading-group office",
            "lgo",
            "协调机构，不检查、不处罚 / coordinates, never inspects or punishes",
        ),
    )
}

PUBLIC = tuple(organ for organ in ORGANS if organ not in ("AGENCY", "ASSOC", "LG"))
"""Every organ that acts on what it holds itself: documents, leads, corrections, joined histories."""

ROLES: dict[str, tuple[str, str]] = {
    "OFFICER": ("承办人", "Officer in charge"),
    "REVIEWER": ("审核人", "Reviewer"),
    "HEAD": ("负责人", "Head"),
}
"""The roles that posts of one organ may have: who prepares, who checks, who approves."""

_EVERYTHING = (("*", "*"),)
_OWN_CASES = ("lead", "document", "clock", "matter", "delivery")
"""What every department writes: its half of leads, its documents, its clocks, its links, and
what did not arrive or could not be applied."""

_TREASURY = ("fin", "enforcement")
"""What an organ that fines reads of 财政: the payments that came in."""

_ABOUT_CRIMES = (("psb", "criminal_filing"), ("psb", "criminal"), ("oversight", "*"))
"""What an organ that refers cases reads of the police, the procuratorate and the courts."""


def _reads(node: str, *more: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """What every department reads: its own topics, registrations, leads, deliveries, control."""
    return (
        (node, "*"),
        ("samr", "registration"),
        ("*", "lead"),
        ("*", "delivery"),
        ("lgo", "supervision"),
        ("*", "control"),
        *more,
    )


NODES: dict[str, Node] = {
    node.id: node
    for node in (
        Node(
            "samr",
            "市场监管",
            "Market regulation",
            families=(
                "registration",
                "push",
                "enforcement",
                "supervision",
                "referral",
                "review",
                "inspection",
                *_OWN_CASES,
            ),
            reads=_reads(
                "samr",
                ("hr", "*"),
                ("drc", "credit"),
                ("twn", "inspection"),
                _TREASURY,
                *_ABOUT_CRIMES,
            ),
            withheld=(("hr", "complaint"),),
            projections=(
                "market_supervision",
                "inspections",
                "leads",
                "casework",
                "documents",
                "clocks",
                "audit",
            ),
        ),
        Node(
            "hr",
            "人力资源社会保障",
            "Human resources",
            families=(
                "push",
                "licensing",
                "enforcement",
                "supervision",
                "credit",
                "directory",
                "complaint",
                "referral",
                "online",
                "review",
                "inspection",
                "campaign",
                "market",
                *_OWN_CASES,
            ),
            reads=_reads(
                "hr",
                ("samr", "*"),
                ("drc", "credit"),
                ("com", "licensing"),
                ("com", "enforcement"),
                ("psb", "licensing"),
                ("cac", "online"),
                ("twn", "inspection"),
                _TREASURY,
                *_ABOUT_CRIMES,
            ),
            projections=(
                "human_resources",
                "labour_inspection",
                "inspections",
                "statistics",
                "campaigns",
                "leads",
                "casework",
                "cyberspace",
                "documents",
                "clocks",
                "audit",
            ),
        ),
        Node(
            "drc",
            "发展改革",
            "Development and reform",
            families=("credit", "enforcement", "supervision", "referral", *_OWN_CASES),
            reads=_reads("drc", ("hr", "credit"), ("hr", "licensing"), *_ABOUT_CRIMES),
            projections=("development_reform", "leads", "casework", "documents", "clocks", "audit"),
        ),
        Node(
            "psb",
            "公安",
            "Public security",
            families=("licensing", "enforcement", "criminal_filing", "criminal", *_OWN_CASES),
            reads=_reads("psb", ("hr", "licensing"), ("*", "referral"), ("oversight", "*")),
            projections=("public_security", "leads", "documents", "clocks", "audit"),
        ),
        Node(
            "fao",
            "外事",
            "Foreign affairs",
            families=_OWN_CASES,
            reads=_reads("fao", ("com", "licensing")),
            projections=("foreign_affairs", "leads", "documents", "clocks", "audit"),
        ),
        Node(
            "cac",
            "网信",
            "Cyberspace administration",
            families=("online", "enforcement", *_OWN_CASES),
            reads=_reads("cac", ("hr", "licensing"), ("hr", "online")),
            projections=("cyberspace", "leads", "documents", "clocks", "audit"),
        ),
        Node(
            "com",
            "商务",
            "Commerce",
            families=("licensing", "enforcement", "referral", "review", *_OWN_CASES),
            reads=_reads("com", _TREASURY, *_ABOUT_CRIMES),
            projections=("leads", "casework", "documents", "clocks", "audit"),
        ),
        Node(
            "twn",
            "乡镇街道",
            "Townships",
            families=("enforcement", "inspection", *_OWN_CASES),
            reads=_reads("twn", ("hr", "licensing"), _TREASURY),
            projections=("leads", "casework", "documents", "clocks", "audit"),
        ),
        Node(
            "fin",
            "财政",
            "Finance",
            families=("enforcement", *_OWN_CASES),
            reads=_reads(
                "fin",
                ("hr", "enforcement"),
                ("samr", "enforcement"),
                ("com", "enforcement"),
                ("twn", "enforcement"),
                ("hr", "review"),
                ("samr", "review"),
                ("com", "review"),
                ("oversight", "review"),
            ),
            projections=("leads", "casework", "documents", "clocks", "audit"),
        ),
        Node(
            "oversight",
            "监督机关",
            "Oversight",
            families=("criminal_filing", "criminal", "review", "inspection", *_OWN_CASES),
            reads=_EVERYTHING,
            withheld=(("hr", "complaint"),),
            projections=(
                "oversight",
                "inspections",
                "statistics",
                "campaigns",
                "leads",
                "documents",
                "clocks",
                "audit",
            ),
        ),
        Node(
            "lgo",
            "领导小组办公室",
            "Leading-group office",
            families=("supervision", *_OWN_CASES),
            reads=_EVERYTHING,
            withheld=(("hr", "complaint"), ("psb", "criminal"), ("oversight", "criminal")),
            projections=(
                "leadership",
                "statistics",
                "campaigns",
                "leads",
                "documents",
                "clocks",
                "audit",
            ),
        ),
    )
}


@dataclass(frozen=True)
class Topic:
    """A topic of the shared log: one writer, keyed by subject, kept for ever."""

    name: str
    node: str
    family: str
    partitions: int


def topic_name(node: str, family: str) -> str:
    """`labour.<node>.<family>`."""
    return f"labour.{node}.{family}"


TOPICS: dict[str, Topic] = {
    topic.name: topic
    for node in NODES.values()
    for topic in (
        *(
            Topic(topic_name(node.id, family), node.id, family, PARTITIONS)
            for family in node.families
        ),
        Topic(topic_name(node.id, CONTROL_FAMILY), node.id, CONTROL_FAMILY, 1),
    )
}
"""Every published topic by name."""

OWN_TOPICS: dict[str, Topic] = {
    topic.name: topic
    for node in NODES.values()
    for topic in (
        Topic(topic_name(node.id, family), node.id, family, OWN_PARTITIONS)
        for family in (INBOUND_FAMILY, ANSWERS_FAMILY)
    )
}
"""The topics between a department's own system and its gateway, by name: no fact travels on
them, and no other department reads them, whatever else it may read.

The system writes `inbound` and reads `answers`; the gateway reads `inbound` and writes `answers`.
"""


def inbound_topic(node: str) -> Topic:
    """The topic on which a department's own system gives commands."""
    return OWN_TOPICS[topic_name(node, INBOUND_FAMILY)]


def answers_topic(node: str) -> Topic:
    """The topic on which the department's gateway answers them."""
    return OWN_TOPICS[topic_name(node, ANSWERS_FAMILY)]


@cache
def topics_written(node: str, family: str) -> tuple[Topic, ...]:
    """The topics on which a node may publish facts of a family; of `ANY_FAMILY` all its own."""
    return tuple(
        topic
        for _, topic in sorted(TOPICS.items())
        if topic.node == node
        and (topic.family == family or (family == ANY_FAMILY and topic.family != CONTROL_FAMILY))
    )


def node_of(organ: str) -> Node:
    """The node that holds an organ's events."""
    return NODES[ORGANS[organ].node]


@cache
def entitled_topics(node: str) -> tuple[Topic, ...]:
    """The topics that a node may read, in name order."""
    return tuple(
        topic
        for _, topic in sorted(TOPICS.items())
        if (topic.node, topic.family) not in NODES[node].withheld
        and any(
            owner in ("*", topic.node) and family in ("*", topic.family)
            for owner, family in NODES[node].reads
        )
    )


@cache
def readers_of(topic: Topic) -> tuple[str, ...]:
    """The nodes that are entitled to read a topic."""
    return tuple(node for node in NODES if topic in entitled_topics(node))


def covers(region: str, other: str) -> bool:
    """Whether `region` is `other` or a superior territory of it (province, prefecture, county).

    `21-SFSFQ` is the internal code of a functional zone: its parent is the province.
    """
    if region == other:
        return True
    if region.endswith("0000") and len(region) == 6:
        return other[:2] == region[:2]
    if region.endswith("00") and len(region) == 6:
        return other[:4] == region[:4] and other[:2].isdigit() and "-" not in other
    return len(region) == 6 and "-" not in region and other.startswith(region)
