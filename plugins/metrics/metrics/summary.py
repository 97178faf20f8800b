"""Percentiles and rates of one window of samples."""


def percentile(samples: list, percent: float) -> float:
    """The nearest-rank percentile: the smallest sample that at least `percent` of all are not above."""
    ordered = sorted(samples)
    rank = -(-len(ordered) * percent // 100)
    return ordered[int(rank) - 1]


def summarise(window: dict) -> dict:
    """{"name", "seconds", "samples"} in, {"name", "count", "rate", "p50", "p95"} out."""
    samples = window["samples"]
    return {
        "name": window["name"],
        "count": len(samples),
        "rate": len(samples) / window["seconds"],
        "p50": percentile(samples, 50),
        "p95": percentile(samples, 95),
    }
