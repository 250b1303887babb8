from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('audit', '0004_calls')]

    operations = [
        migrations.CreateModel(
            name='SpoolMark',
            fields=[
                ('name', models.CharField(max_length=200, primary_key=True, serialize=False)),
                ('offset', models.BigIntegerField(default=0)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('offset__gte', 0)), name='spoolmark_from_zero')],
            },
        ),
        migrations.CreateModel(
            name='RefusalTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('chain', models.UUIDField()),
                ('code', models.CharField(max_length=100)),
                ('subject', models.CharField(blank=True, max_length=200)),
                ('minute', models.DateTimeField()),
                ('times', models.BigIntegerField()),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('client_ip', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'verbose_name_plural': 'refusal tallies',
                'constraints': [models.UniqueConstraint(fields=('chain', 'code', 'subject', 'minute'), name='refusaltally_one_a_minute'), models.CheckConstraint(condition=models.Q(('times__gte', 1)), name='refusaltally_counts_something')],
            },
        ),
    ]
