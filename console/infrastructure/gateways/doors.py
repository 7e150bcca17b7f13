"""A small HTTP door on this machine that asks for a token: the demo cameras' control."""

from typing import Any

import requests

from console.application.errors import Unavailable

WITHIN_S = 5.0


class Door:
    """Used from one thread."""

    def __init__(self, base_url: str, token: str) -> None:
        self._base_url = base_url
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["X-Token"] = token

    def get(self, path: str) -> Any:
        return self._call("GET", path)

    def post(self, path: str, said: dict[str, Any] | None = None) -> Any:
        """Post; ``said`` goes as JSON."""
        return self._call("POST", path, said)

    def close(self) -> None:
        self._session.close()

    def _call(self, method: str, path: str, said: dict[str, Any] | None = None) -> Any:
        try:
            answer = self._session.request(method, self._base_url + path, json=said, timeout=WITHIN_S)
            answer.raise_for_status()
            found = answer.json()
        except requests.RequestException as cause:
            raise Unavailable(
                "The door at {path} does not open ({kind}).", path=path, kind=type(cause).__name__
            ) from None
        return found
