import audit.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('audit', '0003_revision')]

    operations = [
        migrations.CreateModel(
            name='CallRecord',
            fields=[
                ('id', models.UUIDField(default=audit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('request_id', models.CharField(max_length=200)),
                ('tenant_id', models.UUIDField()),
                ('key_id', models.UUIDField()),
                ('key_public_id', models.CharField(max_length=64)),
                ('endpoint', models.CharField(max_length=100)),
                ('model', models.CharField(blank=True, max_length=200)),
                ('provider', models.CharField(blank=True, max_length=100)),
                ('stream', models.BooleanField()),
                ('status', models.SmallIntegerField()),
                ('upstream_status', models.SmallIntegerField(null=True)),
                ('error', models.CharField(blank=True, max_length=100)),
                ('admitted', models.BooleanField()),
                ('prompt_tokens', models.BigIntegerField(default=0)),
                ('completion_tokens', models.BigIntegerField(default=0)),
                ('usage_estimated', models.BooleanField()),
                ('started_at', models.DateTimeField()),
                ('first_byte_us', models.BigIntegerField(null=True)),
                ('duration_us', models.BigIntegerField()),
                ('client_ip', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'indexes': [models.Index(fields=['-started_at', '-id'], name='call_newest'), models.Index(fields=['tenant_id', '-started_at'], include=('admitted',), name='call_of_tenant'), models.Index(fields=['key_id', '-started_at'], include=('admitted',), name='call_of_key'), models.Index(fields=['request_id'], name='call_by_request_id')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__range', (100, 599))), name='call_status_in_range'), models.CheckConstraint(condition=models.Q(('upstream_status__range', (100, 999)), ('upstream_status__isnull', True), _connector='OR'), name='call_upstream_status_in_range'), models.CheckConstraint(condition=models.Q(('completion_tokens__gte', 0), ('prompt_tokens__gte', 0)), name='call_tokens_not_negative'), models.CheckConstraint(condition=models.Q(('duration_us__gte', 0), models.Q(('first_byte_us__gte', 0), ('first_byte_us__isnull', True), _connector='OR')), name='call_times_not_negative')],
            },
        ),
    ]
