"""What rules rest on: the days from which statutes hold, and documents that many rules cite."""

from __future__ import annotations

from datetime import date

SINCE_REGISTRATION_LAW = date(1994, 7, 1)
SINCE_PENALTY_LAW = date(1996, 10, 1)
SINCE_PRICE_LAW = date(1998, 5, 1)
SINCE_REFERRAL_RULES = date(2001, 7, 9)
SINCE_CHILD_LABOUR_RULES = date(2002, 12, 1)
SINCE_LICENSING_LAW = date(2004, 7, 1)
SINCE_LABOUR_INSPECTION = date(2004, 12, 1)
SINCE_LARGE_EVENTS = date(2007, 10, 1)
SINCE_EMPLOYMENT_LAW = date(2008, 1, 1)
SINCE_PRICE_PENALTIES = date(2010, 12, 4)
SINCE_SOCIAL_INSURANCE_LAW = date(2011, 7, 1)
SINCE_IDENTITY_CARD_LAW = date(2012, 1, 1)
SINCE_LABOUR_COOPERATION = date(2012, 8, 1)
SINCE_CONTRACT_LAW = date(2013, 7, 1)
SINCE_EXIT_LAW = date(2013, 7, 1)
SINCE_ADVERTISING_LAW = date(2015, 9, 1)
SINCE_CONTRACTING = date(2017, 3, 1)
SINCE_UNLICENSED_RULES = date(2017, 10, 1)
SINCE_MARKET_REGULATION = date(2018, 10, 1)
SINCE_ONLINE_RULES = date(2021, 3, 1)
SINCE_DATA_LAW = date(2021, 9, 1)
SINCE_PERSONAL_DATA_LAW = date(2021, 11, 1)

CAMPAIGN_PLAN = "楚雄州劳务中介专项整治行动工作实施方案（2021-04-06）"
"""The plan that a rectification campaign rests on."""
