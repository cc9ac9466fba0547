"""What goes in and out: lag, parked records, refused rules, messages, webhooks."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from domain.delivery.parked import CAUSES
from domain.departments import CONTROL_FAMILY, TOPICS, answers_topic
from gateways.department.node import Department
from gateways.department.taking_in import lag
from gateways.log.port import Log
from gateways.webhooks.subscriptions import LOST, REASONS, REVOKED
from ops.doctor.findings import Finding
from ops.output import said
from ops.wiring import House

WAIT_S_MAX = 60.0
"""A record that waits for longer is told: the promise is that delivery takes seconds."""

ANSWERS_LOOKED_AT = 1000
"""The latest answers of a partition among which failed ones are looked for."""


def lagging(one: House) -> Iterator[Finding]:
    """Topics of which a department has not read what was published a minute ago."""
    busy = one.others_at_work()
    for name, department in one.platform.departments.items():
        ends = one.platform.log.ends(department.intake.topics)
        late = [
            row
            for row in lag.worst_first(lag.lags(department, ends))
            if TOPICS[row.topic].family != CONTROL_FAMILY
            and row.oldest_wait_s is not None
            and row.oldest_wait_s > WAIT_S_MAX
        ]
        if not late:
            continue
        unread = sum(row.lag for row in late)
        zh, en = lag.words(late[0].oldest_wait_s)
        speed = sum(row.per_minute for row in late)
        moving = name in busy and speed > 0
        yield Finding(
            state="note" if moving else "wrong",
            what=said(
                f"{name} 有 {unread} 条未读（{len(late)} 个主题），最久的等了 {zh}："
                f"{late[0].topic}",
                f"{name}: {unread} records unread on {len(late)} topics, the oldest waits for {en}:"
                f" {late[0].topic}",
            ),
            mend=said(f"正在追赶，每分钟 {speed:.0f} 条", f"it catches up, {speed:.0f} a minute")
            if moving
            else f"liandong serve --departments {name}"
            if name not in busy
            else "liandong ledger check; liandong quarantine list",
        )


def unanswered(one: House) -> Iterator[Finding]:
    """Messages of a department's own system that wait for their answer, and how long at least.

    A message says itself when it was made, or does not: then it is told without, and is wrong
    only where nobody is at work.
    """
    busy = one.others_at_work()
    log = one.platform.log
    for name, department in one.platform.departments.items():
        topic = department.inbound.topic.name
        with department.reading() as connection:
            read = department.inbound.positions(connection)
        ends = log.ends([topic])
        behind = {place: read.get(place, 0) for place, end in ends.items()}
        behind = {place: at for place, at in behind.items() if ends[place] > at}
        wait = max(lag.waits(log, behind, department.clock.now()).values(), default=None)
        at_work = name in busy
        if not behind or (at_work and wait is not None and wait <= WAIT_S_MAX):
            continue
        unread = sum(ends[place] - at for place, at in behind.items())
        zh, en = lag.words(wait)
        yield Finding(
            state="note" if (at_work if wait is None else wait <= WAIT_S_MAX) else "wrong",
            what=said(
                f"{topic} 有 {unread} 条来文未办理" + (f"，最久的等了 {zh}" if zh else ""),
                f"{topic}: {unread} messages wait for an answer"
                + (f", the oldest for {en}" if en else ""),
            ),
            mend=f"liandong serve --departments {name} --roles inbound"
            + (
                said(
                    "（若已在运行，请查看该节点日志 liandong.inbound）",
                    " (where that runs, its log, liandong.inbound, tells why)",
                )
                if at_work
                else ""
            ),
        )


def failed(one: House) -> Iterator[Finding]:
    """Messages of departments' own systems that the platform could not decide, and not since."""
    for name, department in one.platform.departments.items():
        with department.reading() as connection:
            if not department.inbound.counts(connection).get("FAILED"):
                continue
        open_ = _undecided(one.platform.log, department)
        if not open_:
            continue
        named = ", ".join(dict.fromkeys(open_))
        yield Finding(
            state="wrong",
            what=said(
                f"{name} 有 {len(open_)} 条来文因系统错误未办理（FAILED）：{named[:200]}",
                f"{name}: {len(open_)} messages were answered FAILED: {named[:200]}",
            ),
            mend=said(
                "查看该节点日志（liandong.inbound）并排除，再请对方用同一编号重发",
                "see why in the node's log (liandong.inbound), mend it, and have the system send"
                " them again under the same ids",
            ),
        )


def _undecided(log: Log, department: Department) -> list[str]:
    """The messages whose latest answer is FAILED, as `system message`, oldest first."""
    topic = answers_topic(department.id)
    latest: dict[tuple[str, str], str] = {}
    for partition in range(topic.partitions):
        for record in log.tail(topic.name, partition, ANSWERS_LOOKED_AT):
            data = json.loads(record.value)["data"]
            key = (str(data.get("system", "")), str(data.get("message", "")))
            latest.pop(key, None)
            latest[key] = str(data["outcome"])
    return [f"{system} {one}" for (system, one), outcome in latest.items() if outcome == "FAILED"]


def refused(one: House) -> Iterator[Finding]:
    """Automatic rules that a rule refused: each is a task for an officer."""
    for name, department in one.platform.departments.items():
        with department.reading() as connection:
            refused = department.intents.refused(connection)
        for (rule, refusal), count in sorted(Counter((i.rule, i.refusal) for i in refused).items()):
            yield Finding(
                state="note",
                what=said(
                    f"{name} 的规则 {rule} 有 {count} 次被 {refusal} 拒绝",
                    f"{name}: rule {rule} was refused {count} times by {refusal}",
                ),
                mend=said("由经办人处理", "It is an officer's task: see the case of each subject: ")
                + ", ".join(sorted({i.subject for i in refused if i.rule == rule})[:5]),
            )


def parked(one: House) -> Iterator[Finding]:
    """The groups of parked records: what held up whom, and what can be done about it."""
    for name, department in one.platform.departments.items():
        for group in department.treatment.groups():
            zh, en = CAUSES.get(group.cause, (group.cause, group.cause))
            what = said(
                f"{name} 的隔离组 {group.group}（{group.topic}：{zh}）"
                f"有 {group.records} 条隔离记录、{group.waiting} 条等候",
                f"{name}: group {group.group} ({group.topic}: {en}) holds"
                f" {group.records} parked records and {group.waiting} that wait",
            )
            act = "release" if "RELEASE" in group.acts else "discard"
            mend = f"liandong quarantine show {group.group}"
            if group.acts:
                mend += f"; liandong quarantine {act} {group.group} --post ... --reason ..."
            yield Finding(
                state="note" if group.kind == "FOREIGN" else "wrong", what=what, mend=mend
            )


_ENABLE = "liandong webhooks enable {0}"
_MENDS = {
    REVOKED: f"{_ENABLE} --post POST",
    LOST: f"liandong webhooks replay {{0}} && {_ENABLE}",
}
"""What turns a subscription on again, where saying so alone does not."""


def webhooks(one: House) -> Iterator[Finding]:
    """Subscriptions that stopped by themselves: an operator finds out why and turns them on."""
    for name, department in one.platform.departments.items():
        for webhook in department.webhooks.all():
            if webhook.needs_operator:
                why = said(*REASONS[webhook.reason])
                yield Finding(
                    state="wrong",
                    what=said(
                        f"{name} 的推送 {webhook.webhook_id} 已停用：{why}（{webhook.url}）",
                        f"{name}: the webhook {webhook.webhook_id} is disabled: {why}"
                        f" ({webhook.url})",
                    ),
                    mend=_MENDS.get(webhook.reason, _ENABLE).format(webhook.webhook_id),
                )
