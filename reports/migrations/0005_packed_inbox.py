"""The inbox keeps bytes packed; those that wait in it already are not."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_words")]

    operations = [
        migrations.AddField(
            model_name="inboxitem",
            name="unpacked_bytes",
            field=models.IntegerField(null=True),
        ),
    ]
