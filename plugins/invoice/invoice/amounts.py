"""Amounts in cents."""

from decimal import ROUND_HALF_EVEN, Decimal


def total(lines: list, tax_percent: str = "0") -> dict:
    """Net, tax and gross of lines {"quantity", "unit_price"}; prices are decimal strings, never floats."""
    net = sum((Decimal(str(line["quantity"])) * Decimal(str(line["unit_price"])) for line in lines), Decimal(0))
    tax = (net * Decimal(tax_percent) / 100).quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)
    return {"net": str(net.quantize(Decimal("0.01"))), "tax": str(tax), "gross": str((net + tax).quantize(Decimal("0.01")))}
