"""Intents: they wait for what they name, stay when refused, and are done once."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

from domain.credit_record import ReceiveCreditRecord
from domain.reactions import RULES
from gateways.department.database import INTENTS
from gateways.department.deciding.command_ids import COMMAND_NAMESPACE
from gateways.department.reacting import intents as intents_module
from gateways.department.reacting.intents import CREDENTIAL, intent_id
from tests.faults.organisations import uscc
from tests.gateways.department.town import Town, bodies, intents, opened, types


def states(town: Town, department: str) -> list[tuple[str, str]]:
    return [(one.rule, one.state) for one in intents(town.platform.departments[department])]


def rewritten(town: Town, department: str, **values: Any) -> None:
    """Changes the only intent of a department, as a rule of another version would have formed it."""
    with town.platform.departments[department].database.writing() as connection:
        assert connection.execute(INTENTS.update().values(**values)).rowcount == 1


def test_an_intent_stands_before_it_is_settled(town: Town) -> None:
    given = town.register()
    town.send()
    town.samr.intake.catch_up()
    (formed,) = intents(town.samr)
    assert (formed.rule, formed.state, formed.attempts) == ("R01", "PENDING", 0)
    assert formed.event_id == given.events[0].id
    assert formed.intent_id == intent_id(formed.event_id, "R01", uscc(0))
    assert "push.scope_pushed.v1" not in types(town.samr)
    assert town.samr.intents.step() == 1
    assert states(town, "samr") == [("R01", "DONE")]
    assert types(town.samr)[2:] == ["push.scope_pushed.v1"]


def test_a_rules_command_id_comes_from_event_rule_and_target(town: Town) -> None:
    given = town.register()
    town.platform.settle()
    intent = intent_id(given.events[0].id, "R01", uscc(0))
    push = bodies(town.samr)[2]
    assert push["command"] == str(uuid.uuid5(COMMAND_NAMESPACE, f"samr/{CREDENTIAL}/{intent}"))
    assert push["cause"] == given.events[0].id
    assert push["post"] == "AUTO:R01@SAMR"
    other = intent_id(given.events[0].id, "R01", uscc(1))
    assert len({intent, other, intent_id(given.events[0].id, "R02", uscc(0))}) == 3


def test_an_intent_waits_for_the_fact_it_names(town: Town) -> None:
    """发展改革 hears of a withdrawal before of the record that it withdraws."""
    town.grant()
    town.send()
    town.hr.intake.catch_up()
    while town.hr.intents.step():
        town.send()
        town.hr.intake.catch_up()
    town.send()
    town.drc.intake.catch_up()
    (intent,) = intents(town.drc)
    held = intent.data
    unknown = held.replace(intent.event_id, str(uuid.uuid5(uuid.NAMESPACE_URL, "not yet")))
    rewritten(town, "drc", data=unknown)
    assert town.drc.intents.step() == 0
    assert states(town, "drc") == [("DRC-RECEIVE", "WAITING")]
    (waiting,) = intents(town.drc)
    assert (waiting.refusal, waiting.attempts, waiting.settled) == (
        "CreditPushNotReceived",
        1,
        None,
    )
    assert town.drc.intents.step() == 0
    assert town.drc.intents.step(waiting=True) == 0
    (waiting,) = intents(town.drc)
    assert waiting.attempts == 1
    assert types(town.drc) == []
    rewritten(town, "drc", data=held)
    assert town.drc.intents.step(waiting=True) == 1
    assert states(town, "drc") == [("DRC-RECEIVE", "DONE")]
    assert types(town.drc) == ["credit.record_received.v1"]
    assert ReceiveCreditRecord.__name__ == bodies(town.drc)[0]["commandname"]


def test_a_refused_intent_stays_and_is_listed_until_it_is_retried(town: Town) -> None:
    town.register()
    town.send()
    town.samr.intake.catch_up()
    (formed,) = intents(town.samr)
    rewritten(
        town,
        "samr",
        data=formed.data.replace(formed.event_id, str(uuid.uuid5(uuid.NAMESPACE_URL, "none"))),
    )
    assert town.samr.intents.step() == 1
    with town.samr.reading() as connection:
        (refused,) = town.samr.intents.refused(connection)
        assert [(one.state, one.count) for one in town.samr.intents.counts(connection)] == [
            ("REFUSED", 1)
        ]
    assert refused.refusal == "RegistrationEventUnknown"
    assert uscc(0) in refused.refusal_values
    assert refused.settled == town.clock.now()
    town.platform.settle()
    assert states(town, "samr") == [("R01", "REFUSED")]
    rewritten(town, "samr", data=formed.data)
    town.samr.intents.retry(formed.intent_id)
    town.platform.settle()
    assert states(town, "samr") == [("R01", "DONE")]
    assert types(town.samr).count("push.scope_pushed.v1") == 1


def test_an_intent_with_data_that_fit_no_longer_is_refused_and_the_next_goes_on(
    town: Town,
) -> None:
    town.register()
    town.send()
    town.samr.intake.catch_up()
    rewritten(town, "samr", data='{"organisation": "nobody"}')
    town.register(1)
    town.platform.settle()
    assert sorted(state for _, state in states(town, "samr")) == ["DONE", "REFUSED"]
    (refused, _) = intents(town.samr)
    assert refused.refusal == "InvalidCommand"
    assert "organisation" in refused.refusal_values


class Killed(BaseException):
    """The process died here."""


@pytest.mark.parametrize("moment", ["before the command", "after the command"])
def test_a_process_killed_between_forming_and_settling_settles_once_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    def die(*_: Any, **__: Any) -> Any:
        raise Killed

    with opened(tmp_path) as town:
        town.register()
        town.send()
        town.samr.intake.catch_up()
        with monkeypatch.context() as crash:
            if moment == "before the command":
                crash.setattr(town.samr.gateway, "give", die)
            else:
                crash.setattr(intents_module.Intents, "_note", die)
            with pytest.raises(Killed):
                town.samr.intents.step()
        assert states(town, "samr") == [("R01", "PENDING")]
    with opened(tmp_path) as town:
        town.platform.settle()
        assert states(town, "samr") == [("R01", "DONE")]
        assert types(town.samr).count("push.scope_pushed.v1") == 1
        town.platform.settle()
        assert types(town.samr).count("push.scope_pushed.v1") == 1


def test_what_another_process_has_done_is_not_refused_afterwards(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.register()
    town.send()
    town.samr.intake.catch_up()
    (formed,) = intents(town.samr)
    give = town.samr.gateway.give

    def done_meanwhile_then_refused(*told: Any, **more: Any) -> Any:
        monkeypatch.setattr(town.samr.gateway, "give", give)
        assert town.samr.intents.step() == 1
        return give("PushBusinessScope", {"organisation": uscc(0)}, *told[2:], **more)

    monkeypatch.setattr(town.samr.gateway, "give", done_meanwhile_then_refused)
    assert town.samr.intents.step() == 0
    (done,) = intents(town.samr)
    assert (done.state, done.intent_id, done.refusal) == ("DONE", formed.intent_id, None)


def test_every_automatic_rule_has_a_place_where_it_runs() -> None:
    formed = {rule.id for rules in intents_module._RULES.values() for rule in rules}
    assert formed == {rule.id for rule in RULES if rule.kind.value == "AUTOMATIC"}
