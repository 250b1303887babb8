"""The kinds of providers, and what must be known of one of each before a call can be sent."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from django.db.models import TextChoices


class Kind(TextChoices):
    OPENAI = "OPENAI", "OpenAI"
    OPENAI_COMPATIBLE = "OPENAI_COMPATIBLE", "OpenAI-compatible"
    AZURE = "AZURE", "Azure OpenAI"
    ANTHROPIC = "ANTHROPIC", "Anthropic"
    GEMINI = "GEMINI", "Google Gemini"
    BEDROCK = "BEDROCK", "AWS Bedrock"
    OLLAMA = "OLLAMA", "Ollama"
    MOCK = "MOCK", "Built-in mock"


EXAMPLES: Mapping[Kind, str] = {
    Kind.OPENAI: "https://api.openai.com/v1",
    Kind.OPENAI_COMPATIBLE: "http://vllm.example.com:8000/v1",
    Kind.AZURE: "https://RESOURCE.openai.azure.com/openai/v1",
    Kind.ANTHROPIC: "https://api.anthropic.com/v1",
    Kind.GEMINI: "https://generativelanguage.googleapis.com/v1beta",
    Kind.BEDROCK: "https://bedrock-runtime.us-east-1.amazonaws.com",
    Kind.OLLAMA: "http://127.0.0.1:11434/v1",
}

_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(-preview)?|preview|latest")
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+")
_REGION_IN_HOST = re.compile(r"\bbedrock-runtime(?:-fips)?\.([a-z0-9-]+)\.")
_ACCESS_KEY = re.compile(r"A[A-Z0-9]{15,127}")


def region_in(base_url: str) -> str:
    """Return the region Bedrock's own addresses name; empty for any other."""
    found = _REGION_IN_HOST.search(urlsplit(base_url).hostname or "")
    return found[1] if found else ""


def problems_of(
    kind: str, *, base_url: str, region: str, api_version: str
) -> dict[str, str]:
    """Return what is wrong with a provider, by field. `base_url` is empty or an address."""
    problems = {}
    if problem := _wrong_address(kind, base_url, api_version):
        problems["base_url"] = problem
    if problem := _wrong_region(kind, base_url, region):
        problems["region"] = problem
    if problem := _wrong_version(kind, api_version):
        problems["api_version"] = problem
    return problems


def problem_of_secret(kind: str, secret: str) -> str:
    """Return what is wrong with a secret as far as its form tells, in words without it."""
    if kind != Kind.BEDROCK:
        return ""
    access_key, colon, rest = secret.partition(":")
    if not colon:
        if _ACCESS_KEY.fullmatch(secret):
            return "That is an access key alone; give ACCESS_KEY_ID:SECRET_ACCESS_KEY."
        return ""
    secret_key, _, session_token = rest.partition(":")
    if not _ACCESS_KEY.fullmatch(access_key) or not secret_key:
        return "Give ACCESS_KEY_ID:SECRET_ACCESS_KEY, or a Bedrock API key."
    if access_key.startswith("ASIA") and not session_token:
        return "A temporary access key needs :SESSION_TOKEN behind it."
    return ""


def _wrong_address(kind: str, base_url: str, api_version: str) -> str:
    if kind == Kind.MOCK:
        return "The built-in mock has no address." if base_url else ""
    if not base_url:
        return "Where does it answer?"
    parts = urlsplit(base_url)
    path = parts.path.rstrip("/")
    match kind:
        case Kind.AZURE:
            return _wrong_azure_path(path, api_version)
        case Kind.BEDROCK if (parts.hostname or "").startswith("bedrock."):
            return f"That host manages models; they answer at {EXAMPLES[Kind.BEDROCK]}."
        case Kind.OLLAMA if not path.endswith("/v1"):
            return f"End it with /v1, as in {EXAMPLES[Kind.OLLAMA]}."
        case Kind.OPENAI | Kind.ANTHROPIC | Kind.GEMINI:
            home = EXAMPLES[Kind(kind)]
            is_home = parts.hostname == urlsplit(home).hostname
            return f"Give it with its version: {home}." if is_home and not path else ""
        case _:
            return ""


def _wrong_azure_path(path: str, api_version: str) -> str:
    if "/deployments" in path:
        return "Without the deployment: that is the model's name upstream."
    if not path.endswith("/openai/v1"):
        if not api_version:
            return f"End it with /openai/v1, as in {EXAMPLES[Kind.AZURE]}, or give an API version."
        if path.endswith("/openai"):
            return "With an API version, without /openai at its end; that is added."
    return ""


def _wrong_region(kind: str, base_url: str, region: str) -> str:
    if kind != Kind.BEDROCK:
        return "Only AWS Bedrock has a region here." if region else ""
    named = region_in(base_url)
    if not region:
        return "" if named else "Its address names none. As in us-east-1."
    if not _REGION.fullmatch(region):
        return "A region's name, as in us-east-1."
    return f"Its address is in {named}." if named not in ("", region) else ""


def _wrong_version(kind: str, api_version: str) -> str:
    if not api_version:
        return ""
    if kind != Kind.AZURE:
        return "Only Azure has versions of its API."
    good = _VERSION.fullmatch(api_version)
    return "" if good else "A date, as in 2024-10-21 or 2025-04-01-preview, or preview."
