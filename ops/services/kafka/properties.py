"""The settings files of local brokers: open or secured, alone or one of three."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MECHANISM = "SCRAM-SHA-512"
ADMINISTRATOR = "admin"
"""The user that a secured broker is made with; it may do everything, and makes the others."""

BROKER = "broker"
"""The user that brokers and controllers show one another."""

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Ports:
    """Where one node listens: clients, its controller, and clients over TLS where secured."""

    clients: int
    controller: int
    tls: int | None = None


# Small pools: a developer's machine.
_SMALL = """\
auto.create.topics.enable=false
offsets.topic.num.partitions=4
transaction.state.log.num.partitions=4
share.coordinator.state.topic.num.partitions=4
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
log.retention.check.interval.ms=300000
"""

# A dead broker is noticed in two seconds, not nine: whoever tries losses waits for it.
_CLUSTER = """\
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
unclean.leader.election.enable=false
"""


def properties(
    node: int,
    ports: Ports,
    *,
    controllers: Sequence[int],
    data: Path,
    broker_password: str | None = None,
    keystore: Path | None = None,
) -> str:
    """The settings file of node `node`; `controllers` are the controller ports of all nodes.

    With `broker_password` clients must show a name and a password, nobody may do anything
    that was not granted, and `keystore` serves TLS besides.
    """
    nodes = len(controllers)
    voters = ",".join(f"{n}@{HOST}:{port}" for n, port in enumerate(controllers, start=1))
    replicas, in_sync = nodes, max(1, nodes - 1)
    text = f"""\
process.roles=broker,controller
node.id={node}
controller.quorum.voters={voters}
controller.listener.names=CONTROLLER
log.dirs={data}
default.replication.factor={replicas}
min.insync.replicas={in_sync}
offsets.topic.replication.factor={replicas}
transaction.state.log.replication.factor={replicas}
transaction.state.log.min.isr={in_sync}
share.coordinator.state.topic.replication.factor={replicas}
share.coordinator.state.topic.min.isr={in_sync}
{_SMALL}"""
    if nodes > 1:
        text += _CLUSTER
    if broker_password is None:
        return text + _open(ports)
    assert keystore is not None
    return text + _secured(ports, broker_password, keystore)


def _open(ports: Ports) -> str:
    return f"""\
listeners=PLAINTEXT://{HOST}:{ports.clients},CONTROLLER://{HOST}:{ports.controller}
advertised.listeners=PLAINTEXT://{HOST}:{ports.clients}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
"""


def _secured(ports: Ports, password: str, keystore: Path) -> str:
    """Names and passwords on every listener, the controllers' too; TLS on one of them.

    Controllers know no SCRAM, because its credentials lie in what they keep: they have the
    one user of the brokers in their own settings.
    """
    scram = "org.apache.kafka.common.security.scram.ScramLoginModule"
    plain = "org.apache.kafka.common.security.plain.PlainLoginModule"
    shown = f'required username="{BROKER}" password="{password}"'
    clients = f"SASL_PLAINTEXT://{HOST}:{ports.clients},SASL_SSL://{HOST}:{ports.tls}"
    return f"""\
listeners={clients},CONTROLLER://{HOST}:{ports.controller}
advertised.listeners={clients}
listener.security.protocol.map=SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:SASL_PLAINTEXT
inter.broker.listener.name=SASL_PLAINTEXT
sasl.enabled.mechanisms={MECHANISM}
sasl.mechanism.inter.broker.protocol={MECHANISM}
sasl.mechanism.controller.protocol=PLAIN
listener.name.controller.sasl.enabled.mechanisms=PLAIN
listener.name.controller.plain.sasl.jaas.config={plain} {shown} user_{BROKER}="{password}";
listener.name.sasl_plaintext.{MECHANISM.lower()}.sasl.jaas.config={scram} {shown};
listener.name.sasl_ssl.{MECHANISM.lower()}.sasl.jaas.config={scram} required;
listener.name.sasl_ssl.ssl.keystore.type=PEM
listener.name.sasl_ssl.ssl.keystore.location={keystore}
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=false
super.users=User:{BROKER};User:{ADMINISTRATOR}
"""
