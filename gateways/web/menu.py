"""The menu: what a post finds by its node's readers and its organ's powers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain import powers
from domain.departments import NODES
from domain.enforcement.payments import TREASURY
from gateways.http.accounts import Identity
from gateways.http.outsiders import is_outsider


@dataclass(frozen=True)
class Entry:
    """One entry: where it leads, its words, and the addresses that belong to it.

    A `rare` one stands in the folded part of the menu.
    """

    path: str
    zh: str
    en: str
    under: tuple[str, ...] = ()
    rare: bool = False

    def holds(self, path: str) -> bool:
        """Whether an address belongs to this entry."""
        own = (self.path, *self.under)
        return any(path == one or (one != "/" and path.startswith(f"{one}/")) for one in own)


def menu(identity: Identity, on: date) -> tuple[Entry, ...]:
    """The entries of a signed-in post, in the order of its work."""
    readers = NODES[identity.department].projections
    organ = identity.post.organ
    held = powers.commands_of(organ, on)
    online = organ == "CAC" or "RequestOnlineDisposal" in held or "ScreenPosting" in held
    referring = {"public_security", "oversight"} & set(readers) or "ProposeReferral" in held
    deals = {"FileCase", "ReviewLegality", "DecideReferral"} & set(held)
    takes_in = bool({"EnterInspector", "RegisterOrganisation", "GiveGuidance"} & set(held))
    entries = (
        (organ == "AGENCY", Entry("/own", "本机构", "Your firm")),
        (organ != "AGENCY", Entry("/", "工作台", "Inbox", ("/tasks",))),
        ("leadership" in readers, Entry("/overview", "态势", "Overview")),
        ("leads" in readers, Entry("/leads", "线索", "Leads")),
        ("RegisterComplaint" in held, Entry("/complaints", "投诉", "Complaints")),
        ("casework" in readers and bool(deals), Entry("/inspection", "办案", "Enforcement")),
        (
            "casework" in readers and organ == TREASURY,
            Entry("/payments", "缴款", "Payments", ("/inspection",)),
        ),
        (bool(referring) or "DecideReferral" in held, Entry("/referrals", "移送", "Referrals")),
        ("cyberspace" in readers and online, Entry("/online", "网络", "Online")),
        ("labour_inspection" in readers, Entry("/risks", "风险", "Risks")),
        ("inspections" in readers, Entry("/plans", "抽查", "Draws", ("/draws",))),
        (
            "inspections" in readers,
            Entry("/inspections", "检查", "Inspections", ("/results", "/publications")),
        ),
        (
            "inspections" in readers,
            Entry(
                "/objects", "名录库", "Registers", ("/items", "/inspectors", "/abnormal"), rare=True
            ),
        ),
        ("campaigns" in readers, Entry("/campaigns", "专项行动", "Campaigns")),
        (True, Entry("/cases", "案件", "Cases", ("/subjects",))),
        (True, Entry("/documents", "文书", "Documents")),
        ("inspections" in readers and takes_in, Entry("/exchange", "交换", "Exchange", rare=True)),
        (
            "ReleaseParked" in held,
            Entry("/ops/quarantine", "隔离记录", "Quarantine", rare=True),
        ),
        (True, Entry("/cmd", "办理", "Commands")),
        (
            True,
            Entry("/ops/ledger", "运行", "Operations", ("/ops/topics", "/ops/rebuilds"), rare=True),
        ),
        (True, Entry("/violations", "违法行为目录", "Catalogue", rare=True)),
    )
    told = tuple(entry for shown, entry in entries if shown)
    if is_outsider(identity):
        told = tuple(entry for entry in told if entry.path in OUTSIDE)
    return (*told, *OPEN)


OUTSIDE = ("/own", "/", "/documents", "/cmd")
"""What a post without public power finds: its own page, its forms, its documents."""


DIRECTORY = Entry("/directory", "机构名录", "Directory", rare=True)
"""The public list of licensed agencies, which a visitor finds too."""

PUBLISHED = Entry("/published", "结果公示", "Published results", rare=True)
"""The public list of published results of inspections."""

CONTRACTS = Entry("/catalog", "事件契约", "Event contracts", rare=True)
"""The public catalogue of event types, for those who build a department's own system."""

OPEN = (PUBLISHED, DIRECTORY, CONTRACTS)
"""What a visitor finds without signing in."""
