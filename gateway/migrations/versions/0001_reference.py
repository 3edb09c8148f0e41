"""Reference data of every installation: areas, their other names, offices, routing and holidays."""

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute("""
    CREATE TABLE areas (
        code text PRIMARY KEY,
        name text NOT NULL,
        level text NOT NULL CHECK (level IN ('provinsi', 'kota', 'kecamatan', 'kelurahan')),
        parent text REFERENCES areas,
        bps_code text,
        postcode text,
        short text UNIQUE
    );
    CREATE TABLE area_aliases (
        alias text NOT NULL,
        code text NOT NULL REFERENCES areas,
        kind text NOT NULL CHECK (kind IN ('sms_code', 'pre_2014_name', 'spelling')),
        PRIMARY KEY (alias, code)
    );
    CREATE TABLE offices (
        code text PRIMARY KEY,
        name text NOT NULL,
        closed_at timestamptz
    );
    -- A route with area 33.75 stands for every kelurahan that has none of its own.
    CREATE TABLE routing (
        area text NOT NULL REFERENCES areas,
        category text NOT NULL,
        office text NOT NULL REFERENCES offices,
        PRIMARY KEY (area, category)
    );
    CREATE TABLE holidays (
        day date PRIMARY KEY,
        name text NOT NULL,
        kind text NOT NULL CHECK (kind IN ('national', 'joint_leave', 'city')),
        source text NOT NULL
    );
    GRANT SELECT, INSERT, UPDATE, DELETE ON areas, area_aliases, offices, routing, holidays TO kabar_app;
    """)


def downgrade() -> None:
    op.execute("DROP TABLE holidays, routing, offices, area_aliases, areas")
