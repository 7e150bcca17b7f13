"""A schema of its own in somebody's PostgreSQL, so that a story or test run twice finds nothing of the first."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine, make_url, text


@contextmanager
def scratch_schema(address: str) -> Iterator[str]:
    """Give the address of a new, empty schema; it is dropped afterwards. An empty or SQLite address is given back.

    The address carries the password it came with: give it to children by their environment only.
    """
    if not address.startswith("postgres"):
        yield address
        return
    url = make_url(address).set(drivername="postgresql+psycopg")
    name = f"story_{secrets.token_hex(6)}"
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(text(f'CREATE SCHEMA "{name}"'))
        own = url.update_query_dict({"options": f"-csearch_path={name}"})
        try:
            yield own.render_as_string(hide_password=False)
        finally:
            with engine.begin() as connection:
                connection.execute(text(f'DROP SCHEMA "{name}" CASCADE'))
    finally:
        engine.dispose()
