"""When an invoice is due."""

from datetime import date, timedelta


def due_date(issued: date, terms: str) -> date:
    """The day an invoice of these terms is due: "net14", "net30", "month" (same day of the next month), "now"."""
    if terms == "now":
        return issued
    if terms.startswith("net") and terms[3:].isdigit():
        return issued + timedelta(days=int(terms[3:]))
    if terms == "month":
        return issued.replace(month=issued.month + 1)
    raise LookupError(f"unknown terms {terms!r}; known: now, month, net<days>")
