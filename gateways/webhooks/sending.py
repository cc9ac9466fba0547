"""One delivery: a signed POST to a checked address, in bounded time, its answer read in part."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Self

import httpx

from gateways.contracts.envelope import CONTENT_TYPE
from gateways.webhooks.addresses import Endpoint

AGENT = "liandong-webhooks/1"
ATTEMPT_S = 15.0
CONNECT_S = 5.0
ANSWER_BYTES_MAX = 65_536


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of an attempt: `error` is empty where it was delivered."""

    error: str = ""
    gone: bool = False
    retry_after_s: float = 0.0


class Sender:
    """Sends to one endpoint over a connection that is kept between deliveries.

    Redirects are not followed and proxies of the environment are not used: both would lead
    past the address that was checked.
    """

    def __init__(
        self, endpoint: Endpoint, context: ssl.SSLContext, *, attempt_s: float = ATTEMPT_S
    ) -> None:
        self._endpoint, self._attempt_s = endpoint, attempt_s
        self._url = endpoint.target
        self._client = httpx.AsyncClient(
            verify=context,
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(attempt_s, connect=min(CONNECT_S, attempt_s)),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def send(self, body: bytes, headers: dict[str, str], now: float) -> Outcome:
        """One attempt; never raises for what the endpoint does."""
        try:
            # The client's own time-outs begin anew with every byte; this one does not.
            async with asyncio.timeout(self._attempt_s):
                return await self._post(body, headers, now)
        except TimeoutError:
            return Outcome(error=f"no answer in {self._attempt_s:g} s")
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return Outcome(error=f"{type(error).__name__}: {error}".rstrip(": "))

    async def _post(self, body: bytes, headers: dict[str, str], now: float) -> Outcome:
        named = {
            "host": self._endpoint.authority,
            "content-type": CONTENT_TYPE,
            "user-agent": AGENT,
            **headers,
        }
        # The certificate is that of the name, though the connection goes to its address.
        extensions = {"sni_hostname": self._endpoint.host}
        async with self._client.stream(
            "POST", self._url, content=body, headers=named, extensions=extensions
        ) as answer:
            size = 0
            async for part in answer.aiter_raw():
                size += len(part)
                if size > ANSWER_BYTES_MAX:
                    break
        if answer.is_success:
            return Outcome()
        return Outcome(
            error=f"HTTP {answer.status_code}",
            gone=answer.status_code == 410,
            retry_after_s=wait_asked(answer.headers.get("retry-after", ""), now),
        )


def wait_asked(text: str, now: float) -> float:
    """The seconds of a Retry-After header; 0 where it says none, whatever stands in it."""
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return 0.0
