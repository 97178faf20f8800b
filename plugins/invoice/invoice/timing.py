"""How long messages take, summed up by the metrics package where that is installed (the extra "timing")."""

import logging
import time
from collections import deque

try:
    from metrics.summary import summarise
except ImportError:  # optional: nothing is summed up without it
    summarise = None

log = logging.getLogger("invoice")


def timed(messages, summary=summarise, clock=time.monotonic):
    """Hands on each message. What passes until the next is asked for is how long it took; at the end, the last
    thousand are told in one line."""
    took = deque(maxlen=1000)
    began = clock()
    for message in messages:
        start = clock()
        yield message
        took.append(clock() - start)
    if summary is None or not took:
        return
    found = summary({"name": "messages", "seconds": max(clock() - began, 0.001), "samples": list(took)})
    log.info("%d messages, half within %.4f s, 95 %% within %.4f s", found["count"], found["p50"], found["p95"])
