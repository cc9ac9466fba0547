"""Accounts, API keys and sessions: who may act as which post, in a table file of its own.

No account is made without a password given by the caller, and none is ever made by default.
Passwords are hashed with argon2id; API keys and session ids are kept as SHA-256 digests.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError

from domain.commands import Post
from domain.departments import ORGANS

METADATA = sa.MetaData()

ACCOUNTS = sa.Table(
    "accounts",
    METADATA,
    sa.Column("user", sa.String(64), primary_key=True),
    sa.Column("password", sa.String(200), nullable=False),
    sa.Column("post", sa.String(120), nullable=False),
    sa.Column("organ", sa.String(40), nullable=False),
    sa.Column("region", sa.String(20), nullable=False),
    sa.Column("appointment", sa.String(120), nullable=False),
    sa.Column("created", sa.BigInteger, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False, default=0),
    sa.Column("locked_until", sa.BigInteger, nullable=False, default=0),
)
API_KEYS = sa.Table(
    "api_keys",
    METADATA,
    sa.Column("prefix", sa.String(16), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("post", sa.String(120), nullable=False),
    sa.Column("organ", sa.String(40), nullable=False),
    sa.Column("region", sa.String(20), nullable=False),
    sa.Column("appointment", sa.String(120), nullable=False),
    sa.Column("created", sa.BigInteger, nullable=False),
    sa.Column("revoked", sa.BigInteger),
)
SESSIONS = sa.Table(
    "sessions",
    METADATA,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("user", sa.String(64), nullable=False, index=True),
    sa.Column("expires", sa.BigInteger, nullable=False),
)

READ_TASKS = sa.Table(
    "read_tasks",
    METADATA,
    sa.Column("user", sa.String(64), primary_key=True),
    sa.Column("task", sa.String(120), primary_key=True),
    sa.Column("read", sa.BigInteger, nullable=False),
)

FREE_FAILURES = 4
"""Wrong passwords before the first delay; each further one doubles it, up to the longest."""
FIRST_DELAY_S = 5
LONGEST_DELAY_S = 900
PASSWORD_LENGTH_MIN = 12


class WeakPassword(ValueError):
    """A password is too short, or is the user's own name."""


class AccountExists(ValueError):
    """The user name is taken."""


class UnknownUser(LookupError):
    """No account bears this user name."""


class UnknownOrgan(ValueError):
    """An account or key names an organ that is not in the table of organs."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who asks: the post they act as, its department, and the credential that proved it."""

    name: str
    post: Post
    department: str
    credential: str


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """The outcome of a sign-in: a session token, or the seconds to wait, or neither (refused)."""

    token: str | None = None
    wait_s: int = 0


class Accounts:
    """The accounts, keys and sessions of one installation.

    `seconds` gives the present as Unix seconds; sessions and delays are real time, also where
    the platform's clock is simulated.
    """

    def __init__(self, engine: sa.Engine, seconds: Callable[[], int]) -> None:
        self.engine = engine
        self._seconds = seconds
        self._hasher = PasswordHasher()
        self._decoy = self._hasher.hash(secrets.token_hex(16))

    @classmethod
    def open(cls, path: Path | str, seconds: Callable[[], int]) -> Accounts:
        """Opens (and makes, where it is new) the table file, readable by its owner alone."""
        file = Path(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600, exist_ok=True)
        engine = sa.create_engine(f"sqlite:///{file}", connect_args={"timeout": 10})
        METADATA.create_all(engine)
        return cls(engine, seconds)

    def create(
        self, user: str, password: str, *, organ: str, region: str, post: str = "", appointment: str
    ) -> Identity:
        """Makes an account for one post. Refuses a taken name and a weak password."""
        _check_strength(user, password)
        held = _post(organ, region, post, appointment)
        row = {
            "user": user,
            "password": self._hasher.hash(password),
            "post": held.id,
            "organ": organ,
            "region": region,
            "appointment": appointment,
            "created": self._seconds(),
            "failures": 0,
            "locked_until": 0,
        }
        try:
            with self.engine.begin() as conn:
                conn.execute(ACCOUNTS.insert(), row)
        except IntegrityError as error:
            raise AccountExists(user) from error
        return _identity(user, held, f"account:{user}")

    def users(self) -> list[str]:
        """Every user name, in order."""
        with self.engine.connect() as conn:
            return list(conn.scalars(sa.select(ACCOUNTS.c.user).order_by(ACCOUNTS.c.user)))

    def posts(self) -> dict[str, str]:
        """The post that each user acts as, by user name."""
        with self.engine.connect() as conn:
            rows = conn.execute(
                sa.select(ACCOUNTS.c.user, ACCOUNTS.c.post).order_by(ACCOUNTS.c.user)
            )
            return {row.user: row.post for row in rows}

    def sign_in(self, user: str, password: str, *, session_s: int) -> SignIn:
        """Checks a password and opens a session; after repeated failures the user must wait.

        An unknown user costs the same time as a wrong password, and gets the same answer, until
        a known one has to wait. A try is counted before its password is looked at: many at once
        are as many as one after the other.
        """
        now = self._seconds()
        with self.engine.begin() as conn:
            row = conn.execute(sa.select(ACCOUNTS).where(ACCOUNTS.c.user == user)).first()
            if row is not None and row.locked_until > now:
                return SignIn(wait_s=row.locked_until - now)
            delay = 0 if row is None else _delay(row.failures + 1)
            if row is not None:
                counted = (
                    ACCOUNTS.update()
                    .where(ACCOUNTS.c.user == user, ACCOUNTS.c.failures == row.failures)
                    .where(ACCOUNTS.c.locked_until == row.locked_until)
                    .values(failures=row.failures + 1, locked_until=now + delay if delay else 0)
                )
                if not conn.execute(counted).rowcount:
                    return SignIn(wait_s=1)
        if row is None:
            self._matches(self._decoy, password)
            return SignIn()
        if not self._matches(row.password, password):
            return SignIn(wait_s=delay)
        return self._opened(user, row.password, password, now, session_s)

    def _opened(self, user: str, known: str, password: str, now: int, session_s: int) -> SignIn:
        """A session for whoever gave the right password, and no failures any more."""
        values: dict[str, object] = {"failures": 0, "locked_until": 0}
        if self._hasher.check_needs_rehash(known):
            values["password"] = self._hasher.hash(password)
        with self.engine.begin() as conn:
            # Hashing takes long: a password or account that ended meanwhile opens nothing.
            same = sa.and_(ACCOUNTS.c.user == user, ACCOUNTS.c.password == known)
            if not conn.execute(ACCOUNTS.update().where(same).values(**values)).rowcount:
                return SignIn()
            conn.execute(SESSIONS.delete().where(SESSIONS.c.expires <= now))
            token = secrets.token_urlsafe(32)
            conn.execute(
                SESSIONS.insert(),
                {"digest": _digest(token), "user": user, "expires": now + session_s},
            )
        return SignIn(token=token)

    def of_session(self, token: str) -> Identity | None:
        """Who a live session belongs to; None where it ended, was revoked or never was."""
        query = (
            sa.select(ACCOUNTS)
            .join(SESSIONS, SESSIONS.c.user == ACCOUNTS.c.user)
            .where(SESSIONS.c.digest == _digest(token), SESSIONS.c.expires > self._seconds())
        )
        with self.engine.connect() as conn:
            row = conn.execute(query).first()
        if row is None:
            return None
        post = Post(id=row.post, organ=row.organ, region=row.region, appointment=row.appointment)
        return _identity(row.user, post, f"account:{row.user}")

    def sign_out(self, token: str) -> None:
        """Ends one session on the server: the cookie is worth nothing from now on."""
        with self.engine.begin() as conn:
            conn.execute(SESSIONS.delete().where(SESSIONS.c.digest == _digest(token)))

    def change_password(self, user: str, password: str) -> int:
        """Sets a new password, ends every session of the user and any wait; how many sessions.

        Raises UnknownUser, WeakPassword; nothing has changed then.
        """
        _check_strength(user, password)
        values = {"password": self._hasher.hash(password), "failures": 0, "locked_until": 0}
        with self.engine.begin() as conn:
            of_user = ACCOUNTS.update().where(ACCOUNTS.c.user == user)
            if not conn.execute(of_user.values(**values)).rowcount:
                raise UnknownUser(user)
            return conn.execute(SESSIONS.delete().where(SESSIONS.c.user == user)).rowcount

    def remove(self, user: str) -> int:
        """Ends an account and every session of it at once; how many sessions there were.

        Keys belong to a post and not to a user: they go on, and so do webhooks.
        What the user had read goes too, so that a later account of this name begins with nothing.
        Raises UnknownUser.
        """
        with self.engine.begin() as conn:
            if not conn.execute(ACCOUNTS.delete().where(ACCOUNTS.c.user == user)).rowcount:
                raise UnknownUser(user)
            conn.execute(READ_TASKS.delete().where(READ_TASKS.c.user == user))
            return conn.execute(SESSIONS.delete().where(SESSIONS.c.user == user)).rowcount

    def mark_read(self, user: str, task: str) -> None:
        """Remembers that this user has opened a task; the first time counts."""
        row = {"user": user, "task": task, "read": self._seconds()}
        with self.engine.begin() as conn:
            conn.execute(sqlite.insert(READ_TASKS).values(row).on_conflict_do_nothing())

    def read_of(self, user: str, tasks: Sequence[str]) -> set[str]:
        """Which of these tasks the user has opened."""
        query = sa.select(READ_TASKS.c.task).where(
            READ_TASKS.c.user == user, READ_TASKS.c.task.in_(list(tasks))
        )
        with self.engine.connect() as conn:
            return set(conn.scalars(query))

    def issue_key(self, *, organ: str, region: str, post: str = "", appointment: str) -> str:
        """Makes an API key bound to one post and returns it: shown once, kept as a digest."""
        held = _post(organ, region, post, appointment)
        prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        key = f"{prefix}.{secret}"
        with self.engine.begin() as conn:
            conn.execute(
                API_KEYS.insert(),
                {
                    "prefix": prefix,
                    "digest": _digest(key),
                    "post": held.id,
                    "organ": organ,
                    "region": region,
                    "appointment": appointment,
                    "created": self._seconds(),
                },
            )
        return key

    def revoke_key(self, prefix: str) -> bool:
        """Ends a key: it is refused from now on. False where no live key begins so."""
        with self.engine.begin() as conn:
            ended = conn.execute(
                API_KEYS.update()
                .where(API_KEYS.c.prefix == prefix, API_KEYS.c.revoked.is_(None))
                .values(revoked=self._seconds())
            )
        return bool(ended.rowcount)

    def live_keys(self) -> dict[str, str]:
        """The live keys, each by what it begins with, and the post it acts as."""
        live = sa.select(API_KEYS).where(API_KEYS.c.revoked.is_(None)).order_by(API_KEYS.c.created)
        with self.engine.connect() as conn:
            return {row.prefix: row.post for row in conn.execute(live)}

    def live(self, credential: str) -> bool:
        """Whether what a webhook rests on holds good: a key that was not revoked, or a post.

        A post that an operator named stands until the operator disables what rests on it.
        """
        kind, _, name = credential.partition(":")
        if kind != "key":
            return True
        live = sa.select(API_KEYS.c.prefix).where(
            API_KEYS.c.prefix == name, API_KEYS.c.revoked.is_(None)
        )
        with self.engine.connect() as conn:
            return conn.execute(live).first() is not None

    def appointed(self, post: str) -> Post | None:
        """The post of this name as a live key or an account holds it; None where none does."""
        keys = sa.select(API_KEYS).where(API_KEYS.c.post == post, API_KEYS.c.revoked.is_(None))
        users = sa.select(ACCOUNTS).where(ACCOUNTS.c.post == post)
        with self.engine.connect() as conn:
            row = conn.execute(keys).first() or conn.execute(users).first()
        if row is None:
            return None
        return Post(id=row.post, organ=row.organ, region=row.region, appointment=row.appointment)

    def of_key(self, key: str) -> Identity | None:
        """Who a live API key belongs to; None where it is unknown or revoked."""
        prefix = key.partition(".")[0]
        with self.engine.connect() as conn:
            row = conn.execute(
                sa.select(API_KEYS).where(API_KEYS.c.prefix == prefix, API_KEYS.c.revoked.is_(None))
            ).first()
        if row is None or not secrets.compare_digest(row.digest, _digest(key)):
            return None
        post = Post(id=row.post, organ=row.organ, region=row.region, appointment=row.appointment)
        return _identity(prefix, post, f"key:{prefix}")

    def _matches(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False


def _delay(failures: int) -> int:
    """Seconds to wait after so many failures in a row."""
    over = failures - FREE_FAILURES
    return 0 if over <= 0 else int(min(FIRST_DELAY_S * 2 ** min(over - 1, 30), LONGEST_DELAY_S))


def _check_strength(user: str, password: str) -> None:
    if len(password) < PASSWORD_LENGTH_MIN or password.lower() == user.lower():
        raise WeakPassword(f"a password needs at least {PASSWORD_LENGTH_MIN} characters")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _post(organ: str, region: str, post: str, appointment: str) -> Post:
    if organ not in ORGANS:
        raise UnknownOrgan(organ)
    return Post(id=post or f"{organ}@{region}", organ=organ, region=region, appointment=appointment)


def _identity(name: str, post: Post, credential: str) -> Identity:
    return Identity(name=name, post=post, department=ORGANS[post.organ].node, credential=credential)
