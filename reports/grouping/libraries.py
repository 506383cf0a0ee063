"""Libraries: top packages that are nobody's application, for where no path tells."""

from __future__ import annotations

KNOWN_LIBRARIES = frozenset(
    """
    AccessControl Acquisition Cookie DateTime ExtensionClass IPython MySQLdb OpenSSL PIL
    Products RestrictedPython SQLAlchemy ZConfig ZODB ZServer ZPublisher aiobotocore aiohttp
    aiokafka aioredis alembic amqp anyio asgiref asyncpg attr attrs babel backoff billiard boto
    boto3 botocore breezy bs4 bson bzrlib cachetools cassandra celery certifi chameleon chardet
    cheroot cherrypy click cloudpickle corsheaders crispy_forms cryptography cx_Oracle daphne
    datadog dateutil ddtrace decorator deform django django_celery_beat django_filters
    django_redis dramatiq ecdsa elasticsearch eventlet falcon fastapi fixtures flask flask_login
    flask_restful flask_sqlalchemy gevent graphene graphql greenlet grpc gunicorn h11 html5lib
    httplib2 httptools httpx huey hypercorn idna importlib_metadata iso8601 itsdangerous jinja2
    jsonschema jwt kafka kazoo keystoneauth1 keystonemiddleware kombu launchpadlib ldap lazr
    lxml mako markdown markupsafe marshmallow mechanize memcache meinheld mod_wsgi mongoengine
    mongokit multipart mysql nose numpy oauth oauth2 oauthlib oops oops_amqp oops_celery
    oops_datedir_repo oops_timeline oops_twisted oops_wsgi openid opentelemetry oslo_config
    oslo_db oslo_messaging pandas paramiko passlib paste pbr peewee pika pip pkg_resources plone
    plumbum pony psycopg psycopg2 pyasn1 pycurl pydantic pydantic_core pygments pylibmc pylons
    pymemcache pymongo pymysql pyparsing pyramid pysqlite2 pystache pytest pytz pyximport
    ratelimit raven redis regex repoze requests requests_oauthlib rest_framework retry retrying
    rq s3transfer sanic scipy sentry_sdk setuptools setproctitle simplejson six sklearn slimit
    social_django soupsieve sqlalchemy sqlobject starlette statsd stevedore storm stripe
    structlog suds supervisor swiftclient tastypie tenacity testtools timeline tornado
    transaction treq trio trytond twisted txlongpoll typing_extensions tzlocal ujson uritemplate
    urllib3 uvicorn uvloop venusian vine wadllib wagtail waitress watchfiles webob webtest
    websocket websockets werkzeug whitenoise whoosh wrapt wsgiref wtforms xmltodict yaml yarl
    z3c zeep zipp zmq zope
    """.split()
)
"""Names of packages as they are imported; beside them the standard library's own."""

GLUE = frozenset(
    """
    functools contextlib _functools wrapt decorator tenacity retry retrying backoff sentry_sdk
    raven newrelic ddtrace opentelemetry timeline oops oops_timeline oops_wsgi statsd datadog
    asyncio concurrent threading contextvars cachetools elasticapm scout_apm prometheus_client
    asgiref
    """.split()
)
"""Libraries that only pass a call on: the call before is still the direct caller."""
