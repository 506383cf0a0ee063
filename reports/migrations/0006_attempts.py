"""What each worker has in its hands, so that a report that ends workers is found."""

from django.db import migrations, models

# One row a worker, written again with each batch: room in the page keeps it in its place.
STORAGE = """
ALTER TABLE reports_attempt SET (
    fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000
);
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0005_packed_inbox")]

    operations = [
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("numbers", models.TextField(default="{}")),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "reports_attempt"},
        ),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
    ]
