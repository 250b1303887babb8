from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


def count() -> models.BigIntegerField:
    # The database's default is for the previous release, which leaves the column out.
    return models.BigIntegerField(db_default=0, default=0, null=True)


class Migration(migrations.Migration):

    dependencies = [('audit', '0005_spool')]

    operations = [
        migrations.AddField('callrecord', 'cached_tokens', count()),
        migrations.AddField('callrecord', 'cache_write_tokens', count()),
        migrations.AddField('callrecord', 'reasoning_tokens', count()),
        AddConstraintNotValid(
            model_name='callrecord',
            constraint=models.CheckConstraint(
                name='call_token_parts_known',
                condition=models.Q(
                    cached_tokens__isnull=False,
                    cached_tokens__gte=0,
                    cache_write_tokens__isnull=False,
                    cache_write_tokens__gte=0,
                    reasoning_tokens__isnull=False,
                    reasoning_tokens__gte=0,
                ),
            ),
        ),
    ]
