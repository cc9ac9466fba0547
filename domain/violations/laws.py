"""The articles that punish more than one violation.

Texts marked `unread` are known from secondary sources only; local law may say otherwise.
"""

from __future__ import annotations

from datetime import date

from domain.enforcement.facts import MeasureKind
from domain.statutes import (
    SINCE_ADVERTISING_LAW,
    SINCE_CONTRACT_LAW,
    SINCE_EMPLOYMENT_LAW,
    SINCE_EXIT_LAW,
    SINCE_LABOUR_INSPECTION,
    SINCE_MARKET_REGULATION,
    SINCE_ONLINE_RULES,
    SINCE_PERSONAL_DATA_LAW,
    SINCE_SOCIAL_INSURANCE_LAW,
)
from domain.violations.words import Fine, PenaltyRule, Sanction, Scale

PUBLIC_ORDER_RENUMBERED = date(2025, 12, 31)
"""The last day of the 2012 text of the public-order law; new numbers have not been read."""

HR = ("HRSS_APPR", "HRSS_LR", "HRSS_MKT", "HRSS_INSP")
"""The organs of 人社 that record findings."""


def yuan(amount: int) -> int:
    """Fen of an amount in whole yuan."""
    return amount * 100


def fine(least_yuan: int, most_yuan: int) -> Fine:
    """A fine between two amounts in yuan."""
    return Fine(least=yuan(least_yuan), most=yuan(most_yuan))


def on_refusal(least_yuan: int, most_yuan: int) -> Fine:
    """A fine that needs a refusal to correct."""
    return Fine(least=yuan(least_yuan), most=yuan(most_yuan), refused=True)


def per_person(least_yuan: int, most_yuan: int, *, refused: bool = False) -> Fine:
    """A fine counted by persons."""
    return Fine(
        scale=Scale.PER_PERSON, least=yuan(least_yuan), most=yuan(most_yuan), refused=refused
    )


def on_head(least_yuan: int, most_yuan: int, *, refused: bool = False) -> Fine:
    """A fine on the principal head of the unit."""
    return Fine(least=yuan(least_yuan), most=yuan(most_yuan), refused=refused, head=True)


REVOKED_IF_SERIOUS = Sanction(kind=MeasureKind.REVOKE_PERMIT, serious=True)
CLOSED_OR_STOPPED = (
    Sanction(kind=MeasureKind.CLOSE),
    Sanction(kind=MeasureKind.SUSPEND_BUSINESS),
)

REGULATION = "人力资源市场暂行条例"
REGULATION_42_1 = PenaltyRule(
    article=f"{REGULATION}第42条第1款",
    fines=(Fine(least=yuan(10_000), most=yuan(50_000), income=True),),
    sanctions=CLOSED_OR_STOPPED,
    confiscates=True,
    valid_from=SINCE_MARKET_REGULATION,
)
REGULATION_42_2 = PenaltyRule(
    article=f"{REGULATION}第42条第2款",
    fines=(on_refusal(5_000, 10_000),),
    valid_from=SINCE_MARKET_REGULATION,
)
REGULATION_43 = PenaltyRule(
    article=f"{REGULATION}第43条",
    fines=(on_refusal(10_000, 50_000),),
    sanctions=(REVOKED_IF_SERIOUS,),
    confiscates=True,
    valid_from=SINCE_MARKET_REGULATION,
)
REGULATION_44 = PenaltyRule(
    article=f"{REGULATION}第44条",
    fines=(on_refusal(5_000, 10_000),),
    valid_from=SINCE_MARKET_REGULATION,
)
PROMOTION_64 = PenaltyRule(
    article="就业促进法第64条",
    fines=(Fine(least=yuan(10_000), most=yuan(50_000), income=True),),
    sanctions=(Sanction(kind=MeasureKind.CLOSE),),
    confiscates=True,
    valid_from=SINCE_EMPLOYMENT_LAW,
)
PROMOTION_65 = PenaltyRule(
    article="就业促进法第65条",
    fines=(Fine(least=yuan(10_000), most=yuan(50_000), income=True),),
    sanctions=(REVOKED_IF_SERIOUS,),
    confiscates=True,
    valid_from=SINCE_EMPLOYMENT_LAW,
)
DISPATCH_92_1 = PenaltyRule(
    article="劳动合同法第92条第1款",
    fines=(
        Fine(scale=Scale.OF_INCOME, least=100, most=500, income=True),
        Fine(most=yuan(50_000), income=False),
    ),
    confiscates=True,
    valid_from=SINCE_CONTRACT_LAW,
)
DISPATCH_92_2 = PenaltyRule(
    article="劳动合同法第92条第2款",
    fines=(per_person(5_000, 10_000, refused=True),),
    sanctions=(Sanction(kind=MeasureKind.REVOKE_PERMIT, shall=True, refused=True),),
    valid_from=SINCE_CONTRACT_LAW,
)
DEPOSIT_PROMOTION = PenaltyRule(
    article="就业促进法第66条第2款",
    fines=(per_person(500, 2_000),),
    variant="INTERMEDIARY",
    valid_from=SINCE_EMPLOYMENT_LAW,
)
DEPOSIT_CONTRACT = PenaltyRule(
    article="劳动合同法第84条第2款",
    fines=(per_person(500, 2_000),),
    variant="EMPLOYER",
    valid_from=SINCE_EMPLOYMENT_LAW,
)
EMPLOYMENT_RULES_74 = PenaltyRule(
    article="就业服务与就业管理规定第74条",
    fines=(
        Fine(most=yuan(10_000), income=False),
        Fine(scale=Scale.OF_INCOME, most=300, cap_fen=yuan(30_000), income=True),
    ),
    unread=True,
    valid_from=SINCE_EMPLOYMENT_LAW,
)
INSPECTION_30 = "劳动保障监察条例第30条"
OBSTRUCTION = PenaltyRule(
    article=f"{INSPECTION_30}第1款第（一）项",
    fines=(fine(2_000, 20_000),),
    valid_from=SINCE_LABOUR_INSPECTION,
)
CONCEALMENT = PenaltyRule(
    article=f"{INSPECTION_30}第1款第（二）项",
    fines=(fine(2_000, 20_000),),
    valid_from=SINCE_LABOUR_INSPECTION,
)
REFUSAL = PenaltyRule(
    article=f"{INSPECTION_30}第1款第（三）项",
    fines=(Fine(least=yuan(2_000), most=yuan(20_000), refused=True),),
    valid_from=SINCE_LABOUR_INSPECTION,
)
PERSONAL_DATA_66 = PenaltyRule(
    article="个人信息保护法第66条",
    fines=(
        Fine(most=yuan(50_000_000), refused=False, serious=True, province=True),
        Fine(scale=Scale.OF_TURNOVER, most=5, serious=True, province=True),
        Fine(most=yuan(1_000_000), refused=True),
    ),
    sanctions=(Sanction(kind=MeasureKind.WARNING),),
    confiscates=True,
    valid_from=SINCE_PERSONAL_DATA_LAW,
)
ECOMMERCE_80 = PenaltyRule(
    article="电子商务法第80条",
    fines=(
        Fine(least=yuan(100_000), most=yuan(500_000), refused=True, serious=True),
        Fine(least=yuan(20_000), most=yuan(100_000), refused=True),
    ),
    valid_from=SINCE_ONLINE_RULES,
)
ADVERTISING_55 = PenaltyRule(
    article="广告法第55条",
    fines=(
        Fine(scale=Scale.OF_SUM, least=500, most=1_000, serious=True, sum_known=True),
        Fine(least=yuan(1_000_000), most=yuan(2_000_000), serious=True, sum_known=False),
        Fine(scale=Scale.OF_SUM, least=300, most=500, sum_known=True),
        Fine(least=yuan(200_000), most=yuan(1_000_000), sum_known=False),
    ),
    sanctions=(REVOKED_IF_SERIOUS,),
    organs=("SAMR",),
    valid_from=SINCE_ADVERTISING_LAW,
)
INSURANCE_88 = PenaltyRule(
    article="社会保险法第88条",
    fines=(Fine(scale=Scale.OF_SUM, least=200, most=500),),
    follows="失业保险条例第28条",
    valid_from=SINCE_SOCIAL_INSURANCE_LAW,
)
INSURANCE_28 = PenaltyRule(
    article="失业保险条例第28条",
    fines=(Fine(scale=Scale.OF_SUM, least=100, most=300),),
    valid_from=date(1999, 1, 22),
    valid_to=date(2011, 6, 30),
)
EXIT_72 = PenaltyRule(
    article="出境入境管理法第72条",
    fines=(
        Fine(least=yuan(2_000), most=yuan(10_000), person=True),
        Fine(least=yuan(10_000), most=yuan(50_000), person=False),
    ),
    confiscates=True,
    organs=("PSB",),
    valid_from=SINCE_EXIT_LAW,
)
