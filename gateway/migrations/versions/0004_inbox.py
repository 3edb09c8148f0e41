"""What comes in, what we asked and wait for, and what a USSD session leaves behind."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("""
    -- A sender that is no phone number (a name, a short code) stands in `sender` and is never answered.
    CREATE TABLE inbound (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        provider text NOT NULL,
        provider_id text NOT NULL,
        number_id bigint REFERENCES numbers,
        sender text,
        recipient text,
        body text NOT NULL,
        had_identity boolean NOT NULL DEFAULT false,
        carrier_opt text,
        received_at timestamptz NOT NULL,
        handled_at timestamptz,
        outcome text,
        tries smallint NOT NULL DEFAULT 0,
        UNIQUE (provider, provider_id)
    );
    CREATE INDEX inbound_waiting ON inbound (id) WHERE handled_at IS NULL;
    CREATE INDEX inbound_turn ON inbound (number_id, id) WHERE handled_at IS NULL;
    CREATE INDEX inbound_number ON inbound (number_id, received_at);

    CREATE TABLE questions (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        number_id bigint NOT NULL REFERENCES numbers,
        kind text NOT NULL,
        subject text NOT NULL,
        payload jsonb NOT NULL DEFAULT '{}',
        asked_at timestamptz NOT NULL,
        deadline timestamptz NOT NULL,
        closed_at timestamptz,
        answer text
    );
    CREATE INDEX questions_open ON questions (number_id, asked_at) WHERE closed_at IS NULL;
    CREATE INDEX questions_due ON questions (deadline) WHERE closed_at IS NULL;

    -- `consumed` counts the characters of the cumulative text that the last effect has used up.
    CREATE TABLE ussd_sessions (
        provider text NOT NULL,
        session_id text NOT NULL,
        number_id bigint NOT NULL REFERENCES numbers,
        facts jsonb NOT NULL,
        state jsonb,
        consumed integer NOT NULL DEFAULT 0,
        started_at timestamptz NOT NULL,
        ended_at timestamptz,
        status text,
        PRIMARY KEY (provider, session_id)
    );
    CREATE INDEX ussd_sessions_started ON ussd_sessions (started_at);
    CREATE INDEX ussd_sessions_number ON ussd_sessions (number_id);

    -- Up to when a provider was asked for messages that our hooks may have missed.
    CREATE TABLE catch_ups (
        provider text PRIMARY KEY,
        upto timestamptz NOT NULL
    );

    GRANT SELECT, INSERT, UPDATE ON inbound, questions, catch_ups TO kabar_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ussd_sessions TO kabar_app;
    """)


def downgrade() -> None:
    op.execute("DROP TABLE catch_ups, ussd_sessions, questions, inbound")
