"""Who this installation is to the brokers of the shared log, and the passwords that it made.

Passwords lie in `<data>/kafka-users`, a file for each user that only its owner may read; an
operator hands each department its own. Nothing prints one unless it is asked to.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from kafka.admin import KafkaAdminClient

from gateways.log.kafka_client import KafkaAccess
from gateways.log.kafka_grants import KafkaGrants
from ops.settings import Settings, WrongSettings

PASSWORD_BYTES = 24


def kafka_access(settings: Settings) -> KafkaAccess:
    """Where the brokers are and who we are to them. Raises WrongSettings without the password."""
    place, password = settings.kafka_password, None
    if place is not None:
        password = _read(place, str(settings.kafka_user))
    return KafkaAccess(
        str(settings.kafka),
        settings.kafka_protocol,
        settings.kafka_mechanism if place is not None else None,
        settings.kafka_user,
        password,
        None if settings.kafka_ca_file is None else str(settings.kafka_ca_file),
    )


def kafka_grants(settings: Settings) -> KafkaGrants:
    """The topics, users and grants at the brokers, as an administrator."""
    return KafkaGrants(kafka_access(settings), mechanism=settings.kafka_mechanism)


def answers(settings: Settings) -> None:
    """Returns where the brokers answer and take our user. Raises LogUnavailable, WrongSettings."""
    kafka_access(settings).open(KafkaAdminClient, client_id="liandong-doctor").close()


def _read(place: Path, user: str) -> str:
    try:
        return place.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise WrongSettings(
            f"无法从 {place} 读取 {user} 的口令（{error.strerror}）：请用"
            " LIANDONG_KAFKA_PASSWORD_FILE 指明其文件；liandong topics apply 可生成",
            f"the password of {user} cannot be read from {place} ({error.strerror}): name its"
            " file with LIANDONG_KAFKA_PASSWORD_FILE; `liandong topics apply` makes it",
        ) from None


class Passwords:
    """The passwords of the log's users in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def place(self, user: str) -> Path:
        """The file of a user's password."""
        return self._folder / f"{user}.password"

    def kept(self, user: str) -> str:
        """A user's password, drawn and written down where there is none yet."""
        for folder in (self._folder.parent, self._folder):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        place = self.place(user)
        try:
            descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return place.read_text(encoding="utf-8").strip()
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(PASSWORD_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        return place.read_text(encoding="utf-8").strip()

    def renew(self, user: str, tell: Callable[[str, str], None]) -> None:
        """Gives a user a new password, which takes the old one's place once `tell` has returned.

        Until then it lies beside the old one: whichever of the two the brokers know is kept.
        """
        drawn = f"{user}.new"
        tell(user, self.kept(drawn))
        self.place(drawn).replace(self.place(user))
