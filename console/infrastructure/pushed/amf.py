"""AMF 0 (Adobe, 2006), as much of it as commands of RTMP need."""

import struct
from typing import TypeAlias

Value: TypeAlias = "float | bool | str | dict[str, Value] | list[Value] | None"
MOST_VALUES = 256
_NUMBER, _BOOLEAN, _STRING, _OBJECT, _NULL, _ARRAY, _ROW = 0, 1, 2, 3, 5, 8, 10
_END = b"\x00\x00\x09"


class Nonsense(Exception):
    """What came is no RTMP, or too much of it."""


def read_values(data: bytes) -> list[Value]:
    """Return the values of a command: its name, its number, and what it is about.

    Raises:
        Nonsense: that is no AMF 0.
    """
    found: list[Value] = []
    at = 0
    try:
        while at < len(data):
            value, at = _read(data, at, 0)
            found.append(value)
            if len(found) > MOST_VALUES:
                raise Nonsense("too many values")
    except (struct.error, IndexError, UnicodeDecodeError) as cause:
        raise Nonsense("a command that ends in the middle") from cause
    if len(found) < 2:
        raise Nonsense("a command without a number")
    return [*found, None, None]  # what a short command does not say


def written(*values: Value) -> bytes:
    return b"".join(_write(value) for value in values)


def _read(data: bytes, at: int, depth: int) -> tuple[Value, int]:
    kind = data[at]
    at += 1
    match kind:
        case 0:
            return struct.unpack_from(">d", data, at)[0], at + 8
        case 1:
            return data[at] != 0, at + 1
        case 2:
            return _text(data, at, 2)
        case 12:
            return _text(data, at, 4)
        case 3 | 8:
            return _object(data, at + (4 if kind == _ARRAY else 0), depth + 1)
        case 5 | 6:
            return None, at
        case 10:
            return _row(data, at, depth + 1)
        case 11:
            return struct.unpack_from(">d", data, at)[0], at + 10  # a date, with its time zone
        case _:
            raise Nonsense("a value of an unknown kind")


def _text(data: bytes, at: int, length_bytes: int) -> tuple[str, int]:
    length = int.from_bytes(data[at : at + length_bytes])
    at += length_bytes
    if at + length > len(data):
        raise IndexError
    return data[at : at + length].decode(), at + length


def _object(data: bytes, at: int, depth: int) -> tuple[dict[str, Value], int]:
    found: dict[str, Value] = {}
    if depth > 4:
        raise Nonsense("values too deep in one another")
    while data[at : at + 3] != _END:
        name, at = _text(data, at, 2)
        found[name], at = _read(data, at, depth)
        if len(found) > MOST_VALUES:
            raise Nonsense("too many values")
    return found, at + 3


def _row(data: bytes, at: int, depth: int) -> tuple[list[Value], int]:
    many = int.from_bytes(data[at : at + 4])
    at += 4
    if depth > 4 or many > MOST_VALUES:
        raise Nonsense("too many values, or too deep in one another")
    found = []
    for _ in range(many):
        value, at = _read(data, at, depth)
        found.append(value)
    return found, at


def _write(value: Value) -> bytes:
    match value:
        case None:
            return bytes((_NULL,))
        case bool():
            return bytes((_BOOLEAN, value))
        case float():
            return bytes((_NUMBER,)) + struct.pack(">d", value)
        case str():
            return bytes((_STRING,)) + _named(value)
        case list():
            return bytes((_ROW,)) + len(value).to_bytes(4) + b"".join(map(_write, value))
        case dict():
            inner = b"".join(_named(name) + _write(one) for name, one in value.items())
            return bytes((_OBJECT,)) + inner + _END


def _named(text: str) -> bytes:
    raw = text.encode()
    return len(raw).to_bytes(2) + raw
