"""After a broadcast has left: what a message was before it was sent again, who asked for that, and polls with their answers."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.execute("""
    -- What a message goes back to where its new attempt never leaves: it may have arrived, so `skipped` would be untrue.
    ALTER TABLE messages ADD resent_from text CHECK (resent_from IN ('unconfirmed', 'failed'));
    CREATE INDEX messages_resent ON messages (number_id) WHERE resent_from = 'unconfirmed';

    -- Whether any report said that it failed: of a message in several parts the worst of them counts, whatever comes when.
    ALTER TABLE attempts ADD has_failed boolean NOT NULL DEFAULT false;

    CREATE TABLE broadcast_resends (
        broadcast_id bigint NOT NULL REFERENCES broadcasts,
        number smallint NOT NULL,
        kind text NOT NULL CHECK (kind IN ('unconfirmed', 'failed')),
        official_id bigint NOT NULL REFERENCES officials,
        resent bigint NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (broadcast_id, number)
    );

    -- `question`: {"options": {"1": "saluran", …}, "closes_at": …}; `results_at`: when all who answered were sent the result.
    ALTER TABLE broadcasts ADD question jsonb, ADD results_at timestamptz;
    CREATE INDEX broadcasts_polls ON broadcasts (id) WHERE question IS NOT NULL;
    CREATE TABLE poll_answers (
        broadcast_id bigint NOT NULL REFERENCES broadcasts,
        number_id bigint NOT NULL REFERENCES numbers,
        choice text NOT NULL,
        language text NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (broadcast_id, number_id)
    );
    CREATE INDEX poll_answers_number ON poll_answers (number_id);

    GRANT SELECT, INSERT ON broadcast_resends, poll_answers TO kabar_app;
    """)


def downgrade() -> None:
    op.execute("""
    DROP TABLE poll_answers, broadcast_resends;
    ALTER TABLE broadcasts DROP question, DROP results_at;
    ALTER TABLE attempts DROP has_failed;
    ALTER TABLE messages DROP resent_from;
    """)
