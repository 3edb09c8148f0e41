"""Broadcasts that repeat, and the city's own phones that every broadcast goes to."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.execute("""
    -- `repeats_id`: the first of the series. `is_repeated`: the next one is written, or there is none.
    ALTER TABLE broadcasts
        ADD repeat_every text CHECK (repeat_every IN ('day', 'week', 'month')),
        ADD repeat_until date,
        ADD repeats_id bigint REFERENCES broadcasts,
        ADD is_repeated boolean NOT NULL DEFAULT false,
        ADD CHECK ((repeat_every IS NULL) = (repeat_until IS NULL)),
        ADD CHECK (repeat_every IS NULL OR (send_at IS NOT NULL AND level <> 'emergency'));
    -- However often clocks run, stop or are set back: one broadcast for each moment of a series.
    CREATE UNIQUE INDEX broadcasts_series ON broadcasts (repeats_id, send_at);
    CREATE INDEX broadcasts_repeating ON broadcasts (id) WHERE repeat_every IS NOT NULL AND NOT is_repeated;

    CREATE TABLE canaries (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        number_id bigint NOT NULL UNIQUE REFERENCES numbers,
        place text NOT NULL,
        added_by bigint NOT NULL REFERENCES officials,
        added_at timestamptz NOT NULL
    );
    CREATE TABLE broadcast_canaries (
        broadcast_id bigint PRIMARY KEY REFERENCES broadcasts,
        batch_id bigint NOT NULL REFERENCES batches,
        judge_at timestamptz NOT NULL,
        judged_at timestamptz
    );
    CREATE INDEX broadcast_canaries_open ON broadcast_canaries (judge_at) WHERE judged_at IS NULL;
    GRANT SELECT, INSERT, DELETE ON canaries TO kabar_app;
    GRANT SELECT, INSERT, UPDATE (judged_at) ON broadcast_canaries TO kabar_app;
    """)


def downgrade() -> None:
    op.execute("""
    DROP TABLE broadcast_canaries, canaries;
    DROP INDEX broadcasts_series, broadcasts_repeating;
    ALTER TABLE broadcasts DROP repeat_every, DROP repeat_until, DROP repeats_id, DROP is_repeated;
    """)
