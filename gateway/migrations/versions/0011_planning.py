"""Planning a broadcast: signatures, groups, presets with reviews, drills."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute("""
    -- A signature is for the words it was given to: changed texts need another one.
    CREATE TABLE broadcast_signatures (
        broadcast_id bigint NOT NULL REFERENCES broadcasts,
        texts_hash text NOT NULL,
        official_id bigint NOT NULL REFERENCES officials,
        at timestamptz NOT NULL,
        PRIMARY KEY (broadcast_id, texts_hash)
    );
    GRANT SELECT, INSERT ON broadcast_signatures TO kabar_app;

    -- Who is in a group stands with the residents; here stands what is known of the group itself.
    CREATE TABLE resident_groups (
        name text PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9_-]{0,31}$'),
        is_test boolean NOT NULL DEFAULT false,
        changed_at timestamptz NOT NULL
    );
    GRANT SELECT, INSERT, UPDATE ON resident_groups TO kabar_app;

    -- A preset's content never changes: another version is another row, and the old one retires when it is approved.
    CREATE TABLE presets (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name text NOT NULL CHECK (name ~ '^[a-z0-9][a-z0-9_-]{0,31}$'),
        state text NOT NULL CHECK (state IN ('submitted', 'approved', 'rejected', 'retired')),
        audience jsonb NOT NULL,
        texts jsonb NOT NULL,
        slots jsonb NOT NULL,
        hash text NOT NULL,
        author_id bigint NOT NULL REFERENCES officials,
        approver_id bigint REFERENCES officials,
        approved_at timestamptz,
        created_at timestamptz NOT NULL,
        CHECK (state <> 'approved' OR (approver_id IS NOT NULL AND approver_id <> author_id))
    );
    CREATE UNIQUE INDEX presets_approved ON presets (name) WHERE state = 'approved';
    CREATE UNIQUE INDEX presets_submitted ON presets (name) WHERE state = 'submitted';
    GRANT SELECT, INSERT, UPDATE (state, approver_id, approved_at) ON presets TO kabar_app;

    ALTER TABLE broadcasts
        ADD preset_id bigint REFERENCES presets,
        ADD is_drill boolean NOT NULL DEFAULT false,
        ADD CHECK (NOT is_drill OR jsonb_array_length(coalesce(audience -> 'groups', '[]')) > 0);
    -- What was sent by a preset without a second person is looked at afterwards.
    CREATE TABLE broadcast_reviews (
        broadcast_id bigint PRIMARY KEY REFERENCES broadcasts,
        preset_id bigint NOT NULL REFERENCES presets,
        due_at timestamptz NOT NULL,
        reviewer_id bigint REFERENCES officials,
        reviewed_at timestamptz,
        note text,
        alarmed_at timestamptz
    );
    CREATE INDEX broadcast_reviews_open ON broadcast_reviews (due_at) WHERE reviewed_at IS NULL;
    GRANT SELECT, INSERT, UPDATE (reviewer_id, reviewed_at, note, alarmed_at) ON broadcast_reviews TO kabar_app;

    -- A drill is one from its first row to its last: no statement, not even the owner's, makes it a real one.
    CREATE FUNCTION keep_drill() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'a drill stays a drill, and nothing else becomes one' USING ERRCODE = 'check_violation';
    END $$;
    CREATE TRIGGER broadcasts_drill BEFORE UPDATE ON broadcasts
        FOR EACH ROW WHEN (OLD.is_drill IS DISTINCT FROM NEW.is_drill) EXECUTE FUNCTION keep_drill();
    """)


def downgrade() -> None:
    op.execute("""
    DROP TRIGGER broadcasts_drill ON broadcasts;
    DROP FUNCTION keep_drill();
    DROP TABLE broadcast_reviews;
    ALTER TABLE broadcasts DROP is_drill, DROP preset_id;
    DROP TABLE presets, resident_groups, broadcast_signatures;
    """)
