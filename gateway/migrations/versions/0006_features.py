"""Broadcasts, information items, aspirations with their events, and drafts."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("""
    CREATE TABLE broadcasts (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        number bigint NOT NULL UNIQUE,
        state text NOT NULL CHECK (state IN ('draft', 'submitted', 'approved', 'sending', 'paused', 'finished',
            'rejected', 'expired', 'cancelled')),
        level text NOT NULL CHECK (level IN ('routine', 'important', 'emergency')),
        texts jsonb NOT NULL,
        audience jsonb NOT NULL,
        reason text,
        send_at timestamptz,
        expires_at timestamptz,
        author_id bigint NOT NULL REFERENCES officials,
        recipients bigint NOT NULL,
        hash text NOT NULL,
        submitted_at timestamptz,
        approval_ends_at timestamptz,
        approved_by bigint REFERENCES officials,
        approved_at timestamptz,
        release_at timestamptz,
        held_until timestamptz,
        batch_id bigint REFERENCES batches,
        started_at timestamptz,
        finished_at timestamptz,
        note text,
        created_at timestamptz NOT NULL,
        changed_at timestamptz NOT NULL
    );
    CREATE SEQUENCE broadcast_number;
    CREATE INDEX broadcasts_live ON broadcasts (state) WHERE state IN ('submitted', 'approved', 'sending', 'paused');
    CREATE TABLE broadcast_keys (
        official_id bigint NOT NULL REFERENCES officials,
        key text NOT NULL,
        body_hash bytea NOT NULL,
        answer jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (official_id, key)
    );

    CREATE TABLE items (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        code text NOT NULL UNIQUE,
        state text NOT NULL CHECK (state IN ('draft', 'submitted', 'published', 'retired')),
        topic text NOT NULL,
        area text NOT NULL REFERENCES areas,
        titles jsonb NOT NULL,
        texts jsonb NOT NULL,
        source text NOT NULL,
        author_id bigint NOT NULL REFERENCES officials,
        approver_id bigint REFERENCES officials,
        valid_from timestamptz NOT NULL,
        valid_until timestamptz NOT NULL,
        is_demo boolean NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL,
        CHECK (state <> 'published' OR (approver_id IS NOT NULL AND approver_id <> author_id))
    );
    CREATE INDEX items_shown ON items (topic, valid_until) WHERE state = 'published';

    CREATE TABLE aspirations (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        ticket text NOT NULL UNIQUE,
        cause text NOT NULL UNIQUE,
        number_id bigint NOT NULL REFERENCES numbers,
        kind text NOT NULL CHECK (kind IN ('complaint', 'proposal', 'question')),
        category text,
        area text REFERENCES areas,
        rt text,
        rw text,
        body text NOT NULL,
        body_hash bytea NOT NULL,
        state text NOT NULL,
        is_confidential boolean NOT NULL DEFAULT false,
        is_emergency boolean NOT NULL DEFAULT false,
        office text REFERENCES offices,
        due date,
        is_due_provisional boolean NOT NULL DEFAULT false,
        channel text NOT NULL CHECK (channel IN ('sms', 'ussd', 'api')),
        is_demo boolean NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL,
        changed_at timestamptz NOT NULL
    );
    CREATE INDEX aspirations_number ON aspirations (number_id, created_at);
    CREATE INDEX aspirations_area ON aspirations (area, id);
    CREATE TABLE aspiration_events (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        aspiration_id bigint NOT NULL REFERENCES aspirations,
        cause text UNIQUE,
        at timestamptz NOT NULL,
        by text NOT NULL,
        verb text NOT NULL,
        body text
    );
    CREATE INDEX aspiration_events_of ON aspiration_events (aspiration_id, id);
    -- Words we did not understand: kept until the resident sends them with YA, or a person looks at them.
    CREATE TABLE drafts (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        number_id bigint NOT NULL REFERENCES numbers,
        kind text NOT NULL DEFAULT 'complaint',
        body text NOT NULL,
        details jsonb NOT NULL DEFAULT '{}',
        state text NOT NULL CHECK (state IN ('open', 'sent', 'waiting')),
        created_at timestamptz NOT NULL,
        changed_at timestamptz NOT NULL
    );
    CREATE INDEX drafts_open ON drafts (number_id, changed_at) WHERE state = 'open';

    GRANT SELECT, INSERT, UPDATE ON broadcasts, items, aspirations, drafts TO kabar_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON broadcast_keys TO kabar_app;
    GRANT SELECT, INSERT ON aspiration_events TO kabar_app;
    -- Events are never rewritten; a person who is erased takes their words along.
    GRANT UPDATE (body) ON aspiration_events TO kabar_app;
    GRANT USAGE ON SEQUENCE broadcast_number TO kabar_app;
    """)


def downgrade() -> None:
    op.execute("""
    DROP TABLE drafts, aspiration_events, aspirations, items, broadcast_keys, broadcasts;
    DROP SEQUENCE broadcast_number;
    """)
