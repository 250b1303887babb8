from django.apps import AppConfig
from django.contrib.admin import apps


class ConsoleConfig(AppConfig):
    name = "gateway_project.console"
    label = "console"


class AdminConfig(apps.AdminConfig):
    """Django's admin, with the operator's console as its site."""

    default_site = "gateway_project.console.site.Console"
