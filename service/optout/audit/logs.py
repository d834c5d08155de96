"""Rows from a crawler's access log: every answer that gave somebody a copy of something.

Reads the common and combined formats of Apache and nginx, also with the virtual host in front or
behind, and JSON a line, also Caddy's, whose request is an object. A User-Agent header is resolved
to a product token; who is no known crawler is passed over, and so are answers that gave no copy
(redirects, errors, 304, HEAD) and requests for the rules themselves. A User-Agent header is a
claim: whether the request came from who it names is not looked at.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

from provenance.rights.agents import resolve
from provenance.rights.history import Span
from service.optout.audit.rows import LONGEST_ROW, Other, Row, clean, span_of
from service.optout.audit.tables import token_of

__all__ = ["log_rows", "looks_like_log"]

LINE = re.compile(
    r'(?:(?P<vhost>[^\s"\[\]]+) )?(?P<client>[^\s"\[\]]+) [^\s\[\]]+ [^\[\]]{1,200}? ?'
    r"\[(?P<time>[^\]\"]{10,40})\] "
    r'"(?P<request>(?:[^"\\]|\\.)*+)" (?P<status>\d{3}) (?P<size>\d+|-)'
    r'(?: "(?:[^"\\]|\\.)*+" "(?P<agent>(?:[^"\\]|\\.)*+)"(?P<more>.{0,2000}))?'
)
RULES = (*("/robots.txt", "/ai.txt", "/.well-known/tdmrep.json", "/rsl.xml", "/license.xml"),)
HOST = re.compile(r"(?:[a-z0-9_-]{1,63}\.)+(?=[a-z0-9-]*[a-z])[a-z0-9-]{2,63}(?::\d{1,5})?", re.I)
HOSTS = ("host", "http_host", "vhost", "server_name", "virtual_host", "domain")
URLS = ("url", "request_url", "full_url")
PATHS = ("request_uri", "uri", "path", "request", "request_path")
AGENTS = ("http_user_agent", "user_agent", "useragent", "agent", "user-agent", "ua")
TIMES = ("time_iso8601", "timestamp", "@timestamp", "time", "time_local", "datetime", "ts", "msec")
STATUSES = ("status", "status_code", "response", "code")
SIZES = ("body_bytes_sent", "bytes_sent", "bytes", "size")
LATEST = 4_102_444_800  # 2100: no log is from later


def looks_like_log(line: str) -> bool:
    """Whether a line is one of a log that is read here."""
    if LINE.match(line):
        return True
    fields = _fields(line)
    return fields is not None and bool(_first(fields, AGENTS)) and bool(_first(fields, TIMES))


def log_rows(data: bytes, host: str | None, agent: str | None) -> Iterator[Row | Other]:
    """The copies that were handed out.

    Args:
        data: whole lines.
        host: of lines that name none.
        agent: product token of who is asked about; None for every known crawler.
    """
    for line in data.decode("utf-8", "replace").split("\n"):
        line = line.strip()  # noqa: PLW2901 - the same line
        if not line:
            continue
        if len(line) > LONGEST_ROW:
            yield Other("too_long")
            continue
        fields = _fields(line) if line.startswith("{") else _combined(line)
        yield _row(fields, host, agent) if fields else Other("not_a_log_line")


def _row(fields: dict[str, Any], host: str | None, wanted: str | None) -> Row | Other:
    said = clean(_first(fields, AGENTS)) or ""
    known = resolve(said)
    token = known.token if known else token_of(said) if wanted else None
    if token is None or (known is None and token.lower() != str(wanted).lower()):
        return Other("no_known_crawler", readable=True)
    if wanted is not None and token.lower() != wanted.lower():
        return Other("another_crawler", readable=True)
    method, target = _target(fields)
    status = str(_first(fields, STATUSES) or "")
    if method not in (None, "GET", "POST") or status not in ("200", "203", "206", ""):
        return Other("no_copy", readable=True)
    url = _url(target, clean(_first(fields, HOSTS)), host)
    if url is None:
        return Other("no_host" if target else "no_url")
    path = url.partition("://")[2].partition("/")[2].partition("?")[0]
    if f"/{path}".lower() in RULES:
        return Other("rules_themselves", readable=True)
    at, note = _moment(_first(fields, TIMES))
    size = str(_first(fields, SIZES) or "")
    return Row(
        url,
        url,
        at,
        token,
        size=int(size) if size.isdecimal() and len(size) < 18 else None,
        note=note,
    )


def _combined(line: str) -> dict[str, Any] | None:
    found = LINE.match(line)
    if found is None:
        return None
    return {
        "vhost": _vhost(found),
        "time_local": found["time"],
        "request": found["request"],
        "status": found["status"],
        "bytes": found["size"],
        "user_agent": found["agent"],
    }


def _vhost(found: re.Match[str]) -> str | None:
    """The virtual host, in front of the line or behind the fields of the combined format.

    What stands in front is the client where its user's name has a space in it.
    """
    first, client = found["vhost"], found["client"]
    if first is not None and client != "-" and (not _is_address(first) or _is_address(client)):
        return first
    behind = (found["more"] or "").replace('"', " ").split()
    return next((one for one in behind if HOST.fullmatch(one)), None)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _fields(line: str) -> dict[str, Any] | None:
    if not line.startswith("{"):
        return None
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(fields, dict):
        return None
    asked = fields.get("request")
    if isinstance(asked, dict):  # Caddy's
        headers = asked.get("headers")
        said = headers.get("User-Agent") if isinstance(headers, dict) else None
        agent = said[0] if isinstance(said, list) and said else said
        fields = {**fields, "user_agent": agent, **asked}
        fields.pop("request", None)
    return {str(name).lower(): value for name, value in fields.items()}


def _first(fields: dict[str, Any], names: tuple[str, ...]) -> Any:
    for name in names:
        value = fields.get(name)
        if isinstance(value, str | int | float) and value not in ("", "-"):
            return value
    return None


def _target(fields: dict[str, Any]) -> tuple[str | None, str | None]:
    """Method and what was asked for; a request line is taken apart."""
    method = clean(fields.get("method") or fields.get("request_method"))
    whole = clean(_first(fields, URLS))
    target = whole or clean(_first(fields, PATHS))
    if target is not None and " " in target:
        parts = target.split(" ")
        return parts[0].upper(), parts[1] if len(parts) > 1 else None
    return method.upper() if method else None, target


def _url(target: str | None, named: str | None, given: str | None) -> str | None:
    if not target:
        return None
    if target.lower().startswith(("http://", "https://")):
        return target
    host = named or given
    if host is None or host == "_":
        return None
    scheme = "http" if host.endswith(":80") else "https"
    host = host.removesuffix(":443").removesuffix(":80")
    return f"{scheme}://{host}{target if target.startswith('/') else '/' + target}"


def _moment(written: Any) -> tuple[Span | None, str | None]:
    if isinstance(written, bool) or written is None:
        return None, None
    number = _number(written)
    if number is not None:
        seconds = number / 1000 if number > LATEST else number
        if 0 <= seconds <= LATEST:
            return Span.of(dt.datetime.fromtimestamp(int(seconds), dt.UTC)), None
        return None, "bad_date"
    text = str(written)
    moment = _apache(text)
    return (Span.of(moment), None) if moment else span_of(text)


def _number(written: Any) -> float | None:
    if isinstance(written, int | float):
        return float(written)
    return float(written) if re.fullmatch(r"\d{9,13}(\.\d{1,6})?", written) else None


@lru_cache(maxsize=4096)
def _apache(text: str) -> dt.datetime | None:
    """`10/Oct/2000:13:55:36 -0700`, in UTC."""
    try:
        return dt.datetime.strptime(text, "%d/%b/%Y:%H:%M:%S %z").astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
