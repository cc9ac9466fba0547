"""Reactions: named rules "when X, then Y" (reference 14.3).

Two kinds, never mixed. An *automatic* rule leaves no discretion: the department gives its
command itself. A *duty* leaves the decision to an officer: the rule opens a task and names
the command and the clock. A rule runs in the node of its owner, on facts that node receives.
"""

from __future__ import annotations

from domain.reactions.campaigns import CAMPAIGN_REACTIONS
from domain.reactions.casework import CASEWORK
from domain.reactions.draws import DRAWS
from domain.reactions.inspecting import INSPECTING_RULES
from domain.reactions.licensing import ENDS, LICENSING
from domain.reactions.words import Kind, Rule

__all__ = ["ENDS", "RULES", "Kind", "Rule", "rules_for"]

RULES: tuple[Rule, ...] = (
    *LICENSING,
    *CASEWORK,
    *DRAWS,
    *INSPECTING_RULES,
    *CAMPAIGN_REACTIONS,
)
"""Every reaction: of a licence's story, of leads and cases, of draws, inspections, campaigns."""


def rules_for(type_name: str) -> tuple[Rule, ...]:
    """The rules that look at facts of a type."""
    return tuple(rule for rule in RULES if type_name in rule.when)
