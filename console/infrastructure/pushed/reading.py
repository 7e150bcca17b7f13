"""Where a media worker reads what a device sends, and what it proves itself with."""

import hashlib
import hmac

READER = "reader"  # the user our own workers read as


def reading_key(endpoint_key: bytes) -> str:
    """Return what media workers read with: of one run of the station, as its channel's key is."""
    return hmac.new(endpoint_key, b"pushed streams", hashlib.sha256).hexdigest()


def reading_address(device: str, port: int, key: str, host: str = "127.0.0.1") -> str:
    """Return where a media worker reads what a device sends."""
    return f"rtsp://{READER}:{key}@{host}:{port}/{device}"
