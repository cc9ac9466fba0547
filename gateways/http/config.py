"""What the web edge needs to know, given by whoever constructs it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class WebConfig:
    """The settings of pages and API.

    `secret` signs cookies and form tokens (at least 32 characters, different in every
    installation). `secure_cookies` is False only where the service is reached over plain
    HTTP on this machine. `hosts` are the host names that are answered ("*" for any), so
    that a foreign page cannot reach the service by a name of its own. Times in seconds.
    """

    secret: str
    secure_cookies: bool = False
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    session_s: int = 8 * 3600
    body_bytes_max: int = 1_000_000
    file_bytes_max: int = 200_000_000
    wait_s_max: int = 20
    stale_s: int = 60
    live_poll_s: float = 1.0
    public_department: str = "hr"

    def __post_init__(self) -> None:
        if len(self.secret) < 32:
            raise ValueError("the web secret needs at least 32 characters")
