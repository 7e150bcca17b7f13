"""One-time codes by the clock: RFC 6238 with its defaults, as every authenticator app speaks it."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

STEP_S = 30  # RFC 6238 §5.2, recommended
DIGITS = 6  # RFC 4226 R4, at least; what the apps show
# RFC 6238 §5.2 recommends one step for the network and the hand; §6 the same for a clock that drifts.
SKEW_STEPS = 1
SECRET_BYTES = 20  # RFC 4226 R6: 160 bits, the length of the SHA-1 it is used with


def new_secret() -> str:
    """Return a new shared secret in base32, as it is typed into an app."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def counter_at(at: datetime) -> int:
    """Return the number of the time step: whole 30 s since 1970."""
    return int(at.timestamp()) // STEP_S


def code_of(secret: str, counter: int) -> str:
    """Return the code of a time step (RFC 4226 §5.3, dynamic truncation of HMAC-SHA-1)."""
    mac = hmac.digest(base64.b32decode(secret), counter.to_bytes(8, "big"), hashlib.sha1)
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def accepted_counter(secret: str, code: str, at: datetime, last_counter: int) -> int | None:
    """Return the time step the code belongs to, or ``None``: wrong, too old, too early, or used already.

    Args:
        code: as typed; spaces do not count.
        last_counter: the last step accepted; it and all before it are refused (RFC 6238 §5.2, one time only).
    """
    typed = "".join(code.split()).encode()
    now = counter_at(at)
    for counter in range(now - SKEW_STEPS, now + SKEW_STEPS + 1):
        if counter > last_counter and hmac.compare_digest(code_of(secret, counter).encode(), typed):
            return counter
    return None


def enrolment_uri(secret: str, sign_in_name: str) -> str:
    """Return what an authenticator app reads from a QR code (the key URI format of Google's app)."""
    label = quote(f"Citydesk:{sign_in_name}", safe=":")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': 'Citydesk'})}"
