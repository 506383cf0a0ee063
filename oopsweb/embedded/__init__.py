"""PostgreSQL from a wheel, started by whoever needs it first and stopped after the last.

`base` is the Django database engine: its first connection calls `server.hold`.
`server` takes a share of the lock `postgres.users` and has the `keeper` started
where none runs. The `keeper` is a process of its own; it is PostgreSQL's parent
and stops it as soon as nobody holds a share any more. The kernel gives up the
locks of a process however it ends, so no pid file can be stale and no count wrong.

`layout` knows the files, `locks` the locks, `account` whom PostgreSQL runs as.
"""
