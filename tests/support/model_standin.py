#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A scripted stand-in for a model service, on loopback: no model behind it.

usage: model_standin.py SCRIPT.json REQUESTS.jsonl
Prints the port it listens on, then serves until it is killed. Speaks the Anthropic Messages dialect (streamed and
whole). SCRIPT.json is a list of turns; the turn is chosen by how many tool results the request already holds:
  {"tool": "Edit", "input": {...}}   ask for a tool      {"text": "..."}   say something and end
  {"status": 401}                    answer with an error
Every request is appended to REQUESTS.jsonl as {"path", "key", "system_bytes", "messages"} so that a test can see what was sent.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

script = json.load(open(sys.argv[1], encoding="utf-8"))
record = sys.argv[2]


def tool_results(messages):
    count = 0
    for message in messages:
        content = message.get("content")
        if isinstance(content, list):
            count += sum(1 for block in content if block.get("type") == "tool_result")
    return count


def blocks_of(turn):
    if "tool" in turn:
        return [{"type": "tool_use", "id": "toolu_%04d" % turn["number"], "name": turn["tool"], "input": turn["input"]}], "tool_use"
    return [{"type": "text", "text": turn["text"]}], "end_turn"


def events_of(blocks, stop, model):
    usage = {"input_tokens": 100, "output_tokens": 1, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}
    yield {"type": "message_start", "message": {"id": "msg_standin", "type": "message", "role": "assistant", "model": model,
                                                "content": [], "stop_reason": None, "stop_sequence": None, "usage": usage}}
    for index, block in enumerate(blocks):
        if block["type"] == "text":
            yield {"type": "content_block_start", "index": index, "content_block": {"type": "text", "text": ""}}
            yield {"type": "content_block_delta", "index": index, "delta": {"type": "text_delta", "text": block["text"]}}
        else:
            yield {"type": "content_block_start", "index": index, "content_block": {**block, "input": {}}}
            yield {"type": "content_block_delta", "index": index,
                   "delta": {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}}
        yield {"type": "content_block_stop", "index": index}
    yield {"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None}, "usage": {"output_tokens": 20}}
    yield {"type": "message_stop"}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def send_whole(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.send_whole(404, {"type": "error", "error": {"type": "not_found_error", "message": "nothing here"}})

    def do_HEAD(self):
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        request = json.loads(body or b"{}")
        messages = request.get("messages", [])
        with open(record, "a", encoding="utf-8") as file:
            file.write(json.dumps({"path": self.path, "key": self.headers.get("x-api-key", ""),
                                   "system_bytes": len(json.dumps(request.get("system", ""))), "messages": messages}) + "\n")
        if not self.path.split("?")[0].endswith("/v1/messages"):
            self.do_GET()
            return
        number = min(tool_results(messages), len(script) - 1)
        turn = {**script[number], "number": number}
        if "status" in turn:
            self.send_whole(turn["status"], {"type": "error", "error": {"type": "api_error", "message": "scripted"}})
            return
        blocks, stop = blocks_of(turn)
        if not request.get("stream"):
            self.send_whole(200, {"id": "msg_standin", "type": "message", "role": "assistant", "model": request.get("model", ""),
                                  "content": blocks, "stop_reason": stop, "stop_sequence": None,
                                  "usage": {"input_tokens": 100, "output_tokens": 20}})
            return
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for event in events_of(blocks, stop, request.get("model", "")):
            piece = f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
