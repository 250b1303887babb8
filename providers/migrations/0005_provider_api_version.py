from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('providers', '0004_provider_region'),
    ]

    operations = [
        migrations.AddField(
            model_name='provider',
            name='api_version',
            field=models.CharField(blank=True, db_default='', default='', max_length=50),
        ),
    ]
