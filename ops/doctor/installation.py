"""What an installation holds: its stores, topics, files and read models."""

from __future__ import annotations

import time
from collections.abc import Iterator

from domain.document.files import FileDamaged, FileNotKept
from gateways.department.publishing.comparing import compare
from gateways.store.port import StoreForked
from ops.doctor.findings import Finding
from ops.output import said, shown
from ops.wiring import House


def stores(one: House) -> Iterator[Finding]:
    now = int(time.time() * 1_000_000)
    busy = one.others_at_work()
    for name, department in one.platform.departments.items():
        head = department.store.head()
        behind = head.sequence - department.store.cursor()
        if not department.clock.simulated and head.stamp > now + 60_000_000:
            yield Finding(
                state="wrong",
                what=said(
                    f"{name} 的时间戳超前于本机时钟", f"The stamps of {name} run ahead of the clock"
                ),
                mend=said("请核对本机时间", "Check this machine's time"),
            )
        told = f"{name}: {head.sequence} " + said("个事实", "facts")
        if not behind:
            yield Finding(state="good", what=told)
            continue
        told += f", {behind} {said('个待发布', 'not yet published')}"
        if name in busy:
            yield Finding(state="note", what=told)
        else:
            yield Finding(state="wrong", what=told, mend=f"liandong serve --departments {name}")
    if busy:
        yield Finding(
            state="note",
            what=said("正在运行的部门：", "Departments at work now: ") + ", ".join(busy),
            mend=said(
                "若没有进程在运行，租约会在 10 秒内失效",
                "where no process runs, the lease ends by itself within 10 seconds",
            ),
        )


def topics(one: House) -> Iterator[Finding]:
    """What is missing on the log, compared with what was published; and what was refilled."""
    for department in one.platform.departments.values():
        try:
            compare(department.store, one.platform.log)
        except StoreForked as fork:
            yield Finding(state="wrong", what=str(fork), mend="liandong restore --from-log")
            continue
        lost: dict[str, str] = {}
        for loss in department.marks.losses():
            lost.setdefault(loss.place[0], f"[{loss.place[1]}]: {loss.why}")
        for topic, why in sorted(lost.items()):
            yield Finding(
                state="wrong",
                what=said(f"主题 {topic} 缺少记录 {why}", f"{topic} lacks records {why}"),
                mend=f"liandong topics refill {topic}",
            )
        marks = department.marks.all().values()
        for topic in sorted({mark.topic for mark in marks if mark.refilled}):
            events = sum(mark.refilled for mark in marks if mark.topic == topic)
            last = max(mark.refilled_at for mark in marks if mark.topic == topic)
            yield Finding(
                state="note",
                what=said(
                    f"主题 {topic} 曾由事实库补发 {events} 条，最近一次 {shown(last)}",
                    f"{topic}: {events} events were sent again from the store, last {shown(last)}",
                ),
                mend=said(
                    "请查明该主题为何缺失；以位移读取的外部系统须从头再读",
                    "Find out why it lost them; systems that read by offset read it from its start",
                ),
            )


def files(one: House) -> Iterator[Finding]:
    """Every kept file is read whole and compared with its digest."""
    for name, department in one.platform.departments.items():
        entered, sound = department.files.entered(), 0
        for sha256 in entered:
            try:
                department.files.store.verify(sha256)
                sound += 1
            except (FileDamaged, FileNotKept) as wrong:
                damaged = isinstance(wrong, FileDamaged)
                yield Finding(
                    state="wrong",
                    what=said(
                        f"{name} 的文件{'已损坏' if damaged else '丢失'}：{sha256}",
                        f"{name}: a file is {'damaged' if damaged else 'missing'}: {sha256}",
                    ),
                    mend=said(
                        "请从备份恢复 ",
                        "Put it back from a backup (uploading the original again mends it too): ",
                    )
                    + str(department.files.store.path(sha256))
                    + said("，或重新上传原件", ""),
                )
        if sound:
            told = f"{name}: {sound} " + said("个文件与摘要相符", "files are what was kept")
            yield Finding(state="good", what=told)
        if left := department.files.store.leftovers():
            yield Finding(
                state="note",
                what=said(
                    f"{name} 有 {len(left)} 个未完成的上传",
                    f"{name}: {len(left)} unfinished uploads",
                ),
                mend=said("运行中的服务会自行清理", "A running node removes what is left over"),
            )


def outdated(one: House) -> Iterator[Finding]:
    for old in one.outdated():
        yield Finding(state="wrong", what=said(*old.told), mend=old.command)
