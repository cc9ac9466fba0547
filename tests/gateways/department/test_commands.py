"""Giving a command: the same answer for ever, a named refusal, and nothing kept of a refused one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from domain.commands import Post
from domain.errors import Refusal
from domain.organisation import AlreadyRegistered
from domain.powers import AutomaticOnly, NoPower, OfficerMustDecide, OutsideTerritory
from gateways.department.deciding.answers import Given, InvalidCommand, KeyReused, UnknownCommand
from gateways.department.node import ORPHAN_AGE_US, Department
from gateways.department.reacting.intents import rule_post
from gateways.store.port import Append, Outcome
from gateways.trust.vault import PERSONS, VALUES
from ops.posts import default_post
from projections.human_resources import licence_of
from tests.faults.organisations import uscc
from tests.gateways.department.town import PERSON, REGION, Town, bodies, firm, types

SAMR = default_post("SAMR", REGION)


def nothing_is_stored(department: Department) -> bool:
    head = department.store.head()
    return head.sequence == head.private_sequence == 0


def sealed(department: Department) -> int:
    """How many values and persons the vault holds."""
    with department.reading() as connection:
        return len(connection.execute(select(VALUES.c.person)).all()) + len(
            connection.execute(select(PERSONS.c.person)).all()
        )


def test_the_same_key_and_body_get_the_same_answer(town: Town) -> None:
    first = town.give("SAMR", "RegisterOrganisation", firm(), key="once")
    second = town.give("SAMR", "RegisterOrganisation", firm(), key="once")
    assert not first.repeated
    assert second.repeated
    assert (second.command_id, second.events) == (first.command_id, first.events)
    assert second.position == first.position == "samr:1-2"
    assert types(town.samr) == ["subject.registered.v1", "subject.registrant_notified.v1"]
    assert [event.type for event in second.events] == types(town.samr)


def test_the_answer_is_the_same_for_personal_values_too(town: Town) -> None:
    told = firm() | {"legal_representative": PERSON}
    first = town.give("SAMR", "RegisterOrganisation", told, key="once")
    assert town.give("SAMR", "RegisterOrganisation", told, key="once").events == first.events
    other = told | {"legal_representative": PERSON | {"phone": "00000000009"}}
    with pytest.raises(KeyReused):
        town.give("SAMR", "RegisterOrganisation", other, key="once")
    assert sealed(town.samr) == 2


def test_another_body_with_a_known_key_is_refused(town: Town) -> None:
    town.give("SAMR", "RegisterOrganisation", firm(0), key="once")
    with pytest.raises(KeyReused):
        town.give("SAMR", "RegisterOrganisation", firm(1), key="once")
    assert len(types(town.samr)) == 2


def test_keys_of_different_credentials_are_different(town: Town) -> None:
    one = town.samr.give("RegisterOrganisation", firm(0), SAMR, key="once", credential="a")
    two = town.samr.give("RegisterOrganisation", firm(1), SAMR, key="once", credential="b")
    assert one.command_id != two.command_id
    assert not two.repeated


def test_a_refusal_is_not_remembered(town: Town) -> None:
    data = {"organisation": uscc(0)}
    with pytest.raises(Refusal):
        town.give("HRSS_MKT", "ClaimPush", data, key="claim")
    town.register()
    town.platform.settle()
    assert town.give("HRSS_MKT", "ClaimPush", data, key="claim").events[0].type == "push.claimed.v1"


def at_once(acts: list[Callable[[], Given]]) -> list[Given | Exception]:
    """What became of acts that start together, each in a thread of its own."""
    barrier = threading.Barrier(len(acts))
    outcomes: list[Given | Exception] = []

    def run(act: Callable[[], Given]) -> None:
        barrier.wait()
        try:
            outcomes.append(act())
        except Exception as error:
            outcomes.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def meeting(town: Town, monkeypatch: pytest.MonkeyPatch, threads: int) -> None:
    """Lets deciders meet: each has read its histories before the first of them is recorded."""
    barrier = threading.Barrier(threads)
    append = town.samr.store.append
    met = threading.local()

    def wait_first(one: Any) -> Any:
        if not getattr(met, "already", False):
            met.already = True
            barrier.wait(5)
        return append(one)

    monkeypatch.setattr(town.samr.store, "append", wait_first)


def test_of_two_who_decide_on_one_stream_one_wins(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting(town, monkeypatch, 4)
    outcomes = at_once(
        [partial(town.give, "SAMR", "RegisterOrganisation", firm(), key=key) for key in "abcd"]
    )
    assert sum(isinstance(one, Given) for one in outcomes) == 1
    assert sum(isinstance(one, AlreadyRegistered) for one in outcomes) == 3
    assert len(types(town.samr)) == 2


def test_one_who_lost_decides_again_on_what_won(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.register()
    meeting(town, monkeypatch, 2)
    changes = [("NAME", "沈阳虚例新名人力有限公司"), ("ADDRESS", "沈阳市虚例路1号")]
    outcomes = at_once(
        [
            partial(
                town.give,
                "SAMR",
                "ChangeRegistration",
                {"organisation": uscc(0), "change": change, "after": after},
            )
            for change, after in changes
        ]
    )
    assert all(isinstance(one, Given) for one in outcomes)
    recorded = bodies(town.samr)[2:]
    assert sorted(one["data"]["change"] for one in recorded) == ["ADDRESS", "NAME"]
    assert [int(one["streamversion"]) for one in recorded] == [3, 4]


def test_a_command_given_twice_at_once_gets_one_answer(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting(town, monkeypatch, 2)
    outcomes = at_once([lambda: town.give("SAMR", "RegisterOrganisation", firm(), key="once")] * 2)
    assert all(isinstance(one, Given) for one in outcomes)
    assert len({one.events for one in outcomes if isinstance(one, Given)}) == 1
    assert sorted(one.repeated for one in outcomes if isinstance(one, Given)) == [False, True]


def test_a_twin_that_finds_its_own_effect_gets_the_answer(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = town.samr.store.find_command
    answers: list[Any] = []

    def first_look_is_too_early(scope: str) -> Any:
        answers.append(scope)
        return None if len(answers) == 2 else looked(scope)

    monkeypatch.setattr(town.samr.store, "find_command", first_look_is_too_early)
    first = town.give("SAMR", "RegisterOrganisation", firm(), key="once")
    second = town.give("SAMR", "RegisterOrganisation", firm(), key="once")
    assert second.repeated
    assert second.events == first.events


def test_invalid_data_is_named_field_by_field(town: Town) -> None:
    shape = firm() | {"colour": "red", "scope": 5}
    check_digit = firm() | {"organisation": "91210103MAYTX0128A"}
    for wrong, fields in ((shape, {"colour", "scope"}), (check_digit, {"organisation"})):
        with pytest.raises(InvalidCommand) as refused:
            town.give("SAMR", "RegisterOrganisation", wrong)
        assert {problem.field for problem in refused.value.problems} == fields
        assert all(problem.zh and problem.en for problem in refused.value.problems)
    assert nothing_is_stored(town.samr)


def test_an_unknown_command_is_said_to_be_unknown(town: Town) -> None:
    with pytest.raises(UnknownCommand):
        town.give("SAMR", "RegisterOrganization", firm())


def test_a_person_may_not_give_what_a_rule_gives(town: Town) -> None:
    given = town.register()
    push = {"organisation": uscc(0), "registration_event": given.events[0].id}
    with pytest.raises(AutomaticOnly):
        town.give("SAMR", "PushBusinessScope", push)
    assert "push.scope_pushed.v1" not in types(town.samr)


def test_a_rule_may_not_give_what_an_officer_decides(town: Town) -> None:
    with pytest.raises(OfficerMustDecide):
        town.give("SAMR", "RegisterOrganisation", firm(), post=rule_post("R01", "SAMR", REGION))
    assert nothing_is_stored(town.samr)


@pytest.mark.parametrize("region", ["210104", "220000"])
def test_a_post_outside_the_territory_is_refused(town: Town, region: str) -> None:
    with pytest.raises(OutsideTerritory):
        town.give("SAMR", "RegisterOrganisation", firm() | {"region": region})
    town.give("SAMR", "RegisterOrganisation", firm(1) | {"region": REGION})
    elsewhere = default_post("SAMR", region)
    with pytest.raises(OutsideTerritory):
        town.give(
            "SAMR",
            "ChangeRegistration",
            {"organisation": uscc(1), "change": "NAME", "after": "沈阳虚例新名人力有限公司"},
            post=elsewhere,
        )
    assert len(types(town.samr)) == 2


def test_an_organ_without_the_power_is_refused(town: Town) -> None:
    with pytest.raises(NoPower):
        town.give("HRSS_MKT", "GrantLicence", {"organisation": uscc(0)})
    assert nothing_is_stored(town.hr)


REFUSED: dict[str, tuple[dict[str, Any], Post]] = {
    "invalid": (firm() | {"scope": ""}, SAMR),
    "without power": (firm(), default_post("SAMR", "220000")),
    "refused by a rule": (firm() | {"registered_on": "2031-01-01"}, SAMR),
}


@pytest.mark.parametrize(("data", "post"), REFUSED.values(), ids=REFUSED)
def test_nothing_is_kept_of_a_refused_command(town: Town, data: dict[str, Any], post: Post) -> None:
    told = data | {"legal_representative": PERSON, "region": REGION}
    with pytest.raises((InvalidCommand, Refusal)):
        town.give("SAMR", "RegisterOrganisation", told, post=post)
    town.clock.advance_to(town.clock.now() + ORPHAN_AGE_US + 1)
    town.samr.sweep()
    assert nothing_is_stored(town.samr)
    assert sealed(town.samr) == 0


def test_a_sweep_waits_until_a_command_must_have_been_decided(town: Town) -> None:
    told = firm() | {"legal_representative": PERSON, "registered_on": "2031-01-01"}
    with pytest.raises(Refusal):
        town.give("SAMR", "RegisterOrganisation", told)
    town.clock.advance_to(town.clock.now() + ORPHAN_AGE_US - 1)
    assert town.samr.sweep() == 0
    assert sealed(town.samr) == 2


def person_of(town: Town, place: int = 0) -> str:
    return str(bodies(town.samr)[place]["data"]["legal_representative"]["person"])


def test_a_sweep_keeps_what_a_recorded_command_names(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process died after the append and before it confirmed the value."""
    with monkeypatch.context() as crash:
        crash.setattr(town.samr.vault, "confirm", lambda *_: None)
        town.give("SAMR", "RegisterOrganisation", firm() | {"legal_representative": PERSON})
    with pytest.raises(Refusal):
        town.give("SAMR", "RegisterOrganisation", firm() | {"legal_representative": PERSON})
    town.clock.advance_to(town.clock.now() + ORPHAN_AGE_US + 1)
    assert town.samr.sweep() == 1
    assert town.samr.sweep() == 0
    assert town.samr.person(person_of(town), "核对登记", SAMR, key="read") == PERSON


def test_a_refused_command_leaves_nothing_beside_an_accepted_one(town: Town) -> None:
    told = firm() | {"legal_representative": PERSON}
    with pytest.raises(Refusal):
        town.give("SAMR", "RegisterOrganisation", told | {"registered_on": "2031-01-01"})
    town.give("SAMR", "RegisterOrganisation", told)
    town.clock.advance_to(town.clock.now() + ORPHAN_AGE_US + 1)
    assert town.samr.sweep() == 1
    assert sealed(town.samr) == 2
    assert town.samr.person(person_of(town), "核对登记", SAMR, key="read") == PERSON


def test_the_same_command_corrected_keeps_only_what_was_recorded(town: Town) -> None:
    told = firm() | {"legal_representative": PERSON | {"phone": "00000000008"}}
    with pytest.raises(Refusal):
        town.give(
            "SAMR", "RegisterOrganisation", told | {"registered_on": "2031-01-01"}, key="once"
        )
    town.give("SAMR", "RegisterOrganisation", firm() | {"legal_representative": PERSON}, key="once")
    town.clock.advance_to(town.clock.now() + ORPHAN_AGE_US + 1)
    assert town.samr.sweep() == 1
    assert town.samr.person(person_of(town), "核对登记", SAMR, key="read") == PERSON


def test_workers_sweep_the_vault(town: Town) -> None:
    told = firm() | {"legal_representative": PERSON, "registered_on": "2031-01-01"}
    with pytest.raises(Refusal):
        town.give("SAMR", "RegisterOrganisation", told)
    town.clock.advance_to(town.clock.now() + ORPHAN_AGE_US + 1)
    swept = threading.Event()
    sweep = town.samr.sweep

    def tell() -> int:
        try:
            return sweep()
        finally:
            swept.set()

    town.samr.sweep = tell  # type: ignore[method-assign]
    town.platform.start(["intake"])
    assert swept.wait(5)
    workers = town.platform.workers
    assert workers is not None
    workers.stop()
    assert sealed(town.samr) == 0


def test_a_write_is_read_where_its_position_is_applied(town: Town) -> None:
    town.grant()
    given = town.give(
        "SAMR",
        "ChangeRegistration",
        {"organisation": uscc(0), "change": "NAME", "after": "沈阳虚例新名人力有限公司"},
    )
    assert not town.hr.applied(given.position)
    town.platform.settle()
    assert town.hr.applied(given.position)
    assert town.hr.applied("")
    with town.hr.reading() as connection:
        licence = licence_of(connection, uscc(0))
    assert licence is not None


def test_a_decision_rests_on_the_streams_that_it_only_read_too(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A referral reported meanwhile bars the penalty, though the penalty does not touch it."""
    only_read: dict[str, set[str]] = {}
    kept = town.hr.store.append

    def append(one: Append) -> Outcome:
        written = {draft.stream for draft in one.drafts}
        only_read.setdefault(one.command_name, set()).update(one.expected.keys() - written)
        return kept(one)

    monkeypatch.setattr(town.hr.store, "append", append)
    town.grant()
    assert any(only_read.values()), only_read


def test_an_officers_decision_is_stamped_after_what_it_read(town: Town) -> None:
    for number in range(5):
        town.register(number)
    town.send()
    town.samr.intake.catch_up()
    town.samr.intents.step()
    town.send()
    town.hr.intake.catch_up()
    town.give("HRSS_MKT", "ClaimPush", {"organisation": uscc(4)})
    pushed = max(one["recorded"] for one in bodies(town.samr) if one["subject"] == uscc(4))
    assert bodies(town.hr)[-1]["recorded"] > pushed
