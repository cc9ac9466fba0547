"""Commit, then reveal: the seed of a draw comes from two departments and from neither alone.

The rules (reference 6.2; Appendix D 14: each draw has commitments and a seed of its own):

1. Each of the two departments draws a secret of 32 bytes and publishes only its commitment:
   SHA-256 over `liandong:draw-commitment:v1` LF draw id LF department LF, then the secret.
   The department stands in it, so that nobody answers with a copy of the other's; the draw
   stands in it, so that no commitment serves twice.
2. Nobody reveals before the population is frozen and both commitments stand. A revealed
   secret must be the one that was committed to.
3. The seed is SHA-256 over `liandong:draw-seed:v1` LF draw id LF population hash LF plan
   hash LF, then the secrets, the department that comes first in the alphabet first.

One honest department makes the seed unforeseeable; two dishonest ones can choose it together.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from hmac import compare_digest

from domain.draw.population import WORD
from domain.errors import Refusal

SECRET_BYTES = 32
_COMMITMENT = b"liandong:draw-commitment:v1\n"
_SEED = b"liandong:draw-seed:v1\n"


class SecretIllFormed(Refusal):
    """A secret is not 32 bytes: fewer could be guessed, more would not be what was agreed."""

    zh = "抽取密值应为32字节，收到的为{bytes}字节。"
    en = "the secret of a draw has 32 bytes; this one has {bytes}."
    next_zh = "请使用平台生成的密值。"
    next_en = "use the secret that the platform made."
    source = "平台规则（先承诺后揭示）"
    field = "secret"


class RevealDoesNotMatch(Refusal):
    """A department revealed another secret than the one it committed to."""

    zh = "{department} 揭示的密值与其在抽取 {draw} 中公布的承诺不符。"
    en = "what {department} revealed is not what it committed to for the draw {draw}."
    next_zh = "请揭示作出承诺时的密值；无法揭示的，本次抽取作废，双方重新承诺。"
    next_en = (
        "reveal the secret behind the commitment; where it is lost, this draw is void and both "
        "departments commit anew."
    )
    source = "平台规则（先承诺后揭示）"
    field = "secret"


class TwoDepartmentsMakeASeed(Refusal):
    """A seed needs the secrets of exactly two departments."""

    zh = "随机种子须由两个部门的密值共同生成，现有{count}个。"
    en = "a seed is made of the secrets of two departments; here are {count}."
    next_zh = "请等待两个部门都揭示密值。"
    next_en = "wait until both departments have revealed."
    source = "平台规则（先承诺后揭示）；鄂人社函〔2022〕97号 二（一）"
    transient = True


def commitment_of(draw: str, department: str, secret: bytes) -> str:
    """The commitment of a department to its secret for one draw, in hexadecimal."""
    if len(secret) != SECRET_BYTES:
        raise SecretIllFormed(bytes=len(secret))
    for word in (draw, department):
        if not WORD.fullmatch(word):
            raise ValueError(f"{word!r} is no id")
    return sha256(_COMMITMENT + f"{draw}\n{department}\n".encode() + secret).hexdigest()


def judge_reveal(draw: str, department: str, secret: bytes, commitment: str) -> None:
    """Refuses a secret that is not the one behind the commitment."""
    if not compare_digest(commitment_of(draw, department, secret).encode(), commitment.encode()):
        raise RevealDoesNotMatch(department=department, draw=draw)


def seed_of(draw: str, population_hash: str, plan_hash: str, secrets: Mapping[str, bytes]) -> bytes:
    """The seed of a draw, from the secrets by department."""
    if len(secrets) != 2:
        raise TwoDepartmentsMakeASeed(count=len(secrets))
    for secret in secrets.values():
        if len(secret) != SECRET_BYTES:
            raise SecretIllFormed(bytes=len(secret))
    ordered = b"".join(secrets[name] for name in sorted(secrets, key=str.encode))
    return sha256(_SEED + f"{draw}\n{population_hash}\n{plan_hash}\n".encode() + ordered).digest()
