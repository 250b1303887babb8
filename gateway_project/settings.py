"""Every setting, read once, failing at the start with a sentence that names the variable.

`docs/settings.md` lists them for operators. The data plane receives values; it does not
import this file.
"""

from pathlib import Path

from celery.schedules import crontab

from gateway_project import environment as from_env

BASE_DIR = from_env.BASE_DIR
VAR_DIR = from_env.var_dir()
from_env.load(VAR_DIR / "secrets.env", VAR_DIR / "servers.env")

# Where it listens, and how many processes serve.
HOST = from_env.text("HOST", "127.0.0.1")
PORT = from_env.number("PORT", 8000, low=1, high=65535)
BASE_URL = from_env.text("BASE_URL", from_env.url_of(HOST, PORT)).rstrip("/")
WEB_CONCURRENCY = from_env.number("WEB_CONCURRENCY", 2, low=1, high=256)
DRAIN_SECONDS = from_env.number("DRAIN_SECONDS", 30, low=1, high=3600)

# Secrets. `manage.py up` makes them on a first run; elsewhere they must be given.
SECRET_KEY = from_env.text("SECRET_KEY")
ENCRYPTION_KEYS = from_env.keys("ENCRYPTION_KEYS")

# Engines.
DATABASES = {
    "default": {
        **from_env.database("DATABASE_URL"),
        "CONN_MAX_AGE": from_env.number("DB_CONN_MAX_AGE", 60, low=0, high=86400),
        "CONN_HEALTH_CHECKS": True,
    }
}
REDIS_URL = from_env.redis_url("REDIS_URL")
CELERY_BROKER_URL = from_env.text(
    "CELERY_BROKER_URL",
    "redis+socket://"
    + REDIS_URL.removeprefix("unix://").replace("?db=", "?virtual_host=")
    if REDIS_URL.startswith("unix://")
    else REDIS_URL,
)

# The data plane.
MAX_BODY_BYTES = from_env.number("MAX_BODY_MB", 32, low=1, high=1024) * 2**20
HEADER_SECONDS = from_env.number("HEADER_SECONDS", 30, low=1, high=3600)
BODY_SECONDS = from_env.number("BODY_SECONDS", 60, low=1, high=3600)
SSE_KEEPALIVE_SECONDS = from_env.number("SSE_KEEPALIVE_SECONDS", 15, low=0, high=3600)
KEY_PREFIX = from_env.text("KEY_PREFIX", "gh-")
# Of pages that may open a WebSocket besides those this host serves itself.
WEBSOCKET_ORIGINS = from_env.words("WEBSOCKET_ORIGINS", [])
WEBSOCKETS_PER_KEY = from_env.number("WEBSOCKETS_PER_KEY", 64, low=1, high=65536)
WEBSOCKET_FRAME_BYTES = from_env.number("WEBSOCKET_FRAME_MB", 8, low=1, high=1024) * (
    2**20
)
WEBSOCKET_IDLE_SECONDS = from_env.number(
    "WEBSOCKET_IDLE_SECONDS", 600, low=1, high=3600
)
ACCEPTED_KEY_PREFIXES = [
    KEY_PREFIX,
    *from_env.words("ACCEPTED_KEY_PREFIXES", ["gh-", "iio-dev-", "sk-gw-"]),
]
SPOOL_DIR = Path(from_env.text("SPOOL_DIR", str(VAR_DIR / "spool"))).resolve()

# Django.
DEBUG = from_env.flag("DEBUG", default=False)
# A container's health check asks from inside and has no other name for it.
ALLOWED_HOSTS = [
    *from_env.words("ALLOWED_HOSTS", ["*"]),
    *("127.0.0.1", "localhost", "[::1]"),
]
CSRF_TRUSTED_ORIGINS = from_env.words("CSRF_TRUSTED_ORIGINS", [])
LOG_LEVEL = from_env.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO")
INSTALLED_APPS = [
    # Ground floor first: an app may import only from apps listed above it.
    "audit",
    "tenants",
    "providers",
    "guardrails",
    "hitl",
    "gateway_project.console.apps.ConsoleConfig",
    "gateway_project",
    # Not the app's own default, which would put its site in place of ours.
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "gateway_project.console.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
]
MIDDLEWARE = [
    "gateway_project.middleware.RequestId",
    "gateway_project.middleware.DatabaseAway",
    "django.middleware.security.SecurityMiddleware",
    "gateway_project.console.statics.Statics",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
# A redirect would lose the body of a POST.
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
ROOT_URLCONF = "gateway_project.urls"
ASGI_APPLICATION = "gateway_project.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = ["gateway_project.console.formats"]
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "gh:cache",
    }
}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = from_env.flag("SECURE_COOKIES", default=False)
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator")
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    }
]
# Django's own Redis cache counts atomically; the check only knows third-party ones.
SILENCED_SYSTEM_CHECKS = ["django_ratelimit.W001"]

STATIC_URL = "/static/"
# Served from the packages themselves: no collectstatic step between a change and a page.
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "gateway_project.api.errors.render",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
}

CELERY_BEAT_SCHEDULE = {
    "worker-heartbeat": {
        "task": "gateway_project.tasks.beat_heart",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "verify-ledger": {
        "task": "audit.tasks.verify_ledger",
        "schedule": crontab(hour=2, minute=30),
    },
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "gateway_project.logs.JSONFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
}

# What the console says of itself at the top of each page, so that nobody takes production
# for a test.
CONSOLE_LABEL = from_env.text(
    "CONSOLE_LABEL", "Local" if HOST in ("127.0.0.1", "localhost", "::1") else ""
)
UNFOLD = {
    "SITE_TITLE": "Gatehouse",
    "SITE_HEADER": "Gatehouse",
    "SITE_SUBHEADER": "AI gateway",
    "SITE_URL": None,
    "SITE_ICON": "gateway_project.console.navigation.icon",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": "gateway_project.console.navigation.icon",
        }
    ],
    "ENVIRONMENT": "gateway_project.console.navigation.environment",
    "STYLES": ["gateway_project.console.navigation.stylesheet"],
    "SCRIPTS": ["gateway_project.console.navigation.script"],
    "SHOW_VIEW_ON_SITE": False,
    "SIDEBAR": {"navigation": "gateway_project.console.navigation.sidebar"},
    # Teal, from 600 on dark enough for white text.
    "COLORS": {
        "primary": {
            "50": "oklch(98.4% .014 180.7)",
            "100": "oklch(95.3% .045 180.8)",
            "200": "oklch(91% .085 180.4)",
            "300": "oklch(85.5% .12 181.1)",
            "400": "oklch(77.7% .13 181.9)",
            "500": "oklch(70.4% .125 182.5)",
            "600": "oklch(51.1% .096 186.4)",
            "700": "oklch(43.7% .078 188.2)",
            "800": "oklch(38.6% .063 188.4)",
            "900": "oklch(33% .055 190)",
            "950": "oklch(27.7% .046 192.5)",
        }
    },
}
