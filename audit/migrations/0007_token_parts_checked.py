from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Apart from the one before, so that looking at every call locks nobody out."""

    dependencies = [('audit', '0006_token_parts')]

    operations = [ValidateConstraint('callrecord', 'call_token_parts_known')]
