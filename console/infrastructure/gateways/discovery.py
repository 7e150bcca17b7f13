"""Cameras that answer a call into the network (WS-Discovery)."""

from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from onveef import wsdiscovery

from console.application.camera_devices import FoundDevice

# UDP gets lost and small devices are slow: three calls over this long, as the library recommends.
LISTEN_S = 3.0
MOST_FOUND = 1000
LONGEST_WORD = 120


def find_devices(interfaces: Sequence[str] | None = None, listen_s: float = LISTEN_S) -> tuple[FoundDevice, ...]:
    """Call into the network and return who answers, by address. Takes ``listen_s`` for each interface.

    Anybody can answer: what is found is an offer to a person, never added by itself.

    Args:
        interfaces: our own IPv4 addresses to call from; without them all that can be found out.
    """
    found: dict[str, FoundDevice] = {}
    answers = wsdiscovery.discover(timeout_s=listen_s, interface_ip=list(interfaces) if interfaces else None)
    for answer in answers[:MOST_FOUND]:
        address = next((one for one in answer.xaddrs if _is_web(one)), "")
        if address:
            found[address] = FoundDevice(address, _word(answer.name), _word(answer.hardware))
    return tuple(found[address] for address in sorted(found))


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def _word(said: str) -> str:
    return "".join(letter for letter in unquote(said) if letter.isprintable())[:LONGEST_WORD].strip()
