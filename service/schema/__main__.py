"""`python -m service.schema`: writes the committed schemas anew."""

from service.schema import REPORT_FILE, report_schema_text

if __name__ == "__main__":
    REPORT_FILE.write_text(report_schema_text(), encoding="utf-8")
