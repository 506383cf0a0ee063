"""Run by the python-oops publishers' own environment: publish one failure, print its id.

python senders.py amqp URL EXCHANGE | datedir-bson ROOT | datedir-rfc822 ROOT
"""

import sys

import oops


def fail() -> oops.Config:
    """A config whose report of a real failure is made by python-oops itself."""
    config = oops.Config()
    config.template.update(reporter="FLOW", topic="Flow:+index", branch_nick="flow", revno="1")
    return config


def publisher(kind: str, *where: str):
    if kind == "amqp":
        import amqp
        from oops_amqp import Publisher

        host = where[0].split("@")[-1].strip("/")
        return Publisher(
            lambda: amqp.Connection(host=host, userid="guest", password="guest"), where[1], ""
        )
    from oops_datedir_repo import DateDirRepo, serializer_bson, serializer_rfc822

    serializer = serializer_bson if kind == "datedir-bson" else serializer_rfc822
    return DateDirRepo(where[0], serializer=serializer).publish


config = fail()
config.publisher = publisher(*sys.argv[1:])
try:
    {}[sys.argv[1]]
except KeyError:
    report = config.create({"exc_info": sys.exc_info()})
    print(config.publish(report)[0])
