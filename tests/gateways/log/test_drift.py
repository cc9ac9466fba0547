"""What of a log differs from the table, judged without a broker."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateways.log.drift import EVERY_TOPIC, Standing, TopicStands, differences, topic_settings
from gateways.log.grants import grants, users
from ops.log_access import Passwords


@pytest.mark.parametrize(("brokers", "copies"), [(1, 1), (2, 2), (3, 3), (3, 1), (3, 2)])
def test_the_settings_of_a_topic_never_ask_for_more_copies_than_it_has(
    brokers: int, copies: int
) -> None:
    settings = topic_settings(copies)
    assert 1 <= int(settings["min.insync.replicas"]) <= copies
    topics = {
        name: TopicStands(topic.partitions, copies, settings) for name, topic in EVERY_TOPIC.items()
    }
    found = differences(Standing(brokers, topics, users(), grants()))
    assert {one.kind for one in found} == (set() if copies == brokers else {"TOO_FEW_COPIES"})


def test_a_password_that_no_broker_took_leaves_the_old_one_in_its_place(tmp_path: Path) -> None:
    passwords = Passwords(tmp_path)
    old = passwords.kept("liandong-hr")

    def unreachable(_user: str, _password: str) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        passwords.renew("liandong-hr", unreachable)
    assert passwords.kept("liandong-hr") == old
    told: list[tuple[str, str]] = []
    passwords.renew("liandong-hr", lambda *taken: told.append(taken))
    assert told == [("liandong-hr", passwords.kept("liandong-hr"))]
    assert passwords.kept("liandong-hr") != old
    assert [one.name for one in tmp_path.iterdir()] == ["liandong-hr.password"]
