"""The two tables that Django can't say: reports cut by day, and their ids over all days."""

from django.db import migrations

TABLES = """
CREATE TABLE reports_key (
    key uuid PRIMARY KEY,
    day date NOT NULL,
    signature_id bigint NOT NULL
);

CREATE TABLE reports_report (
    key uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    duration_ms double precision,
    signature_id bigint NOT NULL,
    facet_id bigint NOT NULL,
    day date NOT NULL,
    statement_count integer NOT NULL,
    oops_id text NOT NULL,
    value text NOT NULL,
    url text NOT NULL,
    hostname text NOT NULL,
    username text NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (key, day)
) PARTITION BY RANGE (day);

CREATE INDEX reports_report_by_signature ON reports_report (signature_id, occurred_at);
CREATE INDEX reports_report_newest ON reports_report (occurred_at);
"""

# Bodies and inbox items are packed or short-lived: PostgreSQL need not try to pack them.
# Only rows that were deleted fill the inbox's table, so it is swept by their number.
STORAGE = """
ALTER TABLE reports_report ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE reports_inbox ALTER COLUMN content SET STORAGE EXTERNAL;
ALTER TABLE reports_inbox SET (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 50000
);
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]

    operations = [
        migrations.RunSQL(TABLES + STORAGE, "DROP TABLE reports_report; DROP TABLE reports_key;"),
    ]
