"""Positions of a topic as one opaque word: where its reader goes on in every partition.

The word is base64url of the topic and its next offsets. It stays good for ever, in both
modes; partition counts never change. A word of another topic is refused.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping

from gateways.log.port import Log, TopicPartition

EARLIEST, LATEST = "earliest", "latest"
"""Words that a reader may say instead: the beginning of the topic, or what comes from now on."""

_PLAIN = re.compile(r"(?P<topic>[a-z0-9._-]{1,200})\|(?P<offsets>[0-9]{1,18}(,[0-9]{1,18}){0,999})")


class BadPosition(ValueError):
    """A word that no feed of this topic has given."""


def written(topic: str, offsets: Mapping[TopicPartition, int]) -> str:
    """The word for the next offsets of a topic's partitions."""
    plain = f"{topic}|" + ",".join(str(offsets[topic, number]) for number in range(len(offsets)))
    return base64.urlsafe_b64encode(plain.encode("ascii")).decode("ascii").rstrip("=")


def offsets_of(topic: str, partitions: int, word: str) -> dict[TopicPartition, int]:
    """The next offsets that a word stands for. Raises BadPosition."""
    try:
        plain = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
        found = _PLAIN.fullmatch(plain.decode("ascii"))
    except (ValueError, binascii.Error) as error:
        raise BadPosition(word) from error
    offsets = found["offsets"].split(",") if found else []
    if found is None or found["topic"] != topic or len(offsets) != partitions:
        raise BadPosition(word)
    return {(topic, number): int(offset) for number, offset in enumerate(offsets)}


def begin(log: Log, topic: str, word: str) -> dict[TopicPartition, int]:
    """The next offsets for a word of a reader: `earliest`, `latest` or a position.

    Raises BadPosition; LogUnavailable where the log is asked and does not answer.
    """
    if word == LATEST:
        return log.ends([topic])
    places = log.partitions([topic])
    if word == EARLIEST:
        return dict.fromkeys(places, 0)
    return offsets_of(topic, len(places), word)
