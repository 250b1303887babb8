from importlib import import_module

from django.apps import AppConfig


class GatewayProjectConfig(AppConfig):
    name = "gateway_project"

    def ready(self) -> None:
        # Its receivers need the apps, which are there only now.
        import_module("gateway_project.wiring")
