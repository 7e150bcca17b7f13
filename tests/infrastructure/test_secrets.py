"""The vault: what goes in comes out, and nobody else reads it."""

import base64
import json
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import keyring
import keyring.backend
import keyring.backends.fail
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from console.application.errors import Unavailable
from console.infrastructure.secrets import FileVault, KeyringVault, Vault, open_vault

SECRET = "hunter2-GREPPABLE"


class MemoryKeyring(keyring.backend.KeyringBackend):
    """A key ring that works, as a desktop's does. Nobody but these tests may come upon it."""

    priority = -1  # keyring takes the highest of all classes in the process; the one that only fails has 0
    kept: ClassVar[dict[tuple[str, str], str]] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def working_keyring() -> Iterator[MemoryKeyring]:
    before = keyring.get_keyring()
    MemoryKeyring.kept.clear()
    ring = MemoryKeyring()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


@pytest.fixture
def no_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(keyring.backends.fail.Keyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture(params=["key ring", "file"])
def vault(request: pytest.FixtureRequest, working_keyring: MemoryKeyring, tmp_path: Path) -> Vault:
    return KeyringVault("citydesk-test") if request.param == "key ring" else FileVault(tmp_path)


def test_a_secret_comes_back(vault: Vault) -> None:
    vault.put("camera/7", SECRET)
    vault.put("camera/8", "岗亭 другой")

    assert (vault.get("camera/7"), vault.get("camera/8")) == (SECRET, "岗亭 другой")


def test_an_unknown_name_gives_nothing(vault: Vault) -> None:
    assert vault.get("nobody") is None


def test_a_forgotten_secret_is_gone_and_may_be_forgotten_again(vault: Vault) -> None:
    vault.put("camera/7", SECRET)

    vault.delete("camera/7")
    vault.delete("camera/7")

    assert vault.get("camera/7") is None


def test_the_file_survives_its_process_and_does_not_show_the_secret(tmp_path: Path) -> None:
    FileVault(tmp_path).put("camera/7", SECRET)

    assert FileVault(tmp_path).get("camera/7") == SECRET
    assert all(SECRET.encode() not in file.read_bytes() for file in tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no mode bits")
def test_only_this_user_may_read_the_files(tmp_path: Path) -> None:
    FileVault(tmp_path).put("camera/7", SECRET)

    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}


def test_a_secret_moved_to_another_name_is_refused(tmp_path: Path) -> None:
    vault = FileVault(tmp_path)
    vault.put("guest", "guest-word")
    vault.put("chief", "chief-word")
    held = json.loads((tmp_path / "vault.json").read_text(encoding="utf-8"))
    held["secrets"]["guest"] = held["secrets"]["chief"]
    (tmp_path / "vault.json").write_text(json.dumps(held), encoding="utf-8")

    with pytest.raises(Unavailable):
        vault.get("guest")


def test_without_a_key_ring_the_file_is_used(no_keyring: None, tmp_path: Path) -> None:
    assert isinstance(open_vault("test", tmp_path), FileVault)


def test_a_working_key_ring_is_used_and_holds_no_probe(working_keyring: MemoryKeyring, tmp_path: Path) -> None:
    assert isinstance(open_vault("test", tmp_path), KeyringVault)
    assert working_keyring.kept == {}


def test_a_site_that_began_with_a_file_stays_with_it(working_keyring: MemoryKeyring, tmp_path: Path) -> None:
    FileVault(tmp_path).put("camera/7", SECRET)

    assert open_vault("test", tmp_path).get("camera/7") == SECRET


def test_the_choice_is_made_once_for_all_processes(no_keyring: None, tmp_path: Path) -> None:
    open_vault("test", tmp_path)

    keyring.set_keyring(MemoryKeyring())

    assert isinstance(open_vault("test", tmp_path), FileVault)


def test_a_key_ring_chosen_once_is_asked_for_even_when_it_is_locked(
    working_keyring: MemoryKeyring, tmp_path: Path
) -> None:
    open_vault("test", tmp_path).put("camera/7", SECRET)

    keyring.set_keyring(keyring.backends.fail.Keyring())

    with pytest.raises(Unavailable):
        open_vault("test", tmp_path).get("camera/7")


def test_two_data_folders_do_not_share_their_secrets(working_keyring: MemoryKeyring, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    open_vault("test", first).put("unit/01", SECRET)

    assert open_vault("test", second).get("unit/01") is None
    assert open_vault("test", first).get("unit/01") == SECRET


# ---- power and damage ----------------------------------------------------------------------------------------


def test_the_power_may_go_at_any_byte_of_a_vault_that_is_being_written(tmp_path: Path) -> None:
    vault = FileVault(tmp_path)
    vault.put("camera/7", SECRET)
    old = (tmp_path / "vault.json").read_bytes()
    vault.put("camera/8", SECRET[::-1])
    new = (tmp_path / "vault.json").read_bytes()
    for length in range(len(new) + 1):
        (tmp_path / "vault.json").write_bytes(old)
        (tmp_path / "vault.json.1-2.draft").write_bytes(new[:length])
        assert vault.get("camera/7") == SECRET
        assert vault.get("camera/8") is None


def test_a_damaged_vault_says_so_and_is_not_written_over(tmp_path: Path) -> None:
    vault = FileVault(tmp_path)
    vault.put("camera/7", SECRET)
    whole = (tmp_path / "vault.json").read_bytes()
    for damaged in (*(whole[:length] for length in range(len(whole) - 1)), b"\0" * 200, b"[]", b"null", b"{}"):
        (tmp_path / "vault.json").write_bytes(damaged)
        with pytest.raises(Unavailable, match="damaged"):
            vault.get("camera/7")
        with pytest.raises(Unavailable, match="damaged"):
            FileVault(tmp_path).put("camera/8", SECRET)
        assert (tmp_path / "vault.json").read_bytes() == damaged


@pytest.mark.parametrize("length", [None, 0, 1, 31, 33])
def test_a_lost_or_cut_key_is_not_replaced_while_it_could_open_something(tmp_path: Path, length: int | None) -> None:
    FileVault(tmp_path).put("camera/7", SECRET)
    key = tmp_path / "vault.key"
    whole = key.read_bytes()
    key.unlink()
    if length is not None:
        key.write_bytes((whole * 2)[:length])
    acts: tuple[Callable[[FileVault], object], ...] = (
        lambda vault: vault.get("camera/7"),
        lambda vault: vault.put("camera/8", SECRET),
    )
    for act in acts:
        with pytest.raises(Unavailable, match="damaged"):
            act(FileVault(tmp_path))
    key.unlink(missing_ok=True)
    key.write_bytes(whole)
    assert FileVault(tmp_path).get("camera/7") == SECRET


def test_a_choice_that_cannot_be_read_is_not_made_anew(no_keyring: None, tmp_path: Path) -> None:
    open_vault("test", tmp_path)
    whole = (tmp_path / "vault.place").read_bytes()
    for length in range(len(whole) - 1):
        (tmp_path / "vault.place").write_bytes(whole[:length])
        with pytest.raises(Unavailable, match="back-up"):
            open_vault("test", tmp_path)


def test_a_vault_of_an_earlier_version_opens(tmp_path: Path) -> None:
    vault = FileVault(tmp_path)
    vault.put("camera/7", SECRET)
    held = json.loads((tmp_path / "vault.json").read_text(encoding="utf-8"))
    # As it was derived until the derivation moved to another library: RFC 9106, 64 MiB, three passes, four lanes.
    old = Argon2id(salt=base64.b64decode(held["salt"]), length=32, iterations=3, lanes=4, memory_cost=64 * 1024)
    key = old.derive((tmp_path / "vault.key").read_bytes())
    raw = base64.b64decode(held["secrets"]["camera/7"])
    assert AESGCM(key).decrypt(raw[:12], raw[12:], b"camera/7").decode() == SECRET


def test_two_who_write_at_once_lose_nothing_of_each_other(tmp_path: Path) -> None:
    gate = threading.Barrier(4)

    def put(mine: str) -> None:
        vault = FileVault(tmp_path)
        gate.wait(10)
        for number in range(10):
            vault.put(f"{mine}/{number}", f"{mine}-{number}")

    threads = [threading.Thread(target=put, args=(mine,)) for mine in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    vault = FileVault(tmp_path)
    assert [vault.get(f"{mine}/{number}") for mine in "abcd" for number in range(10)] == [
        f"{mine}-{number}" for mine in "abcd" for number in range(10)
    ]
