"""Casework: who holds a ticket, which clock runs on it and since when, what it waits for, and where it was merged."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.execute("""
    -- `due` is the day on which `clock` runs out: `clock_days` working days after `clock_from`. `reminded`: the last step
    -- that officials were told of for this `due` (1 before, 2 on the day, 3 and 4 after it). `waits_until`: how long the
    -- resident may be silent. `limit_at`: when the outer limit was found to be passed. `alarmed_at`: when officials were
    -- told of an emergency.
    ALTER TABLE aspirations
        ADD held_by bigint REFERENCES officials,
        ADD clock text CHECK (clock IN ('verify', 'first', 'done', 'again')),
        ADD clock_from date,
        ADD clock_days smallint,
        ADD reminded smallint NOT NULL DEFAULT 0 CHECK (reminded BETWEEN 0 AND 4),
        ADD waits_until timestamptz,
        ADD escalated_at timestamptz,
        ADD limit_at timestamptz,
        ADD alarmed_at timestamptz,
        ADD merged_into bigint REFERENCES aspirations,
        ADD CHECK (merged_into IS NULL OR state = 'merged'),
        ADD CHECK (clock IS NULL OR (clock_from IS NOT NULL AND clock_days IS NOT NULL AND due IS NOT NULL));
    UPDATE aspirations SET clock = 'verify', clock_from = (created_at AT TIME ZONE 'Asia/Jakarta')::date, clock_days = 3
    WHERE state IN ('received', 'verifying') AND due IS NOT NULL;
    UPDATE aspirations SET due = NULL WHERE clock IS NULL;
    -- Nobody is alarmed today by what was filed before there were alarms.
    UPDATE aspirations SET alarmed_at = created_at WHERE is_emergency;

    -- A ticket without an area is the city's own concern.
    DROP INDEX aspirations_area;
    CREATE INDEX aspirations_place ON aspirations (coalesce(area, '33.75'), id);
    CREATE INDEX aspirations_office ON aspirations (office, id) WHERE office IS NOT NULL;
    CREATE INDEX aspirations_desk ON aspirations (coalesce(area, '33.75'), id)
        WHERE state IN ('received', 'verifying', 'reopened');
    CREATE INDEX aspirations_at_office ON aspirations (office, id)
        WHERE state IN ('forwarded', 'in_progress', 'reopened') AND office IS NOT NULL;
    CREATE INDEX aspirations_held ON aspirations (held_by, id) WHERE held_by IS NOT NULL;
    CREATE INDEX aspirations_late ON aspirations (coalesce(area, '33.75'), due, id) WHERE due IS NOT NULL;
    CREATE INDEX aspirations_due ON aspirations (due) WHERE due IS NOT NULL AND reminded < 4;
    CREATE INDEX aspirations_office_late ON aspirations (office, due, id)
        WHERE state IN ('forwarded', 'in_progress', 'reopened') AND due IS NOT NULL AND office IS NOT NULL;
    CREATE INDEX aspirations_waits ON aspirations (waits_until) WHERE waits_until IS NOT NULL;
    CREATE INDEX aspirations_limit ON aspirations (created_at) WHERE limit_at IS NULL AND state IN
        ('received', 'verifying', 'needs_info', 'forwarded', 'local', 'in_progress', 'reopened');
    CREATE INDEX aspirations_alarm ON aspirations (id) WHERE is_emergency AND alarmed_at IS NULL;
    CREATE INDEX aspirations_merged ON aspirations (merged_into) WHERE merged_into IS NOT NULL;
    """)


def downgrade() -> None:
    op.execute("""
    DROP INDEX aspirations_merged, aspirations_alarm, aspirations_limit, aspirations_waits, aspirations_due,
        aspirations_office_late, aspirations_late, aspirations_held, aspirations_at_office, aspirations_desk, aspirations_office,
        aspirations_place;
    CREATE INDEX aspirations_area ON aspirations (area, id);
    ALTER TABLE aspirations DROP held_by, DROP clock, DROP clock_from, DROP clock_days, DROP reminded,
        DROP waits_until, DROP escalated_at, DROP limit_at, DROP alarmed_at, DROP merged_into;
    """)
