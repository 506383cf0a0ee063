"""The ways in: HTTP, AMQP and datedir trees. All of them meet in the inbox."""
