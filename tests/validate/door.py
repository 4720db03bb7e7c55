"""Holds the bot's door against the signer in Slack's own Python SDK: what that signs is let in, and nothing else.

    door.py WATCHROOM
    door.py --self-test

WATCHROOM is the program; its sandbox is started, and the bot in it is called as Slack calls it.
"""

import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, HTTPServer

from slack_sdk.signature import SignatureVerifier

SECRET = "sandbox-signing-secret"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
# What comes to each address: the type of the body, and the body.
REQUESTS = {
    "/slack/commands": (FORM, urllib.parse.urlencode({
        "command": "/incident", "text": "list ünïcödé ❤ &=%", "user_id": "U0ALICE", "channel_id": "C0GENERAL", "trigger_id": "1.2.3",
    })),
    "/slack/events": (JSON, json.dumps({"type": "url_verification", "challenge": "ünïcödé ❤"}, ensure_ascii=False)),
    "/slack/interactions": (FORM, "payload=%7B%22type%22%3A%22block_actions%22%2C%22user%22%3A%7B%22id%22%3A%22U0ALICE%22%7D%7D"),
}


def status(address, path, kind, body, timestamp, signature):
    """Sends one request and gives the status of the answer."""
    headers = {"Content-Type": kind, "X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature}
    connection = http.client.HTTPConnection(address, timeout=30)
    try:
        connection.request("POST", path, body.encode(), {name: value for name, value in headers.items() if value is not None})
        return connection.getresponse().status
    finally:
        connection.close()


def problems(address):
    """The genuine request must be let in, and every way of spoiling it must be answered with 401."""
    found = []
    signer, other = SignatureVerifier(SECRET), SignatureVerifier(SECRET + "x")
    for path, (kind, body) in REQUESTS.items():
        def sent(age=0, signer=signer, changed="", version="v0", drop=None):
            timestamp = str(int(time.time()) - age)
            signature = signer.generate_signature(timestamp=timestamp, body=body).replace("v0=", version + "=")
            given = {"timestamp": timestamp, "signature": signature}
            if drop:
                given[drop] = None
            return status(address, path, kind, body + changed, **given)

        for age in (0, 290, -290):
            if (got := sent(age)) != 200:
                found.append(f"{path}: signed {age} s ago: answered with {got}")
        spoilt = {
            "signed 310 s ago": {"age": 310},
            "signed 310 s ahead": {"age": -310},
            "another body": {"changed": " "},
            "another secret": {"signer": other},
            "another version": {"version": "v1"},
            "no signature": {"drop": "signature"},
            "no timestamp": {"drop": "timestamp"},
        }
        for name, changes in spoilt.items():
            if (got := sent(**changes)) != 401:
                found.append(f"{path}: {name}: answered with {got}")
    return found


def against_the_bot(program):
    """Starts the sandbox, which says where its bot listens if programs may report."""
    with tempfile.TemporaryDirectory(prefix="watchroom-door-") as data:
        command = [program, "sandbox", "--listen", "127.0.0.1:0", "--data", data]
        environment = {**os.environ, "WATCHROOM_API_TOKENS": "door=" + "0" * 64}
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as sandbox:
            try:
                for line in sandbox.stdout:
                    if line.rstrip().endswith("/hooks/report"):
                        return problems(urllib.parse.urlsplit(line.split()[-1]).netloc)
                return ["the sandbox does not start"]
            finally:
                sandbox.kill()


def self_test():
    """A check that cannot fail checks nothing: a door that lets everybody in is found out, and one that lets nobody in."""
    fine = True
    for said in (200, 401):
        class Door(BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(said)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        with HTTPServer(("127.0.0.1", 0), Door) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            found = problems(f"127.0.0.1:{server.server_port}")
            server.shutdown()
        expected = len(REQUESTS) * (7 if said == 200 else 3)
        if len(found) != expected:
            print(f"a door that answers {said}: {len(found)} problems, and not {expected}: {found}", file=sys.stderr)
            fine = False
    print("door --self-test: an open and a closed door")
    return fine


def main(arguments):
    if len(arguments) != 1:
        sys.exit(__doc__)
    if arguments == ["--self-test"]:
        return self_test()
    found = against_the_bot(arguments[0])
    for problem in found:
        print(problem, file=sys.stderr)
    print(f"door: {len(REQUESTS)} addresses, {len(found)} problems with what slack-sdk signs")
    return not found


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1:]) else 1)
