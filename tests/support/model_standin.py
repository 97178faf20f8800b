#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A scripted stand-in for a model service, on loopback: no model behind it.

usage: model_standin.py SCRIPT.json REQUESTS.jsonl
Prints the port it listens on, then serves until it is killed. Speaks Anthropic Messages, OpenAI Responses and Gemini
(streamed and whole); which one is asked decides. SCRIPT.json is a list of turns; the turn is chosen by how many tool
results the request already holds, and the last one stands for all that follow:
  {"tool": "Edit", "input": {...}}   ask for a tool; with "free": "text" instead of input: a tool of free text
  {"text": "..."}                    say something and end
  {"status": 401}                    answer with an error; also "message", "headers": {...}
  {"hang": true}                     begin an answer and never go on
  {"garbage": true}                  begin an answer and break it off with bytes that are no event
Instead of a list it may be an object {"name": [turns...]}: the name in the path of a request (http://HOST:PORT/name/...)
chooses the script, so that one service plays many agents.
Any turn may carry "seconds": how long to wait first, and "stop": the reason that the model gives for its end.
Every request is appended to REQUESTS.jsonl as {"path", "key", "model", "system_bytes", "messages", "tools"} so that a test can
see what was sent.
"""

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

script = json.load(open(sys.argv[1], encoding="utf-8"))
record = sys.argv[2]
INPUT_TOKENS, OUTPUT_TOKENS, CACHED_TOKENS = 100, 20, 10


class Anthropic:
    """POST …/v1/messages"""

    @staticmethod
    def results(request):
        count = 0
        for message in request.get("messages", []):
            content = message.get("content")
            if isinstance(content, list):
                count += sum(1 for block in content if block.get("type") == "tool_result")
        return count

    @staticmethod
    def messages(request):
        return request.get("messages", [])

    @staticmethod
    def tools(request):
        return [tool.get("name", "") for tool in request.get("tools", [])]

    @staticmethod
    def streams(request, _path):
        return bool(request.get("stream"))

    @staticmethod
    def usage(output):
        return {"input_tokens": INPUT_TOKENS, "output_tokens": output, "cache_creation_input_tokens": 0,
                "cache_read_input_tokens": CACHED_TOKENS}

    @staticmethod
    def blocks(turn):
        if "tool" in turn:
            return [{"type": "tool_use", "id": "toolu_%04d" % turn["number"], "name": turn["tool"], "input": turn["input"]}], "tool_use"
        return [{"type": "text", "text": turn["text"]}], "end_turn"

    @classmethod
    def whole(cls, turn, request, _path):
        blocks, stop = cls.blocks(turn)
        return {"id": "msg_standin", "type": "message", "role": "assistant", "model": request.get("model", ""), "content": blocks,
                "stop_reason": turn.get("stop", stop), "stop_sequence": None, "usage": cls.usage(OUTPUT_TOKENS)}

    @classmethod
    def events(cls, turn, request):
        blocks, stop = cls.blocks(turn)
        yield {"type": "message_start", "message": {"id": "msg_%d" % time.monotonic_ns(), "type": "message", "role": "assistant",
                                                    "model": request.get("model", ""), "content": [], "stop_reason": None,
                                                    "stop_sequence": None, "usage": cls.usage(1)}}
        for index, block in enumerate(blocks):
            if block["type"] == "text":
                yield {"type": "content_block_start", "index": index, "content_block": {"type": "text", "text": ""}}
                yield {"type": "content_block_delta", "index": index, "delta": {"type": "text_delta", "text": block["text"]}}
            else:
                yield {"type": "content_block_start", "index": index, "content_block": {**block, "input": {}}}
                yield {"type": "content_block_delta", "index": index,
                       "delta": {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}}
            yield {"type": "content_block_stop", "index": index}
        yield {"type": "message_delta", "delta": {"stop_reason": turn.get("stop", stop), "stop_sequence": None},
               "usage": {"output_tokens": OUTPUT_TOKENS}}
        yield {"type": "message_stop"}

    @staticmethod
    def error(status, message):
        kinds = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error", 529: "overloaded_error"}
        return {"type": "error", "error": {"type": kinds.get(status, "api_error"), "message": message}}


class Responses:
    """POST …/responses"""

    @staticmethod
    def results(request):
        items = request.get("input", [])
        return sum(1 for item in items if isinstance(item, dict) and str(item.get("type", "")).endswith("_call_output"))

    @staticmethod
    def messages(request):
        return request.get("input", [])

    @staticmethod
    def tools(request):
        return [tool.get("name", tool.get("type", "")) for tool in request.get("tools", [])]

    @staticmethod
    def streams(request, _path):
        return bool(request.get("stream"))

    @staticmethod
    def item(turn):
        call = "call_%04d" % turn["number"]
        if "free" in turn:
            return {"type": "custom_tool_call", "id": "ctc_" + call, "call_id": call, "name": turn["tool"], "input": turn["free"]}
        if "tool" in turn:
            return {"type": "function_call", "id": "fc_" + call, "call_id": call, "name": turn["tool"],
                    "arguments": json.dumps(turn["input"])}
        return {"type": "message", "role": "assistant", "id": "msg_standin", "content": [{"type": "output_text", "text": turn["text"]}]}

    @classmethod
    def whole(cls, turn, request, _path):
        return {"id": "resp_standin", "object": "response", "status": "completed", "model": request.get("model", ""),
                "output": [cls.item(turn)],
                "usage": {"input_tokens": INPUT_TOKENS, "input_tokens_details": {"cached_tokens": CACHED_TOKENS},
                          "output_tokens": OUTPUT_TOKENS, "output_tokens_details": {"reasoning_tokens": 0},
                          "total_tokens": INPUT_TOKENS + OUTPUT_TOKENS}}

    @classmethod
    def events(cls, turn, request):
        whole = cls.whole(turn, request, "")
        yield {"type": "response.created", "response": {"id": whole["id"]}}
        yield {"type": "response.output_item.done", "output_index": 0, "item": whole["output"][0]}
        yield {"type": "response.completed", "response": whole}

    @staticmethod
    def error(status, message):
        return {"error": {"type": "api_error", "code": str(status), "message": message}}


def instance(schema):
    """The plainest value of a JSON Schema or of Gemini's own spelling of one."""
    if schema.get("enum"):
        return schema["enum"][0]
    kind = str(schema.get("type", "object")).lower()
    if kind == "object":
        return {name: instance(part) for name, part in schema.get("properties", {}).items()}
    return {"array": [], "boolean": False, "integer": schema.get("minimum", 10), "number": schema.get("minimum", 10)}.get(kind, "small")


class Gemini:
    """POST …/models/NAME:generateContent and :streamGenerateContent"""

    @staticmethod
    def results(request):
        return sum(1 for content in request.get("contents", []) for part in content.get("parts", []) if "functionResponse" in part)

    @staticmethod
    def messages(request):
        return request.get("contents", [])

    @staticmethod
    def tools(request):
        return [f.get("name", "") for tool in request.get("tools", []) for f in tool.get("functionDeclarations", [])]

    @staticmethod
    def streams(_request, path):
        return ":streamGenerateContent" in path

    @classmethod
    def whole(cls, turn, request, path):
        wanted = request.get("generationConfig", {})
        if wanted.get("responseMimeType") == "application/json":
            # Asked which model to take, or to look over something: side requests that are not part of the script.
            turn = {"text": json.dumps(instance(wanted.get("responseJsonSchema") or wanted.get("responseSchema") or {}))}
        part = {"functionCall": {"name": turn["tool"], "args": turn["input"]}} if "tool" in turn else {"text": turn["text"]}
        return {"candidates": [{"content": {"role": "model", "parts": [part]}, "finishReason": turn.get("stop", "STOP"), "index": 0}],
                "usageMetadata": {"promptTokenCount": INPUT_TOKENS, "candidatesTokenCount": OUTPUT_TOKENS,
                                  "cachedContentTokenCount": CACHED_TOKENS, "totalTokenCount": INPUT_TOKENS + OUTPUT_TOKENS},
                "modelVersion": "standin"}

    @classmethod
    def events(cls, turn, request):
        yield cls.whole(turn, request, ":streamGenerateContent")

    @staticmethod
    def error(status, message):
        names = {401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"}
        return {"error": {"code": status, "message": message, "status": names.get(status, "UNKNOWN")}}


def script_for(path):
    """The turns for a request to this path."""
    if isinstance(script, list):
        return script
    named = [turns for name, turns in script.items() if f"/{name}/" in path]
    return named[0] if named else [{"status": 404, "message": "no script is meant for this path"}]


def dialect_of(path):
    plain = path.split("?")[0]
    if plain.endswith("/v1/messages"):
        return Anthropic
    if plain.endswith("/responses"):
        return Responses
    if ":generateContent" in plain or ":streamGenerateContent" in plain:
        return Gemini
    return None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def send_whole(self, status, document, headers=None):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.send_whole(404, {"type": "error", "error": {"type": "not_found_error", "message": "nothing here"}})

    def do_HEAD(self):
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def piece(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def begin_stream(self):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        request = json.loads(body or b"{}")
        dialect = dialect_of(self.path)
        key = self.headers.get("x-api-key") or self.headers.get("x-goog-api-key") or self.headers.get("authorization", "")
        shown = dialect or Anthropic
        with open(record, "a", encoding="utf-8") as file:
            file.write(json.dumps({"path": self.path, "key": key, "model": request.get("model", ""), "system_bytes": len(json.dumps(request.get("system", ""))),
                                   "messages": shown.messages(request), "tools": shown.tools(request)}) + "\n")
        if dialect is None:
            self.do_GET()
            return
        turns = script_for(self.path)
        number = min(dialect.results(request), len(turns) - 1)
        turn = {**turns[number], "number": number}
        time.sleep(turn.get("seconds", 0))
        if "status" in turn:
            self.send_whole(turn["status"], dialect.error(turn["status"], turn.get("message", "scripted")), turn.get("headers"))
            return
        streams = dialect.streams(request, self.path)
        if turn.get("hang"):
            if streams:
                self.begin_stream()
                self.piece(b": waiting\n\n")
            time.sleep(3600)
            return
        if turn.get("garbage"):
            self.begin_stream()
            self.piece(b"data: {\"type\": \"no\xff\xfe event\n\n")
            self.close_connection = True
            return
        if not streams:
            self.send_whole(200, dialect.whole(turn, request, self.path))
            return
        self.begin_stream()
        for event in dialect.events(turn, request):
            name = f"event: {event['type']}\n" if "type" in event else ""
            self.piece(f"{name}data: {json.dumps(event)}\n\n".encode())
        self.wfile.write(b"0\r\n\r\n")


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
