"""What the service keeps: organisations and keys, screenings and reports, and the works themselves.

Tables are SQLAlchemy Core, the same on SQLite and PostgreSQL; every query that a request leads to
names the organisation it is for. Works are blobs, in a folder or an object store.
"""
