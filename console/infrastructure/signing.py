"""The site's signature: Ed25519, its key in the vault, its public half in every package."""

import base64
import hashlib

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from console.application.ports import Vault

KEY_NAME = "evidence-signing-key"


class Signer:
    """Signs with the key of a site, made at first use."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def sign(self, data: bytes) -> tuple[bytes, bytes]:
        """Return the signature (64 bytes) and the public key (32 bytes, raw)."""
        key = self._key()
        return key.sign(data), key.public_key().public_bytes_raw()

    def known_key(self) -> str:
        """Return the fingerprint of the site's key, empty where none was made yet. Makes none."""
        if self._vault.get(KEY_NAME) is None:
            return ""
        return fingerprint(self._key().public_key().public_bytes_raw())

    def _key(self) -> Ed25519PrivateKey:
        kept = self._vault.get(KEY_NAME)
        if kept is None:
            fresh = Ed25519PrivateKey.generate()
            kept = base64.b64encode(fresh.private_bytes_raw()).decode()
            self._vault.put(KEY_NAME, kept)
            kept = self._vault.get(KEY_NAME) or kept  # another process may have made one at the same moment
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(kept))


def is_signed_by(public_key: bytes, signature: bytes, data: bytes) -> bool:
    """Tell whether the signature is the key's over the data. A malformed key or signature is no signature."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def to_pem(public_key: bytes) -> bytes:
    """Return a public key (32 bytes, raw) as other programs read it."""
    return Ed25519PublicKey.from_public_bytes(public_key).public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def from_pem(pem: bytes) -> bytes | None:
    """Return the public key (32 bytes, raw); ``None`` for what is no Ed25519 key."""
    try:
        key = serialization.load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key.public_bytes_raw() if isinstance(key, Ed25519PublicKey) else None


def fingerprint(public_key: bytes) -> str:
    """Return what people compare: half of the key's SHA-256 in groups of four; 128 bits are beyond any search."""
    digest = hashlib.sha256(public_key).hexdigest()
    return " ".join(digest[at : at + 4] for at in range(0, 32, 4))
