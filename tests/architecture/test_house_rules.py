"""The house rules that no linter knows. Breaking one is red, not a review comment."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
APPS = ("audit", "tenants", "providers", "guardrails", "hitl", "gateway_project")
SOURCES = [
    path.relative_to(ROOT)
    for app in APPS
    for path in sorted((ROOT / app).rglob("*.py"))
    if "migrations" not in path.parts
]
DOORS = [path for path in SOURCES if path.name == "services.py"]

# Every other model belongs to a tenant, by a column that cannot be empty.
WITHOUT_TENANT = {
    "tenants.Tenant": "is the tenant",
    "tenants.Tier": "a plan is the platform's",
    "providers.Provider": "shared by all tenants for now",
    "providers.Credential": "its provider's",
    "providers.Model": "shared by all tenants for now",
    "audit.Chain": "its id is the tenant's, or the platform's",
    "audit.Entry": "the platform's entries have no tenant",
    "audit.Revision": "one row for the whole configuration",
    "audit.SpoolMark": "a file of this node's",
    "audit.RefusalTally": "strangers have no tenant",
}


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse((ROOT / path).read_text())
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def our_models():
    return [model for model in apps.get_models() if model._meta.app_label in APPS]


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_files_and_functions_stay_readable(path):
    assert len((ROOT / path).read_text().splitlines()) <= 400
    assert [f.name for f in functions(path) if f.end_lineno - f.lineno >= 60] == []


@pytest.mark.parametrize("path", DOORS, ids=str)
def test_services_take_keywords_only_and_say_what_they_do(path):
    public = [f for f in functions(path) if not f.name.startswith("_")]

    assert [f.name for f in public if f.args.args] == []
    assert [f.name for f in public if not ast.get_docstring(f)] == []


@pytest.mark.parametrize("path", DOORS, ids=str)
def test_services_are_told_the_time(path):
    assert "timezone.now(" not in (ROOT / path).read_text()
    assert "datetime.now(" not in (ROOT / path).read_text()


def subscriptions(source: str) -> list[str]:
    """Return what subscribes to a signal: `.connect` of anything but a database, `receiver`."""
    used = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=func):
                used.append(ast.unparse(func))
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                used += [ast.unparse(each) for each in node.decorator_list]
            case ast.ImportFrom(
                module="django.dispatch" | "django.dispatch.dispatcher"
            ):
                used += [name.name for name in node.names]
    last = {name: name.rpartition(".")[2] for name in used}
    return [
        name
        for name in used
        if last[name] == "receiver"
        or (last[name] == "connect" and "." in name and name != "psycopg.connect")
    ]


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_every_subscription_is_in_wiring(path):
    if path != Path("gateway_project/wiring.py"):
        assert subscriptions((ROOT / path).read_text()) == []


@pytest.mark.parametrize(
    "source",
    [
        "user_logged_in.connect(note)",
        "signals.post_save.connect(note, sender=Tenant)",
        "@worker_ready.connect\ndef note(**_): ...",
        "@worker_ready.connect(weak=False)\ndef note(**_): ...",
        "from django.dispatch import receiver",
        "from django.dispatch import receiver as on",
        "from django import dispatch\n@dispatch.receiver(post_save)\ndef note(**_): ...",
    ],
)
def test_a_subscription_is_seen_however_it_is_written(source):
    assert subscriptions(source) != []


@pytest.mark.parametrize(
    "source", ["psycopg.connect(url)", "connect()", "read(timeouts.connect)"]
)
def test_a_connection_is_no_subscription(source):
    assert subscriptions(source) == []


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_no_module_is_a_drawer_for_anything(path):
    assert path.stem not in {"utils", "helpers", "common", "core", "misc", "base_utils"}


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_every_model_belongs_to_a_tenant_or_says_why_not(model):
    fields = {field.name: field for field in model._meta.fields}
    tenant = fields.get("tenant") or fields.get("tenant_id")
    owned = tenant is not None and not tenant.null

    assert owned is (model._meta.label not in WITHOUT_TENANT)


def test_the_list_of_exceptions_is_not_stale():
    labels = {model._meta.label for model in our_models()}

    assert set(WITHOUT_TENANT) <= labels


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_who_and_when_are_set_together(model):
    names = {field.name for field in model._meta.fields}
    optional = {field.name for field in model._meta.fields if field.null}
    constraints = " ".join(str(each) for each in model._meta.constraints)

    for name in names:
        stem = name.removesuffix("_by")
        if name.endswith("_by") and f"{stem}_at" in optional:
            assert f"{stem}_at" in constraints, name


def test_every_command_says_what_it_does():
    ours = [name for name, app in get_commands().items() if app in APPS]

    assert {"up", "issue_key", "revoke_key", "rotate_key", "verify_ledger"} <= set(ours)
