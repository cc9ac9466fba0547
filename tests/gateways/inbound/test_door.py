"""A department's own system writes its facts through its topic, and is answered one by one."""

from __future__ import annotations

from gateways.contracts import canonical
from ops.player import all_events
from tests.gateways.department.town import Town
from tests.gateways.inbound.sending import MKT, answers, claim, drain, send


def test_an_accepted_message_is_a_fact_and_a_wrong_one_holds_up_nothing(town: Town) -> None:
    wrong = claim(1, key="2")
    wrong["data"]["remark"] = "无"
    send(town.log, claim(0, key="1"), wrong, claim(2, key="3"))
    drain(town)
    first, second, third = answers(town.log)
    assert (first["outcome"], first["events"][0]["type"]) == ("ACCEPTED", "push.claimed.v1")
    assert (second["outcome"], second["rule"]) == ("INVALID", "InvalidCommand")
    assert {one["field"] for one in second["problems"]} == {"data.remark"}
    assert third["outcome"] == "ACCEPTED"
    claims = [
        body
        for body in (canonical.decode(event.body) for event in all_events(town.hr.store))
        if body["type"] == "push.claimed.v1"
    ]
    assert [one["id"] for one in claims] == [first["events"][0]["id"], third["events"][0]["id"]]
    assert {(one["post"], one["appointment"]) for one in claims} == {(MKT, f"聘任:{MKT}")}
