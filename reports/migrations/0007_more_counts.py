"""Counts in fewer rows, and durations, people and comparisons beside them. There is no way back."""

import django.db.models.deletion
from django.db import migrations, models

LINK = {"db_constraint": False, "db_index": False, "on_delete": django.db.models.deletion.DO_NOTHING}

# What happened and what came in were rows of their own. Primary keys give way by name.
SET_ASIDE = """
ALTER TABLE reports_signaturecount RENAME TO reports_old_signaturecount;
ALTER TABLE reports_old_signaturecount DROP CONSTRAINT reports_signaturecount_pkey;
ALTER TABLE reports_classcount RENAME TO reports_old_classcount;
ALTER TABLE reports_old_classcount DROP CONSTRAINT reports_classcount_pkey;
"""

TAKE_OVER = """
INSERT INTO reports_signaturecount (signature_id, quarter, facet_id, count, received)
SELECT signature_id, quarter, facet_id, coalesce(sum(count) FILTER (WHERE NOT by_receipt), 0),
       coalesce(sum(count) FILTER (WHERE by_receipt), 0)
FROM reports_old_signaturecount GROUP BY signature_id, quarter, facet_id;

INSERT INTO reports_classcount (quarter, classification_id, reporter_id, is_robot, count, received)
SELECT quarter, classification_id, reporter_id, is_robot,
       coalesce(sum(count) FILTER (WHERE NOT by_receipt), 0),
       coalesce(sum(count) FILTER (WHERE by_receipt), 0)
FROM reports_old_classcount GROUP BY quarter, classification_id, reporter_id, is_robot;

DROP TABLE reports_old_signaturecount, reports_old_classcount;

INSERT INTO reports_topiccount (topic_id, day, signature_id, reporter_id, count)
SELECT f.topic_id, (c.quarter AT TIME ZONE 'UTC')::date, c.signature_id, f.reporter_id, sum(c.count)
FROM reports_signaturecount c JOIN reports_facet f ON f.id = c.facet_id
WHERE c.count > 0 GROUP BY 1, 2, 3, 4;

INSERT INTO reports_attributecount (attribute, value, day, reporter_id, count)
SELECT a.attribute, a.value, (c.quarter AT TIME ZONE 'UTC')::date, f.reporter_id, sum(c.count)
FROM reports_signaturecount c JOIN reports_facet f ON f.id = c.facet_id
CROSS JOIN LATERAL (VALUES ('revision', f.revision_id::text), ('method', f.http_method),
    ('client', f.is_robot::text), ('link', f.is_local_referrer::text)) AS a (attribute, value)
WHERE c.count > 0 GROUP BY 1, 2, 3, 4;

-- Durations and people need each report looked at: a task does so, day by day.
INSERT INTO reports_unmeasuredday (day) SELECT DISTINCT day FROM reports_report;

-- The shape was cut there, which is the most that is known.
UPDATE reports_signature SET statement = substring(reason from 'took the most time in all: (.*)')
FROM (SELECT id, unnest(why) AS reason FROM reports_signature WHERE kind = 'statement') told
WHERE told.id = reports_signature.id AND reason LIKE 'The same % took the most time in all: %';
"""

# Sketches and histograms are dense already. A sketch stays in its row, which is written often.
# Facts are rows for some seconds: only deleted ones fill their table.
STORAGE = """
ALTER TABLE reports_topicmeasure ALTER COLUMN content SET STORAGE EXTERNAL;
ALTER TABLE reports_peoplesketch ALTER COLUMN sketch SET STORAGE PLAIN;
ALTER TABLE reports_pendingfacts ALTER COLUMN content SET STORAGE EXTERNAL;
ALTER TABLE reports_pendingfacts SET (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500
);
ALTER TABLE reports_topiccount SET (fillfactor = 90);
ALTER TABLE reports_attributecount SET (fillfactor = 70);
ALTER TABLE reports_classcount SET (fillfactor = 90);
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0006_attempts")]

    operations = [
        migrations.RunSQL(SET_ASIDE),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel("SignatureCount"),
                migrations.DeleteModel("ClassCount"),
            ]
        ),
        migrations.AddField("signature", "statement", models.TextField(default="")),
        migrations.CreateModel(
            name="SignatureCount",
            fields=[
                ("pk", models.CompositePrimaryKey("signature", "quarter", "facet", blank=True, editable=False, primary_key=True, serialize=False)),
                ("quarter", models.DateTimeField(db_index=True)),
                ("count", models.IntegerField()),
                ("received", models.IntegerField()),
                ("facet", models.ForeignKey(to="reports.facet", **LINK)),
                ("signature", models.ForeignKey(to="reports.signature", **LINK)),
            ],
        ),
        migrations.CreateModel(
            name="ClassCount",
            fields=[
                ("pk", models.CompositePrimaryKey("quarter", "classification", "reporter", "is_robot", blank=True, editable=False, primary_key=True, serialize=False)),
                ("quarter", models.DateTimeField()),
                ("is_robot", models.BooleanField()),
                ("count", models.IntegerField()),
                ("received", models.IntegerField()),
                ("classification", models.ForeignKey(to="reports.classification", **LINK)),
                ("reporter", models.ForeignKey(to="reports.reporter", **LINK)),
            ],
        ),
        migrations.CreateModel(
            name="TopicCount",
            fields=[
                ("pk", models.CompositePrimaryKey("topic", "day", "signature", "reporter", blank=True, editable=False, primary_key=True, serialize=False)),
                ("day", models.DateField(db_index=True)),
                ("count", models.IntegerField()),
                ("reporter", models.ForeignKey(to="reports.reporter", **LINK)),
                ("signature", models.ForeignKey(to="reports.signature", **LINK)),
                ("topic", models.ForeignKey(to="reports.topic", **LINK)),
            ],
        ),
        migrations.CreateModel(
            name="AttributeCount",
            fields=[
                ("pk", models.CompositePrimaryKey("attribute", "value", "day", "reporter", blank=True, editable=False, primary_key=True, serialize=False)),
                ("attribute", models.TextField(choices=[("revision", "Revision"), ("method", "Method"), ("client", "Client"), ("link", "Link")])),
                ("value", models.TextField()),
                ("day", models.DateField()),
                ("count", models.IntegerField()),
                ("reporter", models.ForeignKey(to="reports.reporter", **LINK)),
            ],
        ),
        migrations.CreateModel(
            name="TopicMeasure",
            fields=[
                ("pk", models.CompositePrimaryKey("topic", "day", "reporter", blank=True, editable=False, primary_key=True, serialize=False)),
                ("day", models.DateField(db_index=True)),
                ("longest_ms", models.FloatField(null=True)),
                ("most_statements", models.IntegerField()),
                ("is_by_hour", models.BooleanField()),
                ("whole", models.BinaryField()),
                ("content", models.BinaryField()),
                ("reporter", models.ForeignKey(to="reports.reporter", **LINK)),
                ("topic", models.ForeignKey(to="reports.topic", **LINK)),
            ],
        ),
        migrations.CreateModel(
            name="PeopleSketch",
            fields=[
                ("pk", models.CompositePrimaryKey("subject", "number", "day", "reporter", blank=True, editable=False, primary_key=True, serialize=False)),
                ("subject", models.SmallIntegerField(choices=[(1, "Signature"), (2, "Classification")])),
                ("number", models.BigIntegerField()),
                ("day", models.DateField(db_index=True)),
                ("sketch", models.BinaryField()),
                ("reporter", models.ForeignKey(to="reports.reporter", **LINK)),
            ],
        ),
        migrations.CreateModel(
            name="PeopleKey",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("content", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="PendingFacts",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="UnmeasuredDay",
            fields=[("day", models.DateField(primary_key=True, serialize=False))],
        ),
        migrations.RunSQL(TAKE_OVER + STORAGE),
    ]
