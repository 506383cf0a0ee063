"""The word index: segments of some hundred reports of one day, and their blocks by slot."""

from django.db import migrations

TABLES = """
CREATE SEQUENCE reports_segment_id;

CREATE TABLE reports_segment (
    id bigint NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    retired_at timestamptz,
    day date NOT NULL,
    report_count integer NOT NULL,
    keys bytea NOT NULL,
    times bytea NOT NULL,
    list_starts bytea NOT NULL,
    lists bytea NOT NULL,
    PRIMARY KEY (id, day)
) PARTITION BY RANGE (day);
ALTER TABLE reports_segment ALTER COLUMN keys SET STORAGE EXTERNAL;
ALTER TABLE reports_segment ALTER COLUMN times SET STORAGE EXTERNAL;
ALTER TABLE reports_segment ALTER COLUMN list_starts SET STORAGE EXTERNAL;
ALTER TABLE reports_segment ALTER COLUMN lists SET STORAGE EXTERNAL;

CREATE TABLE reports_word (
    segment_id bigint NOT NULL,
    day date NOT NULL,
    slot smallint NOT NULL,
    block bytea NOT NULL,
    PRIMARY KEY (slot, segment_id, day)
) PARTITION BY RANGE (day);
ALTER TABLE reports_word ALTER COLUMN block SET STORAGE EXTERNAL;

-- Days whose reports were stored before there was an index.
CREATE TABLE reports_unindexed (day date PRIMARY KEY);
"""

# Each partition of the reports gets its two companions.
COMPANIONS = """
DO $$
DECLARE partition record; suffix text;
BEGIN
    FOR partition IN
        SELECT child.relname, pg_get_expr(child.relpartbound, child.oid) AS bound
        FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
        WHERE inhparent = 'reports_report'::regclass
    LOOP
        suffix := replace(partition.relname, 'reports_report_', '');
        EXECUTE format('CREATE TABLE %I PARTITION OF reports_segment %s',
                       'reports_segment_' || suffix, partition.bound);
        EXECUTE format('CREATE TABLE %I PARTITION OF reports_word %s',
                       'reports_word_' || suffix, partition.bound);
    END LOOP;
    INSERT INTO reports_unindexed SELECT DISTINCT day FROM reports_report;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_preset_classes")]

    operations = [
        migrations.RunSQL(
            TABLES + COMPANIONS,
            "DROP TABLE reports_word, reports_segment, reports_unindexed;"
            " DROP SEQUENCE reports_segment_id;",
        ),
    ]
