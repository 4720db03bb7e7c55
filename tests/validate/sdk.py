"""Holds what the bot sends, and its signatures, against Slack's own Python SDK.

    sdk.py SNAPSHOTS SIGNATURES
    sdk.py --self-test

SNAPSHOTS has files `{"kind", "method", "body"}`, SIGNATURES `{"secret", "timestamp", "body", "signature"}`; both are
written by the Rust tests.
"""

import json
import logging
import sys
import warnings
from pathlib import Path

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.basic_objects import JsonObject
from slack_sdk.models.blocks import Block, Option, OptionGroup
from slack_sdk.models.views import View
from slack_sdk.signature import Clock, SignatureVerifier


class Collected(logging.Handler):
    """The SDK skips what it does not know and logs a warning; here that is an error."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


collected = Collected()
logging.getLogger("slack_sdk").setLevel(logging.DEBUG)
logging.getLogger("slack_sdk").addHandler(collected)
warnings.simplefilter("error")


# Where the SDK keeps plain dictionaries as they came, and the class that can judge them.
KEPT_AS_THEY_CAME = {"options": Option, "initial_options": Option, "initial_option": Option, "option_groups": OptionGroup}


def validate(thing, path, problems):
    """`validate_json()` judges one object; the ones inside it are judged here."""
    if isinstance(thing, JsonObject):
        for name in sorted(dir(type(thing))):
            method = getattr(thing, name, None)
            if not (callable(method) and hasattr(method, "validator")):
                continue
            try:
                method()
            except SlackObjectFormationError as error:
                problems.append(f"{path}: {error}")
        for name, value in vars(thing).items():
            known = KEPT_AS_THEY_CAME.get(name)
            if known and value is not None:
                value = known.parse_all(value if isinstance(value, (list, tuple)) else [value])
            validate(value, f"{path}/{name}", problems)
    elif isinstance(thing, (list, tuple)):
        for at, value in enumerate(thing):
            validate(value, f"{path}/{at}", problems)


def parsed(value):
    """Slack takes JSON inside form fields as text; the recorder may have kept it so."""
    return json.loads(value) if isinstance(value, str) else value


def parse(body):
    """The SDK's objects for a body, as (path, object) pairs."""
    if body.get("view") is not None:
        return [("/body/view", View(**parsed(body["view"])))]
    if body.get("option_groups") is not None:
        return [("/body/option_groups", OptionGroup.parse_all(body["option_groups"]))]
    if body.get("options") is not None:
        return [("/body/options", Option.parse_all(body["options"]))]
    if body.get("blocks") is not None:
        return [("/body/blocks", Block.parse_all(parsed(body["blocks"])))]
    return []


def body_problems(snapshot):
    body = snapshot.get("body") or {}
    collected.lines.clear()
    problems = []
    try:
        things = parse(body)
    except Exception as error:  # whatever a constructor does with wrong JSON, the body was wrong
        return [f"/body: {type(error).__name__}: {error}"] + collected.lines
    for path, thing in things:
        validate(thing, path, problems)
        if path == "/body/blocks" and len(thing) > 50:
            problems.append(f"{path}: {len(thing)} blocks; a message has at most 50 blocks")
    if not things and not body.get("text"):
        problems.append("/body: has neither blocks nor view nor text nor options: nothing to check")
    return problems + collected.lines


class FixedClock(Clock):
    def __init__(self, now):
        self.at = now

    def now(self):
        return self.at


def accepts(request, now, **changes):
    request = {**request, **changes}
    verifier = SignatureVerifier(request["secret"], FixedClock(now))
    headers = {"X-Slack-Request-Timestamp": str(request["timestamp"]), "X-Slack-Signature": request["signature"]}
    return verifier.is_valid_request(request["body"], headers)


def signature_problems(request):
    """The genuine request must pass, and every way of spoiling it must not."""
    sent, signature = int(request["timestamp"]), request["signature"]
    problems = []
    for late in (-300, 0, 300):
        if not accepts(request, sent + late):
            problems.append(f"the genuine request is refused {late} s after it was sent")
    for late in (-301, 301):
        if accepts(request, sent + late):
            problems.append(f"accepted {late} s after it was sent")
    spoilt = {
        "another body": {"body": request["body"] + " "},
        "another secret": {"secret": request["secret"] + "x"},
        "another time": {"timestamp": sent + 1},
        "another signature": {"signature": signature[:-1] + ("1" if signature[-1:] == "0" else "0")},
        "another version": {"signature": signature.replace("v0=", "v1=")},
        "no signature": {"signature": ""},
    }
    problems += [f"accepted with {name}" for name, changes in spoilt.items() if accepts(request, sent, **changes)]
    return problems


def check_directory(directory, judge, what):
    files = sorted(Path(directory).glob("*.json"))
    if not files:
        print(f"{directory}: no {what} are recorded there, so nothing was checked", file=sys.stderr)
        return False
    failed = 0
    for file in files:
        try:
            problems = judge(json.loads(file.read_text("utf-8")))
        except (ValueError, KeyError) as error:
            problems = [f"/: {type(error).__name__}: {error}"]
        for problem in problems:
            print(f"{file.name}: {problem}", file=sys.stderr)
        failed += bool(problems)
    print(f"sdk: {len(files) - failed} of {len(files)} {what} agree with slack-sdk")
    return failed == 0


def self_test():
    """A check that cannot fail checks nothing: good samples pass, bad ones are refused for their own reason."""
    here = Path(__file__).parent
    samples = json.loads((here / "samples.json").read_text("utf-8"))
    signatures = json.loads((here / "signatures.json").read_text("utf-8"))
    wrong = []
    for sample in samples:
        said = body_problems(sample["snapshot"])
        expected = sample.get("refused", {}).get("sdk")
        if "refused" not in sample and said:
            wrong.append(f"{sample['name']}: expected no problem, got {said}")
        if expected is not None and not any(expected in line for line in said):
            wrong.append(f"{sample['name']}: expected {expected!r}, got {said}")
    wrong += [f"a genuine signature: {problem}" for request in signatures["genuine"] for problem in signature_problems(request)]
    wrong += [f"no problem found in {request}" for request in signatures["wrong"] if not signature_problems(request)]
    for line in wrong:
        print(line, file=sys.stderr)
    print(f"sdk --self-test: {len(samples)} samples, {sum(map(len, signatures.values()))} signatures, {len(wrong)} misjudged")
    return bool(samples) and all(signatures.values()) and not wrong


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    if len(arguments) != 2:
        sys.exit(__doc__)
    bodies = check_directory(arguments[0], body_problems, "snapshots")
    return check_directory(arguments[1], signature_problems, "signatures") and bodies


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1:]) else 1)
