"""The frame around every page: the sidebar, the icon, and which installation this is."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

SIDEBAR = {
    "Traffic": [("Calls", "swap_horiz", "audit_callrecord")],
    "Tenants": [
        ("Tenants", "domain", "tenants_tenant"),
        ("API keys", "key", "tenants_apikey"),
        ("Tiers", "layers", "tenants_tier"),
        ("Members", "group", "tenants_membership"),
    ],
    "Providers": [
        ("Providers", "dns", "providers_provider"),
        ("Credentials", "lock", "providers_credential"),
        ("Models", "smart_toy", "providers_model"),
    ],
    "Evidence": [("Ledger", "receipt_long", "audit_entry")],
    "People": [("Users", "person", "auth_user")],
}
# What each page is called, wherever it is named.
NAMES = {page: name for items in SIDEBAR.values() for name, _, page in items}


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    home = {
        "title": "Dashboard",
        "icon": "space_dashboard",
        "link": reverse("admin:index"),
    }
    groups = [
        {
            "title": title,
            "items": [
                {
                    "title": item,
                    "icon": icon,
                    "link": reverse(f"admin:{page}_changelist"),
                }
                for item, icon, page in items
            ],
        }
        for title, items in SIDEBAR.items()
    ]
    return [{"items": [home]}, *groups]


def icon(request: HttpRequest) -> str:
    return static("console/icon.svg")


def stylesheet(request: HttpRequest) -> str:
    return static("console/console.css")


def script(request: HttpRequest) -> str:
    return static("console/console.js")


def environment(request: HttpRequest) -> tuple[str, str] | None:
    """Return the label that keeps one from taking production for anything else."""
    name: str = settings.CONSOLE_LABEL
    if not name:
        return None
    return name, "danger" if name.casefold().startswith("prod") else "info"
