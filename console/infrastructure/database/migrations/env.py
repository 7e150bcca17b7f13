"""Run by Alembic for every command. The connection, and its transaction, come from ``upgrading``."""

from alembic import context

from console.infrastructure.database.tables import metadata


def run() -> None:
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
