"""The one history of the tables. Read by Alembic from its files, also in a frozen program."""
