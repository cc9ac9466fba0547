"""Which addresses a webhook may be sent to: public ones, and networks that a setting allows.

An endpoint is named by people outside of this house. Without a check it could be made to
speak to what only this machine reaches: databases, brokers, the cloud's own services. The
name is resolved for every round, each of its addresses is checked, and the request goes to
the address that was checked, whatever the name says a moment later.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

URL_LENGTH_MAX = 500
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class WrongEndpoint(ValueError):
    """An address that webhooks are not sent to; says why in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A checked endpoint: its URL, and the address that its host name stood for."""

    url: str
    scheme: str
    host: str
    port: int
    address: str

    @property
    def target(self) -> httpx.URL:
        """Where a request goes: the URL with the address that was checked for its host."""
        return httpx.URL(self.url).copy_with(host=self.address)

    @property
    def authority(self) -> str:
        """The value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


_PORTS = {"http": 80, "https": 443}


def networks_of(texts: Sequence[str]) -> tuple[Network, ...]:
    """The networks of a setting such as `10.0.0.0/8`. Raises ValueError."""
    return tuple(ipaddress.ip_network(text.strip()) for text in texts if text.strip())


def checked(url: str, allowed: Sequence[Network] = ()) -> Endpoint:
    """The endpoint of a URL after every check. Raises WrongEndpoint.

    Plain HTTP is for allowed networks only. A name that cannot be resolved is refused.
    """
    scheme, host, port = _parts(url)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise WrongEndpoint(
            f"无法解析主机名 {host}", f"the host name {host} cannot be resolved"
        ) from None
    addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    for address in addresses:
        inside = any(address in network for network in allowed)
        if not inside and not _public(address):
            raise WrongEndpoint(
                f"{host} 指向内部地址 {address}；如确需发送，请运维人员设置 LIANDONG_WEBHOOK_NETWORKS",
                f"{host} is the internal address {address}; where this is meant, an operator"
                " allows its network with LIANDONG_WEBHOOK_NETWORKS",
            )
        if scheme == "http" and not inside:
            raise WrongEndpoint(
                "公网地址必须使用 https", "a public address must be reached over https"
            )
    return Endpoint(url=url, scheme=scheme, host=host, port=port, address=str(addresses[0]))


def _parts(url: str) -> tuple[str, str, int]:
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
        # Two readers of one text: what the sender cannot read is told now and not to its worker.
        httpx.URL(url)
    except (ValueError, httpx.InvalidURL):
        parts, port, host = urlsplit(""), None, None
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= URL_LENGTH_MAX
    if (
        not plain
        or not host
        or parts.scheme not in _PORTS
        or parts.fragment
        or "@" in parts.netloc
        or port == 0
    ):
        raise WrongEndpoint(
            f"应为 http(s) 地址，不含用户名和片段，最长 {URL_LENGTH_MAX} 个字符",
            f"must be an http(s) URL without user name or fragment, up to {URL_LENGTH_MAX}"
            " characters",
        )
    return parts.scheme, host, port or _PORTS[parts.scheme]


def _public(address: Address) -> bool:
    """Whether an address is of the public internet, also when it is written inside of another."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return _public(inner)
        if address.teredo is not None or address not in _UNICAST:
            return False
    elif address in _PROTOCOLS:
        return False
    return address.is_global and not address.is_multicast


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All that is given out for the public internet; beside it lie forms that wrap an IPv4 address."""
_PROTOCOLS = ipaddress.IPv4Network("192.0.0.0/24")
"""Kept for protocols (RFC 6890); some clouds answer for their machines there."""
