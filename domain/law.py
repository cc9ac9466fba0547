"""The whole law at once: importing this module declares every fact, command, decider and rule."""

from __future__ import annotations

from domain import (
    correction,
    credit_record,
    deadline,
    directory,
    filing,
    matter,
    organisation,
    powers,
    protected,
    reactions,
    violations,
)
from domain.commands import COMMANDS, DECIDERS
from domain.errors import Refusal
from domain.facts import FACTS
from domain.licence import (
    application,
    deregistration,
    ending,
    grant,
    in_force,
    renewal,
    verification,
)
from domain.licence import facts as licence
from domain.powers import POWERS
from domain.push import push_claim, scope_push
from domain.reactions import RULES

REFUSALS = Refusal.RULES
"""Every named refusal by its name."""

AGGREGATES = (
    organisation,
    scope_push,
    push_claim,
    licence,
    application,
    grant,
    in_force,
    renewal,
    verification,
    ending,
    deregistration,
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
