"""Work that survives whatever ends the process: jobs, and what they do.

`protocol` says what the rest of the service sees, `durable` does it with DBOS, `examining` is the
one job there is so far: one work in, one report out.
"""
