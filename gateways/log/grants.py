"""Who may do what on the shared log: users and grants, made from the one table of departments.

Every department has two users. `liandong-<department>` is for our own processes: it writes
the department's own topics and reads what the department is entitled to. With
`liandong-<department>-system` the department's own system reads exactly the same topics with
any Kafka client, in groups that begin with its user's name and a full stop, and gives commands
on its inbound topic; what it decides so is published by our relay, so it writes no facts.
`liandong-operator` administers and reads nobody's records. `liandong-all`, for a town that
runs every department in one process, exists only where it is asked for.

Nobody is granted the deletion of a topic or of records. Kafka lets whoever may read or write
a topic describe it too.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.departments import NODES, TOPICS, answers_topic, entitled_topics, inbound_topic

NAMESPACE = "labour."
"""What every topic of the platform begins with."""

OURS = "liandong-"
"""What every user of the platform begins with."""

OPERATOR = f"{OURS}operator"
EVERYBODY = f"{OURS}all"
"""The user of a process that serves several departments."""

CLUSTER = "kafka-cluster"
"""Kafka's name for the cluster as a resource."""

ANY_HOST = "*"


@dataclass(frozen=True, order=True, slots=True)
class Grant:
    """That a user may do an operation on a resource, in Kafka's words.

    `kind` is TOPIC, GROUP, CLUSTER or another resource of Kafka's; `prefixed` means every
    resource whose name begins with `name`. One that does not `allow` forbids.
    """

    user: str
    operation: str
    kind: str
    name: str
    prefixed: bool = False
    host: str = ANY_HOST
    allow: bool = True

    def __str__(self) -> str:
        """As an operator reads it."""
        start = f"{self.name}*" if self.prefixed else self.name
        host = "" if self.host == ANY_HOST else f" ({self.host})"
        return (
            f"{self.user}{host} {'' if self.allow else 'NOT '}{self.operation} {self.kind} {start}"
        )


def department_user(node: str) -> str:
    """The user of our own processes of a department."""
    return f"{OURS}{node}"


def system_user(node: str) -> str:
    """The user of a department's own system."""
    return f"{OURS}{node}-system"


def system_groups(node: str) -> str:
    """What the consumer groups of a department's own system begin with."""
    return f"{system_user(node)}."


def department_groups(node: str) -> str:
    """What the consumer groups of our own processes of a department begin with."""
    return f"{NAMESPACE}{node}."


def users(*, everybody: bool = False) -> frozenset[str]:
    """Every user that must exist; `everybody` adds the one for all departments at once."""
    made = {OPERATOR, *map(department_user, NODES), *map(system_user, NODES)}
    return frozenset(made | {EVERYBODY} if everybody else made)


def grants(*, everybody: bool = False) -> frozenset[Grant]:
    """Every grant that must stand, and no other on the platform's topics and groups."""
    made = set(_of_operator())
    for node in NODES:
        made |= _of_department(node, department_user(node))
        made |= _of_system(node)
        if everybody:
            made |= _of_department(node, EVERYBODY)
    return frozenset(made)


def _of_department(node: str, user: str) -> set[Grant]:
    """Writes its own topics, reads those it is entitled to, and sees that they keep for ever."""
    own = [topic.name for topic in TOPICS.values() if topic.node == node]
    own.append(answers_topic(node).name)
    read = [topic.name for topic in (*entitled_topics(node), inbound_topic(node))]
    return {
        *(Grant(user, "WRITE", "TOPIC", name) for name in own),
        *(Grant(user, "READ", "TOPIC", name) for name in read),
        *(Grant(user, "DESCRIBE_CONFIGS", "TOPIC", name) for name in (*own, *read)),
        Grant(user, "READ", "GROUP", department_groups(node), prefixed=True),
        Grant(user, "IDEMPOTENT_WRITE", "CLUSTER", CLUSTER),
    }


def _of_system(node: str) -> set[Grant]:
    """Reads what the department is entitled to, gives commands and reads their answers."""
    user = system_user(node)
    read = (*entitled_topics(node), answers_topic(node))
    return {
        *(Grant(user, "READ", "TOPIC", topic.name) for topic in read),
        Grant(user, "WRITE", "TOPIC", inbound_topic(node).name),
        Grant(user, "IDEMPOTENT_WRITE", "CLUSTER", CLUSTER),
        Grant(user, "READ", "GROUP", system_groups(node), prefixed=True),
    }


def _of_operator() -> set[Grant]:
    """Makes topics, users and grants, and sees how they stand."""
    return {
        *(
            Grant(OPERATOR, operation, "TOPIC", NAMESPACE, prefixed=True)
            for operation in ("CREATE", "ALTER", "ALTER_CONFIGS", "DESCRIBE", "DESCRIBE_CONFIGS")
        ),
        *(
            Grant(OPERATOR, operation, "CLUSTER", CLUSTER)
            for operation in ("ALTER", "DESCRIBE", "DESCRIBE_CONFIGS")
        ),
        Grant(OPERATOR, "DESCRIBE", "GROUP", NAMESPACE, prefixed=True),
    }
