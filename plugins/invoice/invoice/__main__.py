"""The MCP server: one JSON-RPC message a line on stdin and stdout, logs on stderr."""

import json
import logging
import os
import sys
from datetime import date

from invoice import __version__, timing
from invoice.amounts import total
from invoice.terms import due_date

log = logging.getLogger("invoice")

TOOLS = [
    {
        "name": "issue",
        "description": "Totals and due date of an invoice.",
        "inputSchema": {
            "type": "object",
            "properties": {
                "issued": {"type": "string", "format": "date"},
                "terms": {"type": "string"},
                "tax_percent": {"type": "string"},
                "lines": {"type": "array", "items": {"type": "object"}},
            },
            "required": ["issued", "lines"],
        },
        "annotations": {"readOnlyHint": True},
    }
]


def issue(arguments: dict) -> dict:
    issued = date.fromisoformat(arguments["issued"])
    due = due_date(issued, arguments.get("terms", "net30"))
    return {
        "currency": os.environ.get("INVOICE_CURRENCY", "EUR"),
        "due": due.isoformat(),
        **total(arguments["lines"], arguments.get("tax_percent", "0")),
    }


def answer(message: dict):
    method = message.get("method")
    if method == "initialize":
        return {
            "protocolVersion": "2025-11-25",
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "invoice", "version": __version__},
        }
    if method == "tools/list":
        return {"tools": TOOLS}
    if method == "tools/call":
        return {"content": [{"type": "text", "text": json.dumps(issue(message["params"].get("arguments", {})))}]}
    return None


def main() -> None:
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO,
        format=f"%(asctime)s %(levelname)s %(name)s release={__version__} %(message)s",
    )
    log.info("started")
    for line in timing.timed(sys.stdin):
        message = json.loads(line)
        if "id" not in message:
            continue
        reply = {"jsonrpc": "2.0", "id": message["id"]}
        try:
            result = answer(message)
            reply.update({"result": result} if result is not None else {"error": {"code": -32601, "message": "Method not found"}})
        except LookupError as error:
            log.warning("refused: %s", error)
            reply["error"] = {"code": -32602, "message": str(error)}
        except Exception as error:
            log.exception("request failed")
            reply["error"] = {"code": -32603, "message": str(error)}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
