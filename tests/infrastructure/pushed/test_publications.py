"""Claims about who may send: only a device with its own key, one at a time, and no key is ever written down."""

import asyncio
import logging

import pytest

from console.infrastructure.pushed import publications as room
from console.infrastructure.pushed.publications import Publication, Publications, Refused

KEYS = {"push-drone-1": "Str33tL1ght"}


def admitted(
    device: str, key: str, before: tuple[str, ...] = (), refused: list[tuple[str, str, str]] | None = None
) -> Publication:
    told = refused if refused is not None else []

    async def ask() -> Publication:
        publications = Publications(KEYS.get, lambda *what: told.append(what))
        try:
            for one in before:
                await publications.admit(one, KEYS[f"push-{one}"], "10.0.0.9")
            return await publications.admit(device, key, "10.0.0.9")
        finally:
            publications.close()

    return asyncio.run(ask())


def test_a_device_with_its_key_may_send() -> None:
    assert admitted("drone-1", "Str33tL1ght").device == "drone-1"


@pytest.mark.parametrize(
    ("device", "key"),
    [("drone-1", "Wr0ngTry"), ("drone-1", ""), ("drone-2", "Str33tL1ght"), ("../vault", "x"), ("", "Str33tL1ght")],
)
def test_no_other_may_and_its_key_is_not_written_down(
    device: str, key: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "REFUSED_AFTER_S", 0.0)
    told: list[tuple[str, str, str]] = []
    with caplog.at_level(logging.INFO), pytest.raises(Refused, match="key is wrong"):
        admitted(device, key, refused=told)
    why = "wrong_key" if device == "drone-1" else "unknown"
    assert told == [(device if device.startswith("drone") else "", "10.0.0.9", why)]
    assert "was refused from 10.0.0.9" in caplog.text
    assert not key or key not in caplog.text


def test_a_second_one_of_the_same_name_is_refused() -> None:
    told: list[tuple[str, str, str]] = []
    with pytest.raises(Refused, match="sends already"):
        admitted("drone-1", "Str33tL1ght", before=("drone-1",), refused=told)
    assert told == [("drone-1", "10.0.0.9", "sends_already")]
