"""What is wrong with an installation, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy.exc import SQLAlchemyError

from gateways.log.port import LogUnavailable, TopicMismatch
from gateways.store.port import OtherStore, StoreUnavailable, WrongDatabaseVersion
from gateways.trust.vault import VaultError
from ops import faults
from ops.doctor import delivery, installation, machine
from ops.doctor.findings import Finding
from ops.output import FAILED, UNREACHABLE, said
from ops.settings import Mode, Settings
from ops.wiring import CannotServe, house, installed_mode

__all__ = ["Finding", "examine", "exit_code"]


def exit_code(findings: Sequence[Finding]) -> int:
    """1 where something is wrong, 3 where a service cannot be reached, else 0."""
    states = {finding.state for finding in findings}
    if "unreachable" in states:
        return UNREACHABLE
    return FAILED if "wrong" in states else 0


def examine(settings: Settings) -> list[Finding]:
    """Looks at everything, the cheap things first."""
    findings = [
        *machine.python(),
        *machine.libraries(),
        *machine.folder(settings.data),
        *machine.assets(),
        *machine.programs(),
    ]
    if settings.mode is Mode.JOINED:
        findings.extend(machine.postgres(str(settings.database)))
        findings.extend(machine.kafka(settings))
    if any(finding.state == "unreachable" for finding in findings):
        return findings
    findings.extend(_installation(settings))
    return findings


def _installation(settings: Settings) -> Iterator[Finding]:
    if installed_mode(settings) is None:
        yield Finding(
            state="note",
            what=said(f"{settings.data} 中尚无安装", f"{settings.data} holds no installation yet"),
            mend="liandong serve",
        )
        return
    try:
        with house(settings, create=False) as one:
            yield from installation.stores(one)
            yield from installation.topics(one)
            yield from delivery.lagging(one)
            yield from installation.files(one)
            yield from delivery.parked(one)
            yield from installation.outdated(one)
            yield from delivery.refused(one)
            yield from delivery.unanswered(one)
            yield from delivery.failed(one)
            yield from delivery.webhooks(one)
    except KNOWN_WRONGS as wrong:
        yield Finding(state="wrong", what=str(wrong), mend=_mend(wrong))
    except (StoreUnavailable, LogUnavailable, SQLAlchemyError) as error:
        if lacking := faults.lacking(error):
            yield Finding(state="wrong", what=lacking, mend="liandong migrate")
            return
        yield Finding(
            state="unreachable",
            what=str(error).splitlines()[0],
            mend=said(
                "请检查该服务是否运行、磁盘是否可写", "See that it runs and its disk is writable"
            ),
        )


KNOWN_WRONGS = (WrongDatabaseVersion, OtherStore, TopicMismatch, VaultError, CannotServe)


def _mend(wrong: Exception) -> str:
    """What to do about a fault that keeps an installation from opening."""
    match wrong:
        case WrongDatabaseVersion():
            return "liandong migrate"
        case TopicMismatch():
            return said(
                "分区数与保留期是契约：请修正该主题，或核对 LIANDONG_KAFKA",
                "Partitions and retention are part of the contract: mend the topic, or check"
                " that LIANDONG_KAFKA names the right broker",
            )
        case OtherStore():
            return said(
                "请核对 LIANDONG_DATA 与 LIANDONG_DATABASE",
                "Check LIANDONG_DATA and LIANDONG_DATABASE",
            )
        case _:
            return said(
                "请恢复建库时的主密钥文件（LIANDONG_MASTER_KEY_FILE）",
                "Put back the key file the installation was made with (LIANDONG_MASTER_KEY_FILE)",
            )
