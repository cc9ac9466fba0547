"""A webhook is never sent to an internal address, however it is written."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from gateways.webhooks.addresses import WrongEndpoint, checked, networks_of


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "10.1.2.3",
        "192.168.0.1",
        "172.16.5.5",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "2130706433",
        "0x7f.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fc00::1]",
        "[::]",
        "[fec0::1]",
        "[::7f00:1]",
        "[::ffff:0:7f00:1]",
        "[64:ff9b:1::7f00:1]",
        "192.0.0.192",
    ],
)
def test_an_internal_address_is_refused_in_both_languages(host: str) -> None:
    with pytest.raises(WrongEndpoint) as refused:
        checked(f"https://{host}/hook")
    assert refused.value.zh != refused.value.en


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://8.8.8.8/",
        "https://",
        "https://user:secret@8.8.8.8/",
        "https://8.8.8.8/#part",
        "https://8.8.8.8:99999/",
        "https://8.8.8.8:0/",
        "https://010.8.8.8/",
        "https://8.8.8.8/" + "x" * 500,
        "https://8.8.8.8/a b",
        "http://8.8.8.8/hook",
        "https://no-such-host.invalid/",
    ],
)
def test_an_endpoint_of_another_form_is_refused(url: str) -> None:
    with pytest.raises(WrongEndpoint):
        checked(url)


def test_a_network_that_an_operator_allows_is_reached_also_over_plain_http() -> None:
    allowed = networks_of(["10.0.0.0/8", "127.0.0.0/8"])
    assert checked("http://10.9.8.7:8080/hook", allowed).authority == "10.9.8.7:8080"
    assert checked("https://8.8.8.8/hook", allowed).address == "8.8.8.8"
    with pytest.raises(WrongEndpoint):
        checked("http://192.168.1.1/hook", allowed)


def test_a_name_with_one_internal_address_among_public_ones_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def resolved(*_: Any, **__: Any) -> list[Any]:
        return [(2, 1, 6, "", ("8.8.8.8", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    with pytest.raises(WrongEndpoint):
        checked("https://rebinding.example/")
