"""The site's own settings, in a data folder that lives as long as the tests do.

DATABASE_URL counts here too, so that the same tests run on the embedded server
and on a real one. What the tests write goes to a database that
carries this process's number, since several runs may share one server.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

TEST_FOLDER = Path(tempfile.mkdtemp(prefix="oopsweb-test-"))
atexit.register(shutil.rmtree, TEST_FOLDER, ignore_errors=True)
os.environ["OOPSWEB_DATA"] = str(TEST_FOLDER / "data")

# A broker that is named is for the tests marked amqp alone: the others would
# leave messages in it that nobody takes.
_broker = os.environ.pop("OOPS_AMQP_URL", "") or os.environ.pop("BROKER_URL", "")
os.environ.pop("BROKER_URL", None)
if _broker:
    os.environ["OOPSWEB_TEST_AMQP_URL"] = _broker
for name in (
    "DATABASE_REPLICA_URL",
    "OOPSWEB_QUEUE_TYPE",
    "OOPSWEB_BASE_URL",
    "OOPSWEB_ALLOWED_HOSTS",
    "EMAIL_URL",
    "OOPSWEB_TIME_ZONE",
):
    os.environ.pop(name, None)

from oopsweb.settings import *  # noqa: E402, F403
from oopsweb.settings import DATABASES  # noqa: E402

DATABASES["default"]["TEST"] = {"NAME": f"test_oopsweb_{os.getpid()}"}

# Cheap on purpose: no test is about how long a password holds.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Django's test client is no browser: it asks as testserver.
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
