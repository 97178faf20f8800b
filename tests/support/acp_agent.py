#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An agent that speaks the Agent Client Protocol and does what the word on its command line says, with no model behind it.

For whole runs through the real sandbox. What it saw of the other side it writes into files of the plugin, where a test
reads it out of the patch. Source of the protocol: https://agentclientprotocol.com/protocol/schema
"""
import json, os, sys, time

word = sys.argv[1]
folder = os.getcwd()
session = "s-" + word
next_id = 100


def send(message):
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def receive():
    line = sys.stdin.readline()
    if not line:
        sys.exit(0)
    return json.loads(line)


def update(what, **more):
    send({"method": "session/update", "params": {"sessionId": session, "update": {"sessionUpdate": what, **more}}})


def say(text):
    update("agent_message_chunk", content={"type": "text", "text": text})


def ask(method, **params):
    """Asks the other side, and answers its answer; what comes between is kept for the main loop."""
    global next_id
    next_id += 1
    send({"id": next_id, "method": method, "params": {"sessionId": session, **params}})
    while True:
        message = receive()
        if message.get("id") == next_id and "method" not in message:
            return message
        if message.get("method") == "session/cancel":
            cancelled.append(True)


def write(name, text):
    return ask("fs/write_text_file", path=os.path.join(folder, name), content=text)


def permission(kind, title, **call):
    answer = ask("session/request_permission", toolCall={"toolCallId": "t-" + kind, "title": title, "kind": kind, "status": "pending", **call},
                 options=[{"optionId": "yes", "name": "Allow", "kind": "allow_once"}, {"optionId": "no", "name": "Reject", "kind": "reject_once"}])
    outcome = answer["result"]["outcome"]
    return outcome.get("optionId", outcome["outcome"])


def works():
    update("plan", entries=[{"content": "Look", "priority": "high", "status": "completed"}, {"content": "Mend", "priority": "high", "status": "in_progress"}])
    update("something_of_tomorrow", value=1)
    send({"method": "_vendor/notice", "params": {"any": "thing"}})
    text = ask("fs/read_text_file", path=os.path.join(folder, "a.txt"))["result"]["content"]
    update("tool_call", toolCallId="t1", title="Write made.txt", kind="edit", status="pending", locations=[{"path": os.path.join(folder, "made.txt")}])
    write("made.txt", "read: " + text)
    update("tool_call_update", toolCallId="t1", status="completed",
           content=[{"type": "diff", "path": os.path.join(folder, "made.txt"), "oldText": None, "newText": "read: " + text}])
    say("Made it.")


def outside():
    told = {name: "error" in ask("fs/read_text_file", path=name) for name in ("/etc/passwd", folder + "/../x", folder + "/link")}
    told["write"] = "error" in ask("fs/write_text_file", path="/home/agent/../../etc/made", content="x")
    told["git"] = "error" in write(".git/hooks/post-checkout", "x")
    told["terminal"] = ask("terminal/create", command="true").get("error", {}).get("code")
    write("told.json", json.dumps(told, sort_keys=True))


def asks():
    granted = [permission("edit", "Edit inside", locations=[{"path": os.path.join(folder, "a.txt")}]), permission("execute", "ls", rawInput={"command": "ls"})]
    strange = permission("fetch", "Fetch a page", rawInput={"url": "https://example.org/"})
    write("answers.txt", " ".join(granted + [strange]) + "\n")
    if strange == "no":
        update("tool_call_update", toolCallId="t-fetch", status="failed")


def breaks():
    write("half.txt", "half\n")
    say("I am about to fall over.")
    sys.stderr.write("a word on the way down\n")
    sys.stderr.flush()
    os._exit(3)


def hangs():
    write("half.txt", "half\n")
    while not cancelled:
        message = receive()
        if message.get("method") == "session/cancel":
            cancelled.append(True)
    write("cancelled.txt", "politely\n")


def goes_on():
    how = "loaded" if os.environ.get("LOADED") else "new"
    if how == "new":
        write("first.txt", "first\n")
        say("The first half is done.")
        time.sleep(600)
    write("second.txt", how + " " + session + "\n")


def noisy():
    sys.stdout.write("warning: this is no JSON\n{\"neither\": \n\n")
    for i in range(2000):
        say("line %d\n" % i)
    write("made.txt", "after the noise\n")


def spends():
    for i in range(50):
        update("usage_update", used=1000 * i, size=200000, cost={"amount": 0.01 * (i + 1), "currency": "USD"})
        say("on and on")
        time.sleep(0.1)


stop_reasons = {"refuses": "refusal", "overflows": "max_tokens", "tires": "max_turn_requests"}
deeds = {"works": works, "outside": outside, "asks": asks, "breaks": breaks, "hangs": hangs, "goes_on": goes_on, "noisy": noisy, "spends": spends}
cancelled = []

while True:
    message = receive()
    method, params, reply = message.get("method"), message.get("params", {}), {"id": message.get("id")}
    if method == "initialize":
        send({**reply, "result": {"protocolVersion": 7 if word == "of_tomorrow" else 1, "agentCapabilities": {"loadSession": True}, "authMethods": []}})
    elif method == "session/new":
        send({**reply, "result": {"sessionId": session}})
    elif method == "session/load":
        session = params["sessionId"]
        os.environ["LOADED"] = "1"
        say("The first half is done.")  # what was said before is said again
        send({**reply, "result": None})
    elif method == "session/prompt":
        if word in deeds:
            deeds[word]()
        send({**reply, "result": {"stopReason": "cancelled" if cancelled else stop_reasons.get(word, "end_turn")}})
    elif message.get("id") is not None and method:
        send({**reply, "error": {"code": -32601, "message": "Method not found"}})
