"""A publisher's file over HTTPS: resumed where it stopped, given up quickly where there is no network."""

from collections.abc import Callable
from pathlib import Path

import requests

from console.application.errors import Unavailable

_CONNECT_TIMEOUT_S = 3.0  # a machine without a network must come to the next source while its owner watches
_READ_TIMEOUT_S = 30.0  # a slow line is not a dead one
_CHUNK_BYTES = 256 * 1024
_RANGE_REFUSED = 416


def download(url: str, part: Path, on_bytes: Callable[[int], None]) -> None:
    """Bring ``url`` into ``part``, going on from the bytes that are already there.

    Args:
        on_bytes: told the bytes on disk so far, after each chunk.

    Raises:
        Unavailable: the publisher could not be reached or broke off; what came stays in ``part``.
    """
    have_bytes = part.stat().st_size if part.exists() else 0
    headers = {"Range": f"bytes={have_bytes}-"} if have_bytes else {}
    host = url.split("/")[2]
    try:
        with requests.get(url, headers=headers, stream=True, timeout=(_CONNECT_TIMEOUT_S, _READ_TIMEOUT_S)) as answer:
            if answer.status_code == _RANGE_REFUSED:
                part.unlink()
                raise Unavailable("{host} refused to go on with the download; start it again.", host=host)
            answer.raise_for_status()
            resumes = answer.status_code == requests.codes.partial_content
            with part.open("ab" if resumes else "wb") as file:
                for chunk in answer.iter_content(_CHUNK_BYTES):
                    file.write(chunk)
                    on_bytes(file.tell())
    except (requests.RequestException, OSError) as cause:
        raise Unavailable("{host} could not be reached ({fault}).", host=host, fault=_plain(cause)) from cause


def _plain(cause: Exception) -> str:
    if isinstance(cause, requests.HTTPError) and cause.response is not None:
        return f"it answered {cause.response.status_code}"
    if isinstance(cause, requests.Timeout):
        return "no answer in time"
    if isinstance(cause, requests.ConnectionError):
        return "no connection"
    return str(cause)
