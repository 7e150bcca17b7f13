"""The vault: passwords and keys by name, in the platform's key ring or in an encrypted file."""

import base64
import json
import logging
import secrets
from pathlib import Path
from typing import Protocol, TypedDict

import keyring
import keyring.backends.fail
import keyring.errors
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from console.application.errors import Unavailable
from console.infrastructure.lasting import alone, make_folder, write_once, write_whole

_log = logging.getLogger(__name__)

_CHOICE_FILE = "vault.place"
_KEY_BYTES = 32
_SALT_BYTES = 16
_NONCE_BYTES = 12  # AES-GCM, NIST SP 800-38D 8.2.1
# Second recommended option of RFC 9106 §4 (64 MiB), where 2 GiB is too much for a worker's start.
_MEMORY_KIB = 64 * 1024
_PASSES = 3
_LANES = 4


class Vault(Protocol):
    """Secrets by name. Values are never logged; names are."""

    def get(self, name: str) -> str | None:
        """Return the secret, or ``None`` where there is none of that name."""
        ...

    def put(self, name: str, secret: str) -> None: ...

    def delete(self, name: str) -> None:
        """Forget a secret; forgetting an unknown one is no fault."""
        ...


class KeyringVault:
    """Secrets in the platform's key ring. Safe from any thread, as far as the platform is."""

    def __init__(self, service: str) -> None:
        self._service = service

    @classmethod
    def works(cls, service: str) -> bool:
        """Say whether a secret can be kept here, by keeping one: many machines have a key ring that refuses."""
        if isinstance(keyring.get_keyring(), keyring.backends.fail.Keyring):
            return False
        proof = secrets.token_hex(8)
        probe = f"probe-{proof}"  # of its own: two processes that ask at once must not read each other's
        try:
            keyring.set_password(service, probe, proof)
            kept = keyring.get_password(service, probe)
            keyring.delete_password(service, probe)
        except (keyring.errors.KeyringError, OSError, RuntimeError):
            return False
        return kept == proof

    def get(self, name: str) -> str | None:
        try:
            return keyring.get_password(self._service, name)
        except keyring.errors.KeyringError as cause:
            raise Unavailable("The key ring of this computer does not answer; unlock it and try again.") from cause

    def put(self, name: str, secret: str) -> None:
        try:
            keyring.set_password(self._service, name, secret)
        except keyring.errors.KeyringError as cause:
            raise Unavailable("The key ring of this computer does not answer; unlock it and try again.") from cause

    def delete(self, name: str) -> None:
        if self.get(name) is not None:
            keyring.delete_password(self._service, name)


class _Held(TypedDict):
    """What the file holds: the salt, and each secret sealed, both in base64."""

    salt: str
    secrets: dict[str, str]


class FileVault:
    """Secrets in one file, AES-256-GCM under a key that Argon2id derives from a machine key beside it (0600).

    This keeps secrets out of back-ups of the file alone, out of logs and off a screen; whoever can read the
    whole data folder as this user can read them. Used from one thread; several processes read the same file, and those
    that write wait for one another.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "vault.json"
        self._machine_key_path = folder / "vault.key"
        self._lock_path = folder / "vault.lock"
        self._derived: tuple[bytes, bytes] | None = None

    def get(self, name: str) -> str | None:
        sealed = self._read()["secrets"].get(name)
        if sealed is None:
            return None
        cipher = self._cipher()
        try:
            raw = base64.b64decode(sealed)
            return cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], name.encode()).decode()
        except (InvalidTag, ValueError) as cause:
            raise Unavailable(
                "The vault {path} was changed or belongs to another key; restore both from one back-up.",
                path=str(self._path),
            ) from cause

    def put(self, name: str, secret: str) -> None:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + self._cipher().encrypt(nonce, secret.encode(), name.encode())
        with alone(self._lock_path):
            held = self._read()
            held["secrets"][name] = base64.b64encode(sealed).decode()
            self._write(held)

    def delete(self, name: str) -> None:
        self._read()
        with alone(self._lock_path):
            held = self._read()
            if held["secrets"].pop(name, None) is not None:
                self._write(held)

    def _cipher(self) -> AESGCM:
        salt = base64.b64decode(self._read()["salt"])
        if self._derived is None or self._derived[0] != salt:
            # Not by cryptography's Argon2id: two threads that derive at once wait for each other for ever (50.0.2).
            key = hash_secret_raw(
                self._machine_key(),
                salt,
                time_cost=_PASSES,
                memory_cost=_MEMORY_KIB,
                parallelism=_LANES,
                hash_len=_KEY_BYTES,
                type=Type.ID,
            )
            self._derived = (salt, key)
        return AESGCM(self._derived[1])

    def _machine_key(self) -> bytes:
        if not self._machine_key_path.exists():
            if self._read()["secrets"]:
                # A new one would open none of them, and what is sealed with it could not be told from them.
                raise self._damaged()
            write_once(self._machine_key_path, secrets.token_bytes(_KEY_BYTES))
        key = self._machine_key_path.read_bytes()
        if len(key) != _KEY_BYTES:
            raise self._damaged()
        return key

    def _read(self) -> _Held:
        if not self._path.exists():
            make_folder(self._path.parent)
            fresh: _Held = {"salt": base64.b64encode(secrets.token_bytes(_SALT_BYTES)).decode(), "secrets": {}}
            write_once(self._path, _as_written(fresh))
        try:
            held: _Held = json.loads(self._path.read_text(encoding="utf-8"))
            has_salt = len(base64.b64decode(held["salt"], validate=True)) == _SALT_BYTES
            sealed = held["secrets"].items()
        except (ValueError, KeyError, TypeError, AttributeError) as cause:
            raise self._damaged() from cause
        if not has_salt or not all(isinstance(value, str) for _, value in sealed):
            raise self._damaged()
        return held

    def _write(self, held: _Held) -> None:
        write_whole(self._path, _as_written(held))

    def _damaged(self) -> Unavailable:
        return Unavailable(
            "The vault {path} is damaged; restore it and its key from one back-up.", path=str(self._path)
        )


def _as_written(held: _Held) -> bytes:
    return json.dumps(held, indent=1).encode()


class _Choice(TypedDict):
    """Where a site's secrets are: the name they have in the key ring, or an empty one for the file."""

    ring: str


def open_vault(site: str, folder: Path) -> Vault:
    """Return the platform's key ring where it works, else the encrypted file in the data folder.

    The choice is made once for a data folder and written into it: every process of the site finds the same secrets,
    whatever key ring its own session reaches. Two data folders never share a name in one key ring.
    """
    ring = _ring_of(folder)
    if ring is None:
        wanted = f"citydesk-{site}-{secrets.token_hex(4)}"
        ring = _choose(folder, wanted if KeyringVault.works(wanted) else "")
        _log.info("secrets of %s are kept in %s", site, "the platform's key ring" if ring else "an encrypted file")
    return KeyringVault(ring) if ring else FileVault(folder)


def would_keep_in_file(site: str, folder: Path) -> bool:
    """Say whether the secrets of a data folder are, or would be, in the encrypted file. Writes nothing there."""
    ring = _ring_of(folder)
    return not (KeyringVault.works(f"citydesk-{site}") if ring is None else ring)


def _ring_of(folder: Path) -> str | None:
    """Return the name in the key ring, empty for the file, or ``None`` where nothing is chosen yet."""
    if (folder / "vault.json").exists():
        return ""
    path = folder / _CHOICE_FILE
    try:
        choice: _Choice = json.loads(path.read_text(encoding="utf-8"))
        return str(choice["ring"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as cause:
        raise Unavailable(
            "Where the secrets are kept cannot be read from {path}; restore it from a back-up.", path=str(path)
        ) from cause


def _choose(folder: Path, ring: str) -> str:
    """Write the choice unless another process was faster; return the one that holds."""
    choice: _Choice = {"ring": ring}
    is_ours = write_once(folder / _CHOICE_FILE, json.dumps(choice).encode())
    return ring if is_ours else _ring_of(folder) or ""
