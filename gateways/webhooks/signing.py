"""Signatures of webhooks by the Standard Webhooks convention (version 1, symmetric).

The signed content is `<webhook-id>.<webhook-timestamp>.<body>`; the signature is
HMAC-SHA256 in base64 after `v1,`. A secret is `whsec_` and base64 of 24 to 64 bytes.
Source: the Standard Webhooks specification (standardwebhooks.com).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

PREFIX = "whsec_"
SECRET_BYTES = 32


def secret_text(secret: bytes) -> str:
    """A secret as its owner keeps it."""
    return PREFIX + base64.b64encode(secret).decode("ascii")


def signature(secret: bytes, webhook_id: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature` for a delivery; `timestamp` is Unix seconds."""
    content = f"{webhook_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, content, hashlib.sha256)).decode("ascii")


def headers(
    secrets: Sequence[bytes], webhook_id: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """The three headers of a delivery; while a secret is replaced, one signature of each."""
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(
            signature(one, webhook_id, timestamp, body) for one in secrets
        ),
    }
