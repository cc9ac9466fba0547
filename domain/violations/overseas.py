"""Overseas contracting (FEC): contractors that post their own workers abroad."""

from __future__ import annotations

from domain.enforcement.facts import MeasureKind
from domain.statutes import SINCE_CONTRACTING
from domain.violations.laws import fine, on_head
from domain.violations.words import Criminal, PenaltyRule, Sanction, Severity, Violation

CONTRACTING_23 = PenaltyRule(
    article="对外承包工程管理条例第23条",
    fines=(
        fine(50_000, 100_000),
        on_head(5_000, 10_000),
    ),
    sanctions=(Sanction(kind=MeasureKind.RESTRICT_BUSINESS, refused=True),),
    valid_from=SINCE_CONTRACTING,
)
CONTRACTING_20_2 = PenaltyRule(
    article="对外承包工程管理条例第20条第（二）项",
    fines=(
        fine(100_000, 200_000),
        on_head(10_000, 20_000),
    ),
    valid_from=SINCE_CONTRACTING,
)
CONTRACTING_20_4 = PenaltyRule(
    article="对外承包工程管理条例第20条第（四）项",
    fines=(
        fine(100_000, 200_000),
        on_head(10_000, 20_000),
    ),
    valid_from=SINCE_CONTRACTING,
)
CONTRACTING_21_2 = PenaltyRule(
    article="对外承包工程管理条例第21条第（二）项",
    fines=(
        fine(150_000, 300_000),
        on_head(20_000, 50_000),
    ),
    valid_from=SINCE_CONTRACTING,
)

CONTRACTING: tuple[Violation, ...] = (
    Violation(
        code="V-FEC-01",
        zh="未及时足额缴存备用金",
        en="Reserve fund not deposited in time or in full",
        seeds=("S5",),
        subjects=("OVERSEAS_CONTRACTOR",),
        severity=Severity.GENERAL,
        leads=(
            "COM",
            "DRC",
        ),
        finders=(
            "COM",
            "DRC",
        ),
        correct_first=True,
        penalties=(CONTRACTING_23,),
        source="友好区涉外劳务专项整治方案（2023）；对外承包工程管理条例第15、23条",
        valid_from=SINCE_CONTRACTING,
    ),
    Violation(
        code="V-FEC-02",
        zh="将外派劳务单独分包或转包",
        en="Labour posting separately subcontracted",
        seeds=("S5",),
        subjects=("OVERSEAS_CONTRACTOR",),
        severity=Severity.SERIOUS,
        leads=(
            "COM",
            "DRC",
        ),
        finders=(
            "COM",
            "DRC",
        ),
        note_zh="罚则未经原文核对。",
        note_en="The penalty article has not been read.",
        source="友好区涉外劳务专项整治方案（2023）；商务主管部门规定（未经原文核对）",
        valid_from=SINCE_CONTRACTING,
    ),
    Violation(
        code="V-FEC-03",
        zh="未与劳务人员签订劳动合同",
        en="No labour contract with posted workers",
        seeds=("S5",),
        subjects=("OVERSEAS_CONTRACTOR",),
        severity=Severity.GENERAL,
        leads=(
            "HRSS_INSP",
            "COM",
        ),
        finders=(
            "COM",
            "DRC",
            "HRSS_INSP",
            "PSB",
        ),
        correct_first=True,
        note_zh="责令改正。",
        note_en="The contract is to be concluded.",
        source="友好区涉外劳务专项整治方案（2023）；对外承包工程管理条例第12条；劳动保障监察条例第24条",
        valid_from=SINCE_CONTRACTING,
    ),
    Violation(
        code="V-FEC-04",
        zh="未及时发放工资并指派专人负责劳务人员管理",
        en="Wages late; no designated manager",
        seeds=("S5",),
        subjects=("OVERSEAS_CONTRACTOR",),
        severity=Severity.SERIOUS,
        leads=(
            "HRSS_INSP",
            "COM",
        ),
        finders=(
            "COM",
            "DRC",
            "HRSS_INSP",
            "PSB",
        ),
        criminal=Criminal.YES,
        crimes=("刑法第276条之一",),
        correct_first=True,
        penalties=(CONTRACTING_20_2,),
        note_zh="限期支付工资；逾期不支付的，按应付金额百分之五十以上一倍以下加付赔偿金。",
        note_en="Wages are to be paid; overdue, 50 to 100 % more is owed to the workers.",
        source="友好区涉外劳务专项整治方案（2023）；劳动保障监察条例第26条；对外承包工程管理条例第20条第（二）项",
        valid_from=SINCE_CONTRACTING,
    ),
    Violation(
        code="V-FEC-05",
        zh="分包企业将工程和外派劳务转包或再分包",
        en="Subcontractor re-subcontracts",
        seeds=("S5",),
        subjects=("OVERSEAS_CONTRACTOR",),
        severity=Severity.SERIOUS,
        leads=("COM",),
        finders=(
            "COM",
            "DRC",
        ),
        penalties=(CONTRACTING_21_2,),
        note_zh="会同建设主管部门处理。",
        note_en="Dealt with together with the construction authority.",
        source="友好区涉外劳务专项整治方案（2023）；对外承包工程管理条例第10条、第21条第（二）项",
        valid_from=SINCE_CONTRACTING,
    ),
    Violation(
        code="V-FEC-06",
        zh="通过无涉外劳务合作经营资格或有重大违法行为的中介机构外派劳务",
        en="Using an unqualified or seriously unlawful intermediary",
        seeds=("S5",),
        subjects=("OVERSEAS_CONTRACTOR",),
        severity=Severity.SERIOUS,
        leads=(
            "COM",
            "DRC",
        ),
        finders=(
            "COM",
            "DRC",
        ),
        correct_first=True,
        penalties=(CONTRACTING_23,),
        source="友好区涉外劳务专项整治方案（2023）；对外承包工程管理条例第11、23条",
        valid_from=SINCE_CONTRACTING,
    ),
    Violation(
        code="V-FEC-07",
        zh="未为招用的劳务人员办理合法境外务工手续",
        en="Lawful work formalities abroad not arranged",
        seeds=("S5",),
        subjects=("OVERSEAS_CONTRACTOR",),
        severity=Severity.SERIOUS,
        leads=(
            "COM",
            "DRC",
        ),
        partners=("PSB",),
        finders=(
            "COM",
            "DRC",
            "HRSS_INSP",
            "PSB",
        ),
        criminal=Criminal.YES,
        crimes=(
            "刑法第318条",
            "刑法第319条",
            "刑法第321条",
        ),
        note_zh="依具体行为处理。",
        note_en="The penalty follows from the facts.",
        source="友好区涉外劳务专项整治方案（2023）；出境入境管理法第12条",
        valid_from=SINCE_CONTRACTING,
    ),
    Violation(
        code="V-FEC-08",
        zh="未建立涉外劳务纠纷预防和处置机制",
        en="No mechanism to prevent and handle disputes",
        seeds=("S5",),
        subjects=("OVERSEAS_CONTRACTOR",),
        severity=Severity.MINOR,
        leads=(
            "COM",
            "DRC",
        ),
        finders=(
            "COM",
            "DRC",
        ),
        correct_first=True,
        penalties=(CONTRACTING_20_4,),
        source="友好区涉外劳务专项整治方案（2023）；对外承包工程管理条例第17条、第20条第（四）项",
        valid_from=SINCE_CONTRACTING,
    ),
)
"""What overseas contractors owe to posted workers."""
