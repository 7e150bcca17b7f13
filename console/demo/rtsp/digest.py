"""HTTP digest (RFC 7616, MD5 as cameras speak it): who does not know the password sees nothing."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

_FIELD = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')
REALM = "citydesk-demo"


@dataclass(frozen=True, slots=True)
class Login:
    user: str
    password: str


def new_nonce() -> str:
    return secrets.token_hex(16)


def challenge(nonce: str) -> str:
    """Return the header that asks for a password."""
    return f'Digest realm="{REALM}", nonce="{nonce}", algorithm=MD5'


def is_right(header: str, method: str, nonce: str, login: Login) -> bool:
    """Tell whether an ``Authorization`` header answers our challenge with the right password."""
    if not header.startswith("Digest "):
        return False
    fields = {name: quoted or plain for name, quoted, plain in _FIELD.findall(header[7:])}
    if fields.get("username") != login.user or fields.get("nonce") != nonce:
        return False
    first = _md5(f"{login.user}:{REALM}:{login.password}")
    second = _md5(f"{method}:{fields.get('uri', '')}")
    return hmac.compare_digest(_md5(f"{first}:{nonce}:{second}"), fields.get("response", ""))


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
