"""One window a line on stdin, its summary on stdout; logs as JSON lines on stderr."""

import json
import sys
import traceback
from datetime import datetime, timezone

from metrics import __version__
from metrics.summary import summarise


def log(level: str, event: str, **more) -> None:
    record = {"event": event, "level": level, "logger": "metrics", "release": __version__}
    record["timestamp"] = datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")
    record.update(more)
    print(json.dumps(record), file=sys.stderr, flush=True)


def main() -> None:
    log("info", "reading windows")
    for line in sys.stdin:
        try:
            print(json.dumps(summarise(json.loads(line))), flush=True)
        except json.JSONDecodeError as error:
            log("warning", "not a window", why=str(error))
        except Exception:
            log("error", "window lost", exception=traceback.format_exc())


if __name__ == "__main__":
    main()
