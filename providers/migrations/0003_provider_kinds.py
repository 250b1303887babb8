from django.db import migrations, models


class Migration(migrations.Migration):
    """Name the kinds there are adapters for. Nothing changes in the database."""

    dependencies = [
        ('providers', '0002_base_url_leads_somewhere'),
    ]

    operations = [
        migrations.AlterField(
            model_name='provider',
            name='kind',
            field=models.CharField(choices=[('OPENAI', 'OpenAI'), ('OPENAI_COMPATIBLE', 'OpenAI-compatible'), ('AZURE', 'Azure OpenAI'), ('ANTHROPIC', 'Anthropic'), ('GEMINI', 'Google Gemini'), ('BEDROCK', 'AWS Bedrock'), ('OLLAMA', 'Ollama'), ('MOCK', 'Built-in mock')], max_length=20),
        ),
    ]
