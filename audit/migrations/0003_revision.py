import audit.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('audit', '0002_ledger_append_only')]

    operations = [
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.SmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('epoch', models.CharField(default=audit.ids.new_epoch, max_length=32)),
                ('number', models.BigIntegerField(default=0)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='revision_only_one'), models.CheckConstraint(condition=models.Q(('number__gte', 0)), name='revision_from_zero')],
            },
        ),
    ]
