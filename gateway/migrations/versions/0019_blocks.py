"""Blocks of message ids: what leaves by one route in a batch has ids in a row, in whatever order it is written."""

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.execute("""
    -- One for each route of a batch: the upper 31 bits of its rows' ids. Block 0 is that of `messages_id`, single messages.
    CREATE SEQUENCE message_blocks CACHE 1;
    GRANT USAGE ON SEQUENCE message_blocks TO kabar_app;
    """)


def downgrade() -> None:
    op.execute("DROP SEQUENCE message_blocks")
