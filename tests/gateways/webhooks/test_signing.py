"""Signatures are those of the Standard Webhooks convention."""

from __future__ import annotations

import base64

from gateways.webhooks.signing import headers, secret_text, signature

SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_published_example_of_the_convention_has_the_published_signature() -> None:
    secret = base64.b64decode(SECRET)
    given = headers([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert given == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    assert secret_text(secret) == f"whsec_{SECRET}"


def test_id_time_and_body_are_all_signed() -> None:
    plain = signature(b"s" * 32, "a", 1, b"body")
    assert plain == signature(b"s" * 32, "a", 1, b"body")
    assert (
        len(
            {
                plain,
                signature(b"t" * 32, "a", 1, b"body"),
                signature(b"s" * 32, "b", 1, b"body"),
                signature(b"s" * 32, "a", 2, b"body"),
                signature(b"s" * 32, "a", 1, "许可".encode()),
            }
        )
        == 5
    )
