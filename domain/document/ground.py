"""What a document or a piece of evidence is about, and the matter it takes from there.

A case, lead, referral, disposal request or campaign has a stream of its own, at home or elsewhere; a
complaint, finding, correction or interview stands among its subject's facts. What concerns
only the firm opens a matter of its own.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from domain.commands import Context, History, Own, Read, Received
from domain.document.rules import DocumentGroundUnknown
from domain.facts import Recorded
from domain.lead.halves import known

STREAMS = (
    "case",
    "lead",
    "lead_receipt",
    "referral",
    "disposal",
    "inspection_task",
    "campaign",
)
SUBJECT_STREAMS = ("complaint", "correction", "supervision")


def reads(about: str, subject: str) -> tuple[Read, ...]:
    """The reads by which what a document is about is known."""
    return tuple(
        read
        for stream in (
            *(f"{kind}/{about}" for kind in STREAMS),
            *(f"{kind}/{subject}" for kind in SUBJECT_STREAMS),
        )
        for read in (Own(stream=stream), Received(stream=stream))
    )


def matter(about: str, subject: str, history: History, context: Context) -> str:
    """The matter of what a document is about. Raises DocumentGroundUnknown."""
    for kind in STREAMS:
        facts = known(history, f"{kind}/{about}")
        if facts:
            return facts[0].matter
    for kind in SUBJECT_STREAMS:
        for recorded in known(history, f"{kind}/{subject}"):
            if _names(recorded, about):
                return recorded.matter
    if about != subject:
        raise DocumentGroundUnknown(about=about)
    return context.mint("M")


def _names(recorded: Recorded[Any], about: str) -> bool:
    """Whether a fact is the one of this id."""
    return recorded.id == about or any(
        one.name.endswith("_id") and getattr(recorded.fact, one.name) == about
        for one in fields(recorded.fact)
    )
