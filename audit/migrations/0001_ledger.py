import uuid

import django.db.models.functions.comparison
import audit.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name='Chain',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('seq', models.BigIntegerField(default=0)),
                ('head', models.CharField(default='0000000000000000000000000000000000000000000000000000000000000000', max_length=64)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('seq__gte', 0)), name='chain_seq_from_zero')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.UUIDField(default=audit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('chain', models.UUIDField()),
                ('seq', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('actor', models.CharField(max_length=200)),
                ('action', models.CharField(max_length=100)),
                ('subject', models.CharField(max_length=200)),
                ('tenant_id', models.UUIDField(null=True)),
                ('ip', models.CharField(blank=True, max_length=64)),
                ('user_agent', models.CharField(blank=True, max_length=300)),
                ('detail', models.JSONField(blank=True, default=dict)),
                ('prev_hash', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64)),
            ],
            options={
                'verbose_name_plural': 'entries',
                'indexes': [models.Index(fields=['-at', '-id'], name='entry_newest'), models.Index(fields=['chain', '-at'], name='entry_of_chain'), models.Index(fields=['action', '-at'], name='entry_of_action')],
                'constraints': [models.UniqueConstraint(fields=('chain', 'seq'), name='entry_place'), models.CheckConstraint(condition=models.Q(('seq__gte', 1)), name='entry_seq_from_one'), models.CheckConstraint(condition=models.Q(('chain', django.db.models.functions.comparison.Coalesce(models.F('tenant_id'), uuid.UUID('00000000-0000-0000-0000-000000000000')))), name='entry_on_its_tenants_chain')],
            },
        ),
    ]
