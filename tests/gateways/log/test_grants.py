"""Who may do what on a real broker whose users and grants the table of departments made."""

from __future__ import annotations

import contextlib
import json
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import confluent_kafka
import pytest
from kafka.admin import (
    ConfigResource,
    ConfigResourceType,
    KafkaAdminClient,
    ScramMechanism,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)
from kafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
)
from sqlalchemy import select

from domain.departments import (
    ANSWERS_FAMILY,
    INBOUND_FAMILY,
    NODES,
    OWN_TOPICS,
    TOPICS,
    entitled_topics,
)
from gateways.log.drift import Standing, differences
from gateways.log.grants import Grant, department_user, system_groups, system_user
from gateways.log.kafka import KafkaLog
from gateways.log.kafka_grants import KafkaGrants, acl_of, filter_of
from gateways.log.port import LogRefused, OutRecord
from ops.cli import run
from ops.posts import default_post
from ops.scenario import moment
from ops.services.kafka.properties import ADMINISTRATOR, MECHANISM
from ops.settings import Mode, Settings, StoreMode
from ops.wiring import house
from projections.received import RECEIVED
from tests.flows.stories.playing import own_database
from tests.gateways.department.town import START, firm
from tests.gateways.log.reading import from_start
from tests.gateways.log.secured import PROTOCOL, Secured, applied, first_of, sees, takes

pytestmark = pytest.mark.services

LICENSING, COMPLAINT = "labour.hr.licensing", "labour.hr.complaint"
REGISTRATION = "labour.samr.registration"
Told = Callable[..., tuple[int, Any]]


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """A secured broker to which the table was applied once, as an operator does it."""
    with applied(tmp_path_factory.mktemp("broker"), tmp_path_factory.mktemp("operator")) as one:
        yield one


@pytest.fixture
def liandong(
    secured: Secured, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Told:
    """The tool as whoever administers the broker: its exit code and the JSON that it prints."""
    for name, value in secured.settings.items():
        monkeypatch.setenv(f"LIANDONG_{name}", value)

    def told(*arguments: str) -> tuple[int, Any]:
        capsys.readouterr()
        code = run([*arguments, "--json"])
        printed = capsys.readouterr()
        return code, json.loads(printed.out) if printed.out else printed.err

    return told


@pytest.fixture(scope="module")
def admin(secured: Secured) -> Iterator[Any]:
    """An administrator's own client."""
    client = secured.access(ADMINISTRATOR).open(KafkaAdminClient)
    yield client
    client.close()


@contextlib.contextmanager
def log_of(secured: Secured, user: str) -> Iterator[KafkaLog]:
    log = KafkaLog(secured.access(user))
    try:
        yield log
    finally:
        log.close()


def fact(topic: str) -> OutRecord:
    return OutRecord(topic, 0, b"key", b"value")


def standing(secured: Secured) -> Standing:
    return KafkaGrants(secured.access(ADMINISTRATOR)).standing()


def allows(stands: list[Grant], operation: str, topic: str) -> bool:
    """What Kafka answers from a user's list, by Kafka's own rules for names and for `All`."""
    return any(
        grant.kind == "TOPIC"
        and grant.allow
        and grant.operation in (operation, "ALL")
        and (topic.startswith(grant.name) if grant.prefixed else grant.name in (topic, "*"))
        for grant in stands
    )


def test_the_broker_lets_each_department_write_its_own_topics_and_read_its_entitled_ones_only(
    secured: Secured,
) -> None:
    stands = standing(secured).grants
    assert stands is not None
    for node in NODES:
        entitled = {topic.name for topic in entitled_topics(node)}
        ours = [grant for grant in stands if grant.user == department_user(node)]
        theirs = [grant for grant in stands if grant.user == system_user(node)]
        for topic in TOPICS.values():
            assert allows(ours, "WRITE", topic.name) == (topic.node == node)
            assert allows(ours, "READ", topic.name) == (topic.name in entitled)
            assert allows(theirs, "READ", topic.name) == (topic.name in entitled)
            assert not allows(theirs, "WRITE", topic.name)
            for operation in ("CREATE", "ALTER", "ALTER_CONFIGS", "DELETE"):
                assert not allows(ours, operation, topic.name)
                assert not allows(theirs, operation, topic.name)
        for topic in OWN_TOPICS.values():
            asked = topic.node == node and topic.family == INBOUND_FAMILY
            answered = topic.node == node and topic.family == ANSWERS_FAMILY
            assert allows(theirs, "WRITE", topic.name) == asked == allows(ours, "READ", topic.name)
            assert allows(theirs, "READ", topic.name) == answered
            assert allows(ours, "WRITE", topic.name) == answered


@pytest.mark.parametrize(
    ("node", "topic"),
    [("hr", REGISTRATION), ("samr", LICENSING), ("lgo", "labour.psb.criminal"), ("fao", COMPLAINT)],
)
def test_a_department_cannot_write_the_topic_of_another(
    secured: Secured, node: str, topic: str
) -> None:
    with log_of(secured, department_user(node)) as log:
        own = f"labour.{node}.lead"
        log.writer("relay").append([fact(own)])
        before = sum(log.ends([own]).values())
        began = time.monotonic()
        with pytest.raises(LogRefused, match=f"refuses {department_user(node)}.*{topic}"):
            log.writer("relay").append([fact(topic)])
        assert time.monotonic() - began < 30
        assert before >= 1


@pytest.mark.parametrize(
    ("node", "topic"),
    [
        ("samr", COMPLAINT),
        ("oversight", COMPLAINT),
        ("lgo", "labour.psb.criminal"),
        ("fao", LICENSING),
    ],
)
def test_a_department_cannot_read_what_it_is_not_entitled_to(
    secured: Secured, node: str, topic: str
) -> None:
    with log_of(secured, department_user(node)) as log:
        with pytest.raises(LogRefused, match=topic):
            log.read({(topic, 0): 0}, limit=1, bytes_max=1000)
        with pytest.raises(LogRefused, match=topic):
            log.ends([topic])
        with pytest.raises(LogRefused):
            log.reader(f"labour.{node}.intake", [topic], from_start).poll(limit=1, timeout_s=20)


def test_the_system_of_a_department_reads_with_any_client_in_groups_of_its_own_name(
    secured: Secured,
) -> None:
    with log_of(secured, department_user("hr")) as log:
        log.writer("relay").append([fact(LICENSING)])
    user = system_user("samr")
    assert first_of(secured, user, LICENSING, system_groups("samr") + "cases") == b"value"
    with pytest.raises(GroupAuthorizationFailedError):
        first_of(secured, user, LICENSING, "labour.samr.intake")
    with log_of(secured, user) as log:
        with pytest.raises(LogRefused, match=COMPLAINT):
            log.read({(COMPLAINT, 0): 0}, limit=1, bytes_max=1000)
        with pytest.raises(LogRefused, match=user):
            log.writer("relay").append([fact("labour.samr.lead")])


def test_another_client_reads_over_tls_with_what_was_handed_to_its_department(
    secured: Secured,
) -> None:
    with log_of(secured, department_user("hr")) as log:
        log.writer("relay").append([fact(LICENSING)])
    user = system_user("psb")
    shown = secured.librdkafka(user) | {"auto.offset.reset": "earliest"}
    consumer = confluent_kafka.Consumer(shown | {"group.id": system_groups("psb") + "cases"})
    try:
        consumer.subscribe([LICENSING])
        record = consumer.poll(60)
        assert record is not None
        assert (record.error(), record.value()) == (None, b"value")
        consumer.subscribe([COMPLAINT])
        refused = consumer.poll(60)
        while refused is not None and refused.error() is None:
            refused = consumer.poll(60)
        assert refused is not None
        assert refused.error().code() == confluent_kafka.KafkaError.TOPIC_AUTHORIZATION_FAILED
    finally:
        consumer.close()


def test_a_department_makes_no_topics_and_grants_nothing(secured: Secured) -> None:
    client = secured.access(department_user("hr")).open(KafkaAdminClient)
    try:
        for name in ("labour.hr.more", LICENSING):
            answer = client.create_topics([name], raise_errors=False)["topics"][0]
            assert answer["error_code"] in (29, 31)
        with pytest.raises(TopicAuthorizationFailedError):
            client.delete_topics([LICENSING])
        more = acl_of(Grant(department_user("hr"), "WRITE", "TOPIC", REGISTRATION))
        failed = client.create_acls([more])["failed"]
        assert failed == [ClusterAuthorizationFailedError]
    finally:
        client.close()


def test_each_departments_process_works_with_its_own_user(
    secured: Secured, liandong: Told, tmp_path: Path, postgres_url: str
) -> None:
    with own_database(postgres_url) as database, contextlib.ExitStack() as opened:
        towns = {
            node: opened.enter_context(
                house(
                    process_of(secured, node, database, tmp_path),
                    create=True,
                    start=moment(START),
                )
            ).platform.departments[node]
            for node in ("samr", "hr")
        }
        post = default_post("SAMR", "210103")
        towns["samr"].give("RegisterOrganisation", firm(0), post, key="k")
        while towns["samr"].relay.step():
            pass
        towns["samr"].relay.close_topics()
        towns["hr"].intake.catch_up()
        with towns["hr"].reading() as connection:
            received = set(connection.execute(select(RECEIVED.c.type)).scalars())
        assert "subject.registered.v1" in received
        told = process_of(secured, "hr", database, tmp_path)
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("LIANDONG_KAFKA_USERNAME")
            patch.setenv("LIANDONG_DATA", str(told.data))
            patch.setenv("LIANDONG_DATABASE", database)
            patch.setenv("LIANDONG_DEPARTMENTS", "hr")
            patch.setenv("LIANDONG_KAFKA_PASSWORD_FILE", str(told.kafka_password_file))
            code, rows = liandong("topics")
        ends = {row["topic"]: row.get("end") for row in rows}
        assert (code, ends["labour.fao.document"]) == (0, None)
        assert ends[REGISTRATION] > 0


def process_of(secured: Secured, node: str, database: str, folder: Path) -> Settings:
    """The settings of a process of one department, which has only its own password."""
    return Settings(
        data=folder / node,
        mode=Mode.JOINED,
        database=database,
        kafka=secured.broker.bootstrap,
        kafka_protocol=PROTOCOL,
        kafka_username=None,
        kafka_password_file=secured.data / "kafka-users" / f"{department_user(node)}.password",
        departments=(node,),
        store=StoreMode.SIMULATED,
    )


def test_passwords_are_made_once_for_their_owner_alone_and_printed_only_when_asked_for(
    secured: Secured, liandong: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    files = sorted((secured.data / "kafka-users").iterdir())
    assert len(files) == 1 + 2 * len(NODES)
    assert {stat.S_IMODE(one.stat().st_mode) for one in files} == {0o600}
    assert len({one.read_text() for one in files}) == len(files)
    assert run(["topics", "password", "liandong-hr-system"]) == 0
    printed = capsys.readouterr().out.strip()
    assert printed == secured.password("liandong-hr-system")
    assert run(["topics", "password", "liandong-nobody"]) == 2
    assert run(["topics", "apply"]) == 0
    assert printed not in "".join(capsys.readouterr())
    code, told = liandong("topics", "apply", "--renew", "liandong-hr-system")
    assert (code, told["renewed"]) == (0, ["liandong-hr-system"])
    renewed = secured.password("liandong-hr-system")
    assert renewed != printed
    sees(lambda: takes(secured, "liandong-hr-system"))


def test_applying_again_changes_nothing(secured: Secured, liandong: Told) -> None:
    before, passwords = standing(secured), secured.password("liandong-hr")
    assert liandong("topics", "apply") == (0, {"mended": [], "renewed": [], "left": []})
    assert liandong("topics", "check") == (0, [])
    assert standing(secured) == before
    assert secured.password("liandong-hr") == passwords


def test_an_operator_made_by_the_table_administers_and_reads_nobodys_records(
    secured: Secured, liandong: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    with log_of(secured, department_user("hr")) as log:
        log.writer("relay").append([fact(LICENSING)])
    place = secured.data / "kafka-users" / "liandong-operator.password"
    monkeypatch.setenv("LIANDONG_KAFKA_USERNAME", "liandong-operator")
    monkeypatch.setenv("LIANDONG_KAFKA_PASSWORD_FILE", str(place))
    assert liandong("topics", "check") == (0, [])
    assert liandong("topics", "apply", "--renew", "liandong-cac-system")[0] == 0
    with log_of(secured, "liandong-operator") as log:
        assert log.ends([LICENSING])
        with pytest.raises(LogRefused):
            log.read({(LICENSING, 0): 0}, limit=1, bytes_max=1000)


def test_each_drift_is_told_by_its_kind_and_what_can_be_mended_is_mended(
    secured: Secured, liandong: Told, admin: Any
) -> None:
    missing = Grant(department_user("hr"), "WRITE", "TOPIC", LICENSING)
    surplus = Grant("eve", "READ", "TOPIC", COMPLAINT)
    own_surplus = Grant(department_user("fao"), "READ", "TOPIC", COMPLAINT)
    forbidding = Grant(system_user("cac"), "READ", "TOPIC", LICENSING, allow=False)
    wide = Grant("monitor", "READ", "TOPIC", "*")
    harmless = Grant("monitor", "DESCRIBE", "TOPIC", "*")
    thief = Grant("thief", "READ", "GROUP", "*")
    other = ScramMechanism.SCRAM_SHA_256
    admin.delete_acls([filter_of(missing)])
    admin.create_acls(
        [acl_of(one) for one in (surplus, own_surplus, forbidding, wide, harmless, thief)]
    )
    admin.alter_user_scram_credentials(
        [
            UserScramCredentialUpsertion("liandong-gone", MECHANISM, "a password of nobody"),
            UserScramCredentialDeletion("liandong-twn", MECHANISM),
            UserScramCredentialUpsertion("liandong-hr", other, "a password of nobody"),
        ]
    )
    configure(admin, "labour.cac.lead", **{"retention.ms": "60000"})
    configure(admin, "labour.cac.document", **{"min.insync.replicas": "2"})
    admin.delete_topics(["labour.fao.lead"])
    admin.create_partitions({"labour.fao.document": 7})
    admin.create_topics({"labour.hr.secret": {"num_partitions": 1, "replication_factor": 1}})
    lasting = {
        ("WRONG_PARTITIONS", "labour.fao.document"),
        ("TOPIC_UNKNOWN", "labour.hr.secret"),
        ("GRANT_TOO_WIDE", "monitor"),
        ("GRANT_TOO_WIDE", "thief"),
        ("PASSWORD_SURPLUS", "liandong-hr"),
    }
    mended = {
        ("GRANT_MISSING", "liandong-hr"),
        ("GRANT_SURPLUS", "eve"),
        ("GRANT_SURPLUS", "liandong-fao"),
        ("GRANT_SURPLUS", "liandong-cac-system"),
        ("USER_SURPLUS", "liandong-gone"),
        ("USER_MISSING", "liandong-twn"),
        ("FINITE_RETENTION", "labour.cac.lead"),
        ("WRONG_IN_SYNC", "labour.cac.document"),
        ("TOPIC_MISSING", "labour.fao.lead"),
    }
    sees(lambda: len(differences(standing(secured))) == len(lasting | mended))
    code, told = liandong("topics", "check")
    assert (code, kinds(told)) == (1, lasting | mended)
    assert all(one["zh"] and one["en"] for one in told)
    code, told = liandong("topics", "apply")
    assert (code, kinds(told["mended"]), kinds(told["left"])) == (1, mended, lasting)
    code, told = liandong("topics", "check")
    assert (code, kinds(told)) == (1, lasting)
    admin.delete_acls([filter_of(one) for one in (wide, harmless, thief)])
    admin.alter_user_scram_credentials([UserScramCredentialDeletion("liandong-hr", other)])
    admin.delete_topics(["labour.hr.secret", "labour.fao.document"])
    sees(lambda: len(differences(standing(secured))) == 1)
    assert liandong("topics", "apply")[0] == 0
    assert liandong("topics", "check") == (0, [])
    assert takes(secured, "liandong-twn")
    with log_of(secured, department_user("hr")) as log:
        log.writer("relay").append([fact(LICENSING)])


def kinds(told: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(one["kind"], one["what"]) for one in told}


def configure(admin: Any, topic: str, **settings: str) -> None:
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs=settings)])
