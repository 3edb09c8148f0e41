"""Rumours that people asked about, who asked, and codes of messages that were not ours."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("""
    -- `claim` is what was asked, redacted; `summary`, `fact` and `sources` are the desk's and are shown once published.
    CREATE TABLE rumours (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        number bigint NOT NULL UNIQUE,
        claim text NOT NULL,
        claim_hash bytea NOT NULL,
        area text REFERENCES areas,
        state text NOT NULL CHECK (state IN ('open', 'published')),
        label text CHECK (label IN ('salah', 'menyesatkan', 'benar', 'belum_terbukti')),
        summary text,
        fact text,
        sources text[] NOT NULL DEFAULT '{}',
        author_id bigint REFERENCES officials,
        approver_id bigint REFERENCES officials,
        checked_at timestamptz,
        is_demo boolean NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL,
        CHECK (state <> 'published' OR (label IS NOT NULL AND summary IS NOT NULL AND checked_at IS NOT NULL
            AND author_id IS NOT NULL AND approver_id IS NOT NULL AND approver_id <> author_id))
    );
    CREATE SEQUENCE rumour_number;
    CREATE INDEX rumours_claim ON rumours (claim_hash);
    CREATE INDEX rumours_latest ON rumours (checked_at DESC) WHERE state = 'published';
    CREATE TABLE rumour_askers (
        rumour_id bigint NOT NULL REFERENCES rumours,
        number_id bigint NOT NULL REFERENCES numbers,
        channel text NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (rumour_id, number_id)
    );
    CREATE INDEX rumour_askers_number ON rumour_askers (number_id);
    CREATE TABLE forged_codes (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        cause text NOT NULL UNIQUE,
        number_id bigint NOT NULL REFERENCES numbers,
        code text NOT NULL,
        at timestamptz NOT NULL
    );
    CREATE INDEX forged_codes_number ON forged_codes (number_id);

    GRANT SELECT, INSERT, UPDATE ON rumours TO kabar_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON rumour_askers, forged_codes TO kabar_app;
    GRANT USAGE ON SEQUENCE rumour_number TO kabar_app;
    """)


def downgrade() -> None:
    op.execute("""
    DROP TABLE forged_codes, rumour_askers, rumours;
    DROP SEQUENCE rumour_number;
    """)
