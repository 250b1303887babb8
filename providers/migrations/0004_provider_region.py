from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('providers', '0003_provider_kinds'),
    ]

    operations = [
        migrations.AddField(
            model_name='provider',
            name='region',
            field=models.CharField(blank=True, db_default='', default='', max_length=50),
        ),
    ]
