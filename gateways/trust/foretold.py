"""Sealing whose bytes are the same twice, for simulated stores only.

A scenario played again has to give the same bytes, and the library's HPKE takes no ephemeral
key from outside. Here the ephemeral key comes from the scenario's randomness, which everybody
can foretell: a real store never seals so. What is made is RFC 9180 in base mode with
DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM; every store opens it with the library.
"""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from gateways.trust.escrow import KEY_BYTES, Draw, public_of

_KEM = b"KEM" + (0x0020).to_bytes(2, "big")
_SUITE = b"HPKE" + b"".join(one.to_bytes(2, "big") for one in (0x0020, 0x0001, 0x0002))
_BASE_MODE = b"\x00"
_NONCE_BYTES = 12


def seal(public_key: str, label: bytes, secret: bytes, draw: Draw) -> str:
    """A deposit as `escrow.seal` makes it, with the ephemeral key that `draw` gives."""
    recipient = public_of(public_key)
    ephemeral = X25519PrivateKey.from_private_bytes(draw(KEY_BYTES))
    encapsulated, shared = encapsulate(recipient, ephemeral)
    key, nonce = _schedule(shared, label)
    return base64.b64encode(encapsulated + AESGCM(key).encrypt(nonce, secret, None)).decode()


def encapsulate(recipient: X25519PublicKey, ephemeral: X25519PrivateKey) -> tuple[bytes, bytes]:
    """The encapsulated key and the shared secret (RFC 9180, 4.1: Encap)."""
    encapsulated = ephemeral.public_key().public_bytes_raw()
    extracted = _extract(_KEM, b"", b"eae_prk", ephemeral.exchange(recipient))
    context = encapsulated + recipient.public_bytes_raw()
    return encapsulated, _expand(_KEM, extracted, b"shared_secret", context, 32)


def _schedule(shared: bytes, info: bytes) -> tuple[bytes, bytes]:
    """Key and nonce of the first message (RFC 9180, 5.1: KeySchedule)."""
    context = (
        _BASE_MODE
        + _extract(_SUITE, b"", b"psk_id_hash", b"")
        + _extract(_SUITE, b"", b"info_hash", info)
    )
    secret = _extract(_SUITE, shared, b"secret", b"")
    return (
        _expand(_SUITE, secret, b"key", context, KEY_BYTES),
        _expand(_SUITE, secret, b"base_nonce", context, _NONCE_BYTES),
    )


def _extract(suite: bytes, salt: bytes, label: bytes, material: bytes) -> bytes:
    return HKDF.extract(SHA256(), salt or None, b"HPKE-v1" + suite + label + material)


def _expand(suite: bytes, key: bytes, label: bytes, info: bytes, length: int) -> bytes:
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return HKDFExpand(SHA256(), length, labelled).derive(key)
