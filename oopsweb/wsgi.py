"""The site as a WSGI application: `gunicorn oopsweb.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oopsweb.settings")
application = get_wsgi_application()
