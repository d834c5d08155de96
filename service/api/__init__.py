"""The service over HTTP: `/v1`, described by OpenAPI 3.1 at `/v1/openapi.json`.

Every answer that is no success is a problem document (RFC 9457). Nothing here decides anything:
works are taken in, and what others made of them is handed out, to whoever may have it.
"""
