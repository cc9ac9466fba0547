"""The check of a commitment after the grant (reference 3.4; S2 二).

A failed check names what is false, and is a finding V-LIC-07 at the same time (reference 5.2).
A commitment is verified once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from domain import finding
from domain.commands import (
    Command,
    Context,
    Decided,
    History,
    command,
    decides,
)
from domain.errors import Refusal
from domain.licence.facts import (
    CommitmentVerified,
    LicenceType,
    Type,
    VerificationResult,
)
from domain.licence.rules import (
    on_licence,
    reads_with_findings,
    standing,
)
from domain.licence.state import (
    CommitmentCheck,
)
from domain.terms import ShortText, Term, Uscc
from domain.violations.catalogue import violation

FALSE_COMMITMENT = "V-LIC-07"


@command(
    zh="核查承诺", en="Verify a commitment", source="辽宁省人力资源市场管理通知（2024-11-11）二"
)
@dataclass(frozen=True, kw_only=True)
class VerifyCommitment(Command):
    """Records the check of the promised conditions; FAILED needs at least one failure."""

    organisation: Uscc
    type: Type = LicenceType.LIC_HRS
    result: Annotated[VerificationResult, Term(zh="核查结果", en="Result")]
    failures: Annotated[tuple[ShortText, ...], Term(zh="不符事项", en="Failures")] = ()


class NothingToVerify(Refusal):
    """No commitment waits for verification."""

    zh = "许可{licence}没有待核查的承诺（{check}）。"
    en = "No commitment on {licence} waits for verification ({check})."
    next_zh = "按一般程序取得的许可，或已核查的承诺，无需核查。"
    next_en = "A general grant, or a commitment verified before, needs none."
    source = "辽宁省人力资源市场管理通知（2024-11-11）二"
    field = "organisation"


class VerificationNeedsFailures(Refusal):
    """A failed verification names nothing."""

    zh = "核查不实须写明不符事项。"
    en = "A failed verification must name what is false."
    next_zh = "请填写不符事项。"
    next_en = "Name each false item."
    source = "辽宁省人力资源市场管理通知（2024-11-11）二"
    field = "failures"


class FailuresOnlyWithFailed(Refusal):
    """A passed verification names failures."""

    zh = "核查结果为{result}，不得填写不符事项（{failures}）。"
    en = "The result is {result}, yet failures are named ({failures})."
    next_zh = "请改为核查不实，或删去不符事项。"
    next_en = "Make it FAILED, or remove the failures."
    source = "辽宁省人力资源市场管理通知（2024-11-11）二"
    field = "failures"


@decides(
    VerifyCommitment,
    reads=reads_with_findings,
)
def verify(asked: VerifyCommitment, history: History, context: Context) -> Iterator[Decided]:
    """Records the check of a commitment; a failed one is a finding too."""
    licence = standing(asked, history, context)
    if licence.check is not CommitmentCheck.PENDING:
        raise NothingToVerify(licence=licence.licence_id, check=licence.check.value)
    failed = asked.result is VerificationResult.FAILED
    if failed and not asked.failures:
        raise VerificationNeedsFailures()
    if asked.failures and not failed:
        raise FailuresOnlyWithFailed(result=asked.result.value, failures="；".join(asked.failures))
    yield on_licence(
        licence,
        asked.organisation,
        asked.type,
        CommitmentVerified(
            licence_id=licence.licence_id,
            uscc=asked.organisation,
            type=asked.type,
            result=asked.result,
            failures=asked.failures,
        ),
    )
    if failed:
        stream = finding.stream_of(asked.organisation)
        yield Decided(
            stream=stream,
            subject=asked.organisation,
            matter=licence.matter,
            region=licence.region,
            fact=finding.ViolationFound(
                finding_id=context.mint("V"),
                code=FALSE_COMMITMENT,
                severity=violation(FALSE_COMMITMENT, context.today).severity,
                subject_id=asked.organisation,
                about=licence.licence_id,
                facts=asked.failures,
                act_from=licence.valid_from,
                earlier=finding.earlier(history.own(stream), licence.matter, context.today),
            ),
        )
