"""Public figures by month: when reports came, and when what was done about them."""

from alembic import op

revision = "0016"
down_revision = "0013"


def upgrade() -> None:
    op.execute("""
    CREATE INDEX aspirations_created ON aspirations (created_at);
    CREATE INDEX aspiration_events_at ON aspiration_events (at)
        WHERE verb IN ('verify', 'resolve', 'confirm', 'confirm_partly', 'deny', 'lapse');
    CREATE INDEX rumours_created ON rumours (created_at);
    """)


def downgrade() -> None:
    op.execute("DROP INDEX rumours_created, aspiration_events_at, aspirations_created")
