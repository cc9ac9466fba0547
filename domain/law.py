"""The whole law at once: importing this module declares every fact, command, decider and rule."""

from __future__ import annotations

from domain import (
    correction,
    credit_record,
    deadline,
    directory,
    filing,
    licence,
    licence_application,
    licence_deregistration,
    licence_ending,
    licence_grant,
    licence_in_force,
    licence_renewal,
    licence_verification,
    matter,
    organisation,
    powers,
    protected,
    push_claim,
    reactions,
    scope_push,
    violations,
)
from domain.commands import COMMANDS, DECIDERS
from domain.errors import Refusal
from domain.facts import FACTS
from domain.powers import POWERS
from domain.reactions import RULES

REFUSALS = Refusal.RULES
"""Every named refusal by its name."""

AGGREGATES = (
    organisation,
    scope_push,
    push_claim,
    licence,
    licence_application,
    licence_grant,
    licence_in_force,
    licence_renewal,
    licence_verification,
    licence_ending,
    licence_deregistration,
    correction,
    filing,
    directory,
    credit_record,
    matter,
    deadline,
    protected,
)
"""The aggregate modules, in the order an officer meets them."""

__all__ = [
    "AGGREGATES",
    "COMMANDS",
    "DECIDERS",
    "FACTS",
    "POWERS",
    "REFUSALS",
    "RULES",
    "powers",
    "reactions",
    "violations",
]
