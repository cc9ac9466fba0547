"""Foreign labour cooperation (FSC)."""

from __future__ import annotations

from dataclasses import replace

from domain.enforcement.facts import MeasureKind
from domain.statutes import SINCE_LABOUR_COOPERATION
from domain.violations.laws import DEPOSIT_CONTRACT, REVOKED_IF_SERIOUS, fine, on_head, on_refusal
from domain.violations.words import Criminal, PenaltyRule, Sanction, Severity, Violation

COOPERATION_40_1 = PenaltyRule(
    article="对外劳务合作管理条例第40条第（一）项",
    sanctions=(Sanction(kind=MeasureKind.REVOKE_PERMIT, shall=True),),
    confiscates=True,
    valid_from=SINCE_LABOUR_COOPERATION,
)
COOPERATION_40_2 = PenaltyRule(
    article="对外劳务合作管理条例第40条第（二）项",
    sanctions=(Sanction(kind=MeasureKind.REVOKE_PERMIT, shall=True),),
    confiscates=True,
    valid_from=SINCE_LABOUR_COOPERATION,
)
COOPERATION_40_3 = PenaltyRule(
    article="对外劳务合作管理条例第40条第（三）项",
    sanctions=(Sanction(kind=MeasureKind.REVOKE_PERMIT, shall=True),),
    confiscates=True,
    valid_from=SINCE_LABOUR_COOPERATION,
)
COOPERATION_41 = PenaltyRule(
    article="对外劳务合作管理条例第41条",
    sanctions=(Sanction(kind=MeasureKind.REVOKE_PERMIT, shall=True, refused=True),),
    valid_from=SINCE_LABOUR_COOPERATION,
)
COOPERATION_42_1 = PenaltyRule(
    article="对外劳务合作管理条例第42条第（一）项",
    fines=(
        on_refusal(50_000, 100_000),
        on_head(10_000, 30_000, refused=True),
    ),
    valid_from=SINCE_LABOUR_COOPERATION,
)
COOPERATION_43 = PenaltyRule(
    article="对外劳务合作管理条例第43条",
    fines=(
        fine(100_000, 200_000),
        on_head(20_000, 50_000),
    ),
    sanctions=(REVOKED_IF_SERIOUS,),
    valid_from=SINCE_LABOUR_COOPERATION,
)
COOPERATION_45 = PenaltyRule(
    article="对外劳务合作管理条例第45条",
    fines=(
        on_refusal(10_000, 20_000),
        on_head(2_000, 5_000, refused=True),
    ),
    valid_from=SINCE_LABOUR_COOPERATION,
)
COOPERATION_45_CLAUSES = replace(COOPERATION_43, variant="CLAUSES_MISSING")
DEPOSIT_BY_COOPERATION = replace(DEPOSIT_CONTRACT, organs=("HRSS_INSP",), variant="")

COOPERATION: tuple[Violation, ...] = (
    Violation(
        code="V-FSC-01",
        zh="未及时足额缴存备用金",
        en="Reserve fund not deposited or replenished",
        seeds=("S5",),
        subjects=("FLC_ENTERPRISE",),
        severity=Severity.GENERAL,
        leads=("COM",),
        finders=(
            "COM",
            "DRC",
        ),
        correct_first=True,
        penalties=(COOPERATION_41,),
        source="友好区涉外劳务专项整治方案（2023）；对外劳务合作管理条例第9、10、41条",
        valid_from=SINCE_LABOUR_COOPERATION,
    ),
    Violation(
        code="V-FSC-02",
        zh="以商务、旅游、留学等名义组织劳务人员赴国外工作",
        en="Labour under business, tourist or student cover",
        seeds=("S5",),
        subjects=(
            "FLC_ENTERPRISE",
            "ANY",
        ),
        severity=Severity.SERIOUS,
        leads=("COM",),
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
        ),
        penalties=(COOPERATION_40_1,),
        source="友好区涉外劳务专项整治方案（2023）；对外劳务合作管理条例第8条、第40条第（一）项",
        valid_from=SINCE_LABOUR_COOPERATION,
    ),
    Violation(
        code="V-FSC-03",
        zh="允许其他单位或者个人以本企业名义组织劳务人员赴国外工作",
        en="Lending the name",
        seeds=("S5",),
        subjects=("FLC_ENTERPRISE",),
        severity=Severity.SERIOUS,
        leads=("COM",),
        finders=(
            "COM",
            "DRC",
            "HRSS_INSP",
            "PSB",
        ),
        criminal=Criminal.POSSIBLE,
        penalties=(COOPERATION_40_2,),
        source="友好区涉外劳务专项整治方案（2023）；对外劳务合作管理条例第8条、第40条第（二）项",
        valid_from=SINCE_LABOUR_COOPERATION,
    ),
    Violation(
        code="V-FSC-04",
        zh="组织劳务人员赴国外从事与赌博、色情活动相关的工作",
        en="Work abroad related to gambling or sex",
        seeds=("S5",),
        subjects=("FLC_ENTERPRISE",),
        severity=Severity.MAJOR,
        leads=("COM",),
        partners=("PSB",),
        finders=(
            "COM",
            "DRC",
            "HRSS_INSP",
            "PSB",
        ),
        criminal=Criminal.YES,
        crimes=(
            "刑法第303条",
            "刑法第358条",
        ),
        penalties=(COOPERATION_40_3,),
        source="友好区涉外劳务专项整治方案（2023）；对外劳务合作管理条例第11条、第40条第（三）项",
        valid_from=SINCE_LABOUR_COOPERATION,
    ),
    Violation(
        code="V-FSC-05",
        zh="未安排劳务人员接受培训赴国外工作",
        en="Workers sent untrained",
        seeds=("S5",),
        subjects=("FLC_ENTERPRISE",),
        severity=Severity.GENERAL,
        leads=("COM",),
        partners=("HRSS",),
        finders=(
            "COM",
            "DRC",
            "HRSS_INSP",
        ),
        correct_first=True,
        penalties=(COOPERATION_42_1,),
        source="友好区涉外劳务专项整治方案（2023）；对外劳务合作管理条例第12条、第42条第（一）项",
        valid_from=SINCE_LABOUR_COOPERATION,
    ),
    Violation(
        code="V-FSC-06",
        zh="未与国外雇主、劳务人员签订相关合同",
        en="Contracts missing",
        seeds=("S5",),
        subjects=("FLC_ENTERPRISE",),
        severity=Severity.SERIOUS,
        leads=("COM",),
        finders=(
            "COM",
            "DRC",
            "HRSS_INSP",
        ),
        correct_first=True,
        penalties=(COOPERATION_43,),
        source="友好区涉外劳务专项整治方案（2023）；对外劳务合作管理条例第21、23条，第43条第（一）、（二）项",
        valid_from=SINCE_LABOUR_COOPERATION,
    ),
    Violation(
        code="V-FSC-07",
        zh="向劳务人员虚假承诺",
        en="False promises to workers",
        seeds=("S5",),
        subjects=("FLC_ENTERPRISE",),
        severity=Severity.SERIOUS,
        leads=("COM",),
        finders=(
            "COM",
            "DRC",
            "HRSS_INSP",
            "PSB",
        ),
        criminal=Criminal.YES,
        crimes=("刑法第266条",),
        correct_first=True,
        penalties=(COOPERATION_43,),
        source="友好区涉外劳务专项整治方案（2023）；对外劳务合作管理条例第24条、第43条第（四）项",
        valid_from=SINCE_LABOUR_COOPERATION,
    ),
    Violation(
        code="V-FSC-08",
        zh="违规收费、收取押金",
        en="Unlawful fees, deposits or security",
        seeds=("S5",),
        subjects=("FLC_ENTERPRISE",),
        severity=Severity.GENERAL,
        leads=(
            "SAMR",
            "HRSS_INSP",
        ),
        finders=(
            "COM",
            "DRC",
            "SAMR",
            "HRSS_INSP",
        ),
        correct_first=True,
        penalties=(DEPOSIT_BY_COOPERATION,),
        note_zh="由价格主管部门依价格法律处罚；订立劳动合同的，由劳动保障监察机构处罚。",
        note_en="Price law applies; where there is a labour contract labour inspection fines.",
        source="友好区涉外劳务专项整治方案（2023）；对外劳务合作管理条例第25、44条；劳动合同法第84条第2款",
        valid_from=SINCE_LABOUR_COOPERATION,
    ),
    Violation(
        code="V-FSC-09",
        zh="合同和人员未备案",
        en="Contracts and list of workers not filed",
        seeds=("S5",),
        subjects=("FLC_ENTERPRISE",),
        severity=Severity.MINOR,
        leads=("COM",),
        finders=(
            "COM",
            "DRC",
        ),
        correct_first=True,
        penalties=(
            COOPERATION_45,
            COOPERATION_45_CLAUSES,
        ),
        source="友好区涉外劳务专项整治方案（2023）；对外劳务合作管理条例第26、45条",
        valid_from=SINCE_LABOUR_COOPERATION,
    ),
    Violation(
        code="V-FSC-10",
        zh="未为劳务人员办理合法境外务工手续",
        en="Lawful formalities not arranged",
        seeds=("S5",),
        subjects=("FLC_ENTERPRISE",),
        severity=Severity.SERIOUS,
        leads=("COM",),
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
        note_zh="条例没有单独罚则，依具体行为适用出境入境管理法。",
        note_en="The regulation has no penalty of its own; exit-entry law applies by the facts.",
        source="友好区涉外劳务专项整治方案（2023）；对外劳务合作管理条例第14条；出境入境管理法第71至73条",
        valid_from=SINCE_LABOUR_COOPERATION,
    ),
    Violation(
        code="V-FSC-11",
        zh="推卸、逃避境外劳务事件处置责任",
        en="Evading responsibility for incidents abroad",
        seeds=("S5",),
        subjects=("FLC_ENTERPRISE",),
        severity=Severity.SERIOUS,
        leads=("COM",),
        partners=("FAO",),
        finders=(
            "COM",
            "DRC",
        ),
        criminal=Criminal.POSSIBLE,
        correct_first=True,
        penalties=(COOPERATION_43,),
        source="友好区涉外劳务专项整治方案（2023）；对外劳务合作管理条例第17、19条，第43条第（五）、（六）项",
        valid_from=SINCE_LABOUR_COOPERATION,
    ),
)
"""What enterprises of foreign labour cooperation may not do."""
