"""The words that fields are made of: value types with label, pattern and source.

A field of an event or a command is annotated with one of these types. Schemas, forms,
documentation and validation are generated from them, so a pattern stands here once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True, kw_only=True)
class Term:
    """What a field means: Chinese and English label, and the bounds of its values.

    `pattern` is a regular expression that is valid in Python and in ECMA-262 alike;
    `source` names the article, seed or standard. `long` marks free text that a form
    shows as a text area. `check` is a further rule that a schema cannot say (a check
    digit); it returns True where the value is good.
    """

    zh: str
    en: str
    pattern: str | None = None
    min_length: int | None = None
    max_length: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    min_items: int | None = None
    long: bool = False
    example: str | None = None
    source: str | None = None
    check: Callable[[str], bool] | None = None


ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def normalise_uscc(text: str) -> str:
    """The code as it is stored: full-width characters, spaces and hyphens removed, capitals."""
    return re.sub(r"[\s\-‐-―]", "", text.translate(_FULL_WIDTH)).upper()


def uscc_check_character(first_17: str) -> str:
    """The 18th character of a unified social credit code (GB 32100-2015)."""
    total = sum(
        ALPHABET.index(character) * weight
        for character, weight in zip(first_17, _WEIGHTS, strict=True)
    )
    return ALPHABET[(31 - total % 31) % 31]


def organisation_code_check_character(first_8: str) -> str:
    """The 9th character of an organisation code (GB 11714); letters count A=10 to Z=35."""
    total = sum(
        int(character, 36) * weight
        for character, weight in zip(first_8, _INNER_WEIGHTS, strict=True)
    )
    return "0123456789X0"[11 - total % 11]


def is_uscc(code: str) -> bool:
    """Whether a normalised code is well formed and both of its check characters are right."""
    return (
        re.fullmatch(USCC_PATTERN, code) is not None
        and uscc_check_character(code[:17]) == code[17]
        and organisation_code_check_character(code[8:16]) == code[16]
    )


USCC_PATTERN = r"^[159ANY2-8][0-9A-HJ-NPQRTUWXY][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$"

Uscc = Annotated[
    str,
    Term(
        zh="统一社会信用代码",
        en="Unified social credit code",
        pattern=USCC_PATTERN,
        example="91210103MAYTX0128N",
        source="GB 32100-2015",
        check=is_uscc,
    ),
]
SUBJECT_PATTERN = USCC_PATTERN[:-1].replace("^", "^(?:") + r"|(?:UN|NP)-[0-9A-Z]{6,40})$"


def is_subject(subject: str) -> bool:
    """Whether an id names a registered firm by a true code, or one that has none by our own id."""
    return subject.startswith(("UN-", "NP-")) or is_uscc(subject)


SubjectId = Annotated[
    str,
    Term(
        zh="被查对象（统一社会信用代码；无代码的用平台编号）",
        en="Subject: USCC, or UN-/NP- id of one that has none",
        pattern=SUBJECT_PATTERN,
        example="91210103MAYTX011XN",
        source="GB 32100-2015；平台规则（无证无照对象编号）",
        check=is_subject,
    ),
]
OrganCode = Annotated[
    str,
    Term(
        zh="机关",
        en="Organ",
        pattern=r"^[A-Z][A-Z_]{1,19}$",
        example="HRSS_INSP",
        source="平台机关目录",
    ),
]
CertificateNumber = Annotated[
    str,
    Term(
        zh="执法证号",
        en="Enforcement certificate number",
        pattern=r"^[0-9A-Za-z-]{4,30}$",
        example="21010300123",
        source="行政处罚法第42条",
    ),
]
_REGION = "(?:[0-9]{6}|[0-9]{9}|[0-9]{2}-[A-Z]{2,8})"
REGION_PATTERN = f"^{_REGION}$"
"""A division: a county or what lies above it, a township, or a zone of a province (21-FTZ)."""

RegionCode = Annotated[
    str,
    Term(
        zh="行政区划代码",
        en="Division code",
        pattern=REGION_PATTERN,
        example="210103",
        source="GB/T 2260",
    ),
]
OrganisationName = Annotated[
    str,
    Term(
        zh="名称", en="Name", min_length=2, max_length=200, example="沈阳虚例北辰职介服务有限公司"
    ),
]
ScopeText = Annotated[
    str,
    Term(
        zh="经营范围",
        en="Registered business scope",
        min_length=1,
        max_length=8000,
        long=True,
        example="职业中介活动",
    ),
]
IDENTIFIER_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9:._-]{0,119}$"
Identifier = Annotated[
    str,
    Term(
        zh="编号",
        en="Identifier",
        pattern=IDENTIFIER_PATTERN,
        example="P-7F3K2Q9DXA",
    ),
]
PostId = Annotated[
    str,
    Term(
        zh="岗位",
        en="Post",
        pattern=rf"^[A-Z][A-Z_]{{1,19}}(?:[.:][0-9A-Z]{{2,20}})?@{_REGION}$",
        example="HRSS_INSP.HEAD@210103",
    ),
]
Code = Annotated[
    str,
    Term(zh="代码", en="Catalogue code", pattern=r"^[A-Z][A-Z0-9_-]{0,39}$", example="V-LIC-07"),
]
DocumentNumber = Annotated[
    str,
    Term(
        zh="文号",
        en="Document number",
        min_length=1,
        max_length=120,
        example="沈河人社撤字〔2025〕第3号",
    ),
]
Reason = Annotated[
    str,
    Term(
        zh="理由", en="Reason", min_length=2, max_length=2000, long=True, example="场所不符合条件"
    ),
]
ShortText = Annotated[
    str, Term(zh="说明", en="Text", min_length=1, max_length=400, example="一次性告知材料清单")
]
Digest = Annotated[
    str,
    Term(
        zh="摘要",
        en="SHA-256 digest",
        pattern=r"^[0-9a-f]{64}$",
        example="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ),
]
Persons = Annotated[int, Term(zh="人数", en="Persons", minimum=0, maximum=10_000_000, example="3")]
MoneyFen = Annotated[
    int, Term(zh="金额（分）", en="Amount in fen", minimum=0, maximum=9_007_199_254_740_991)
]
SignedFen = Annotated[
    int,
    Term(
        zh="金额（分，退还为负）",
        en="Amount in fen, negative for a refund",
        minimum=-9_007_199_254_740_991,
        maximum=9_007_199_254_740_991,
    ),
]


@dataclass(frozen=True, kw_only=True)
class FileRef:
    """A file as an event may name one: its hash, length and kind.

    The bytes lie in the owning department's content-addressed store. A command may carry the
    content itself; the gateway keeps it before anything is decided.
    """

    sha256: Digest
    length: Annotated[
        int, Term(zh="长度（字节）", en="Length in bytes", minimum=0, maximum=1_099_511_627_776)
    ]
    media_type: Annotated[
        str,
        Term(
            zh="文件类型",
            en="Media type",
            pattern=r"^[a-z]+/[A-Za-z0-9.+-]{1,100}$",
            example="application/pdf",
        ),
    ]


@dataclass(frozen=True, kw_only=True)
class PersonRef:
    """A person as an event may name one: an opaque reference and a salted commitment.

    The value (name, identity number, phone) lives in the owning department's vault. A
    command carries the value; the gateway seals it before anything is decided.
    """

    person: Annotated[
        str,
        Term(
            zh="人员引用",
            en="Opaque reference",
            pattern=r"^VP-[0-9A-Z]{16,40}$",
            example="VP-0123456789ABCDEFGHJK",
        ),
    ]
    commitment: Digest
