"""Every setting of the site, each with what it means, its default and its unit.

What an installation may change comes from the environment; `environment.py`
checks it. The rest is the same everywhere and is fixed here.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from oopsweb import data_folder, environment
from oopsweb.embedded.layout import Layout

BASE_DIR = Path(__file__).resolve().parent.parent

# OOPSWEB_DATA: folder of the embedded default. Default: .oopsweb in the tree.
DATA_FOLDER = data_folder.find_folder(os.environ, BASE_DIR / ".oopsweb")

try:
    # DATABASE_URL: the PostgreSQL that keeps everything. Default: the embedded one.
    _database = environment.read_database(os.environ, "DATABASE_URL")
    # DATABASE_REPLICA_URL: a hot standby for reads. Default: none, the first one reads too.
    _replica = environment.read_database(os.environ, "DATABASE_REPLICA_URL")
    # BROKER_URL: Celery's broker. Default: files in the data folder.
    BROKER_URL = environment.read_broker(os.environ, "BROKER_URL")
    # OOPS_AMQP_URL: where senders publish. Default: BROKER_URL, else no AMQP intake.
    OOPS_AMQP_URL = environment.read_broker(os.environ, "OOPS_AMQP_URL") or BROKER_URL
    # OOPSWEB_QUEUE_TYPE: how queues that are missing in RabbitMQ are made: classic, or quorum
    # for a cluster, where most of its nodes keep each message. Default: classic.
    QUEUE_TYPE = environment.read_queue_type(os.environ)
    # OOPSWEB_BASE_URL: where readers reach the site. Default: this machine, port 8000.
    _base_url = environment.read_base_url(os.environ, "http://127.0.0.1:8000")
    # OOPSWEB_ALLOWED_HOSTS: host names answered to, divided by commas.
    # Default: the base URL's host and this machine's own names.
    ALLOWED_HOSTS = environment.read_hosts(os.environ, _base_url)
    # EMAIL_URL: smtp:, smtp+tls:, smtps:, console: or file:. Default: files in the data folder.
    _mail = environment.read_mail(os.environ, str(DATA_FOLDER / "mail"))
    # OOPSWEB_TIME_ZONE: the zone of days for readers without one of their own. Default: UTC.
    TIME_ZONE = environment.read_time_zone(os.environ)
    # OOPSWEB_SECRET_KEY: signs sessions and links; the same on all hosts of an installation,
    # at least 32 characters. Default: made once, kept in the data folder.
    SECRET_KEY = environment.read_secret_key(
        os.environ, lambda: data_folder.read_secret_key(DATA_FOLDER)
    )
except environment.WrongValue as wrong:
    environment.stop(wrong)

BASE_URL = _base_url.geturl()
IS_HTTPS = _base_url.scheme == "https"
IS_EMBEDDED = _database is None

# The option by which Celery's messages get stale. RabbitMQ itself drops what has waited too
# long. Celery's own way is a time of day that the worker holds against its clock: on a host
# whose clock is ahead every message would be stale.
MESSAGE_EXPIRY = "expiration" if BROKER_URL else "expires"

# --- What the site is made of -------------------------------------------------

DEBUG = False
ROOT_URLCONF = "oopsweb.urls"
WSGI_APPLICATION = "oopsweb.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "csp",
    "heroicons",
    "oopsweb",
    "reports",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

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
            ],
        },
    },
]

# --- PostgreSQL ---------------------------------------------------------------

DATABASES: dict[str, dict[str, Any]] = {
    "default": _database
    or {
        # Starts PostgreSQL in the data folder with the first connection.
        "ENGINE": "oopsweb.embedded",
        "NAME": "oopsweb",
        "USER": "postgres",
        # A folder: the server listens on a unix socket only.
        "HOST": str(Layout(DATA_FOLDER).socket_folder),
        "DATA_FOLDER": DATA_FOLDER,
        # Seconds a connection is kept between two requests of a thread.
        "CONN_MAX_AGE": 600,
        # A kept connection is tried before it is used: the server may have been restarted.
        "CONN_HEALTH_CHECKS": True,
    }
}
if _replica is not None:
    # In tests both names are one database: a test's rows never reach a standby.
    DATABASES["replica"] = {**environment.make_impatient(_replica), "TEST": {"MIRROR": "default"}}
    DATABASE_ROUTERS = ["reports.store.standby.Router"]
    # Last, so that whoever is let in is decided on the primary.
    MIDDLEWARE.append("reports.web.standby.ReadFromStandby")

# Seconds that what pages show may be older than what the primary holds. A standby that is
# further behind is left alone until it has caught up.
OOPSWEB_STANDBY_LAG = 10

# --- Time, language, mail -----------------------------------------------------

USE_TZ = True
USE_I18N = False
LANGUAGE_CODE = "en-us"

EMAIL_BACKEND = _mail.backend
EMAIL_HOST = _mail.host
EMAIL_PORT = _mail.port
EMAIL_HOST_USER = _mail.user
EMAIL_HOST_PASSWORD = _mail.password
EMAIL_USE_TLS = _mail.use_tls
EMAIL_USE_SSL = _mail.use_ssl
EMAIL_FILE_PATH = _mail.folder
# Seconds to wait for the mail server, so that a dead one holds up no worker.
EMAIL_TIMEOUT = 20
# The sender of every mail: ?from= in EMAIL_URL, else a name at the site's own host.
DEFAULT_FROM_EMAIL = _mail.sender or f"oopsweb@{_base_url.hostname}"
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Who may come in, and how safely -------------------------------------------

LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/accounts/login/"
# How long a one-time sign-in link works if nobody uses it: one day, in seconds.
PASSWORD_RESET_TIMEOUT = 24 * 3600

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [BASE_URL] if IS_HTTPS else []
# TLS ends at a proxy, which must set this header itself and drop a client's own.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
# Seconds for which browsers use nothing but https: 30 days.
SECURE_HSTS_SECONDS = 30 * 24 * 3600 if IS_HTTPS else 0
# Of `check --deploy`: other hosts of the domain are not ours to decide on (W005, W021), and the
# proxy sends readers on to https; senders and health checks may use plain HTTP inside (W008).
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Nothing from elsewhere and nothing inline. data: images are CSS's own small marks.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}

# Bytes of a form that Django reads into memory. Reports are larger: the intake
# reads their stream itself, under limits of its own.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

# --- Intake -----------------------------------------------------------------------

# Bytes of one request's body, or one report, as it is sent. Default: 5 MiB.
OOPSWEB_MAX_PACKED = 5 * 1024 * 1024
# Bytes of the same once unpacked. Default: 20 MiB.
OOPSWEB_MAX_UNPACKED = 20 * 1024 * 1024
# Reports that may wait in the inbox before senders are told to come back later.
OOPSWEB_INBOX_LIMIT = 2_000_000

# --- Files of the site itself ---------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Served from where they lie, so that no collecting step is needed before a start.
WHITENOISE_USE_FINDERS = True
# Look once at start, not at each request.
WHITENOISE_AUTOREFRESH = False
# Seconds a browser keeps a file. Names carry no hash, so a new release shows soon.
WHITENOISE_MAX_AGE = 300

# --- API ------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "OOPS reports",
    "DESCRIPTION": "Send OOPS reports; read reports, problems, summaries and the ledger.",
    "VERSION": "0.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
}

# --- Log: stderr, one line a record ----------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "oopsweb.log_lines.OneLine"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # Django mails errors to ADMINS and has a console handler of its own: one line is enough.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        # A line for each page that a robot asks for in vain would bury the rest.
        "django.request": {"level": "ERROR"},
        # Celery has a line for each task, ten a second on a busy day.
        "celery": {"level": "WARNING"},
    },
}
