"""What both clients have in common: they are told what to do by lines of JSON, one a deed, answer each
with a line, and say what they hear in lines between."""

import json
import sys
import threading
import urllib.request

_writing = threading.Lock()


def say(word):
    with _writing:
        sys.stdout.write(json.dumps(word) + "\n")
        sys.stdout.flush()


def told(**what):
    say({"told": what})


def sign_in(url, email, password):
    """An access token, as any script gets one."""
    body = json.dumps({"email": email, "password": password}).encode()
    request = urllib.request.Request(f"{url}/api/v1/auth/login", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)["access_token"]


def obey(deeds):
    """Until nobody says anything any more. What fails is an answer too."""
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            say({"id": asked["id"], "ok": deeds[asked["do"]](**asked["with"])})
        except Exception as problem:
            say({"id": asked["id"], "error": f"{type(problem).__name__}: {problem}"})
