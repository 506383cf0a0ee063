"""The Django database engine `oopsweb.embedded`: PostgreSQL that is there when needed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from django.db.backends.postgresql import base, client

from oopsweb.embedded import server
from oopsweb.embedded.layout import find_program


class DatabaseClient(client.DatabaseClient):
    """`manage.py dbshell`, with the psql of the wheel."""

    def runshell(self, parameters: Iterable[str]) -> None:
        """Start the server first; psql itself would not."""
        server.hold(self.connection.settings_dict["DATA_FOLDER"])
        programs = find_program("psql").parent
        os.environ["PATH"] = f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        super().runshell(parameters)


class DatabaseWrapper(base.DatabaseWrapper):
    """Has the server started before a connection is made, and only then."""

    client_class = DatabaseClient

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection; raises NoServer where the server cannot be started."""
        server.hold(self.settings_dict["DATA_FOLDER"])
        return super().get_new_connection(conn_params)
