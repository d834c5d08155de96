"""A client of the service: hand works in, wait, read reports.

    from service.client import Client

    with Client("http://127.0.0.1:8000", key="assay_...") as assay:
        screening = assay.submit("song.mp3")
        report = assay.report(assay.wait(screening))
        print(report.verdict.origin, report.verdict.findings)

It speaks `/v1` and nothing else; every answer that is no success raises `Refused`, which carries
the problem document.
"""

from service.client.client import Client, Refused, Unfinished

__all__ = ["Client", "Refused", "Unfinished"]
