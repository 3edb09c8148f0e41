"""KIM as organisations with dated names, areas and boards; digests to their officials; indexes of public figures."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.execute("""
    CREATE INDEX aspirations_created ON aspirations (created_at);
    CREATE INDEX aspiration_events_at ON aspiration_events (at)
        WHERE verb IN ('verify', 'resolve', 'confirm', 'confirm_partly', 'deny', 'lapse');
    CREATE INDEX rumours_created ON rumours (created_at);

    -- Everything dated holds from `since` up to, not including, `until`. Nothing of it is ever deleted.
    CREATE TABLE kim (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        since date NOT NULL,
        until date,
        merged_into bigint REFERENCES kim,
        created_at timestamptz NOT NULL,
        CHECK (until >= since),
        CHECK (merged_into IS NULL OR (until IS NOT NULL AND merged_into <> id))
    );
    -- A name holds until the next one does.
    CREATE TABLE kim_names (
        kim_id bigint NOT NULL REFERENCES kim,
        since date NOT NULL,
        name text NOT NULL,
        PRIMARY KEY (kim_id, since)
    );
    CREATE TABLE kim_areas (
        kim_id bigint NOT NULL REFERENCES kim,
        area text NOT NULL REFERENCES areas,
        since date NOT NULL,
        until date,
        PRIMARY KEY (kim_id, area, since),
        CHECK (until >= since)
    );
    CREATE UNIQUE INDEX kim_areas_open ON kim_areas (area) WHERE until IS NULL;
    CREATE TABLE kim_seats (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        kim_id bigint NOT NULL REFERENCES kim,
        official_id bigint NOT NULL REFERENCES officials,
        seat text NOT NULL CHECK (seat IN ('chair', 'secretary', 'treasurer', 'member')),
        since date NOT NULL,
        until date,
        CHECK (until >= since)
    );
    CREATE INDEX kim_seats_of ON kim_seats (kim_id);
    CREATE INDEX kim_seats_official ON kim_seats (official_id);
    -- `week` is the Monday on which it was written.
    CREATE TABLE kim_digests (
        official_id bigint NOT NULL REFERENCES officials,
        week date NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (official_id, week)
    );
    GRANT SELECT, INSERT, UPDATE (until, merged_into) ON kim TO kabar_app;
    GRANT SELECT, INSERT, UPDATE (name) ON kim_names TO kabar_app;
    GRANT SELECT, INSERT, UPDATE (until) ON kim_areas, kim_seats TO kabar_app;
    GRANT SELECT, INSERT ON kim_digests TO kabar_app;
    """)


def downgrade() -> None:
    op.execute("""
    DROP TABLE kim_digests, kim_seats, kim_areas, kim_names, kim;
    DROP INDEX rumours_created, aspiration_events_at, aspirations_created;
    """)
