"""Alembic's entry: runs revisions over the connection that store/migrate.py gives. 迁移入口"""

from alembic import context

from store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
