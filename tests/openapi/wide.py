"""Generated requests against the OpenAPI document: schemathesis asks a server with demo data, as its Owner, by the session's
cookie and by an API token, and holds each answer against the document.

    wide.py ROSTER [EXAMPLES]
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

import requests

HERE = pathlib.Path(__file__).parent
# Ends the session that the run goes on with, by itself or by the answer: asked without one below.
ENDS_THE_SESSION = ["delete_session", "put_session_organization", "post_setup"]
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
    "ignored_auth",
]


def main(roster: str, examples: str = "25") -> int:
    ended = [argument for name in ENDS_THE_SESSION for argument in ("--exclude-operation-id", name)]
    only = [argument for name in ENDS_THE_SESSION for argument in ("--include-operation-id", name)]
    runs = {"a token": ended, "the cookie": ended, "nobody": only}
    failed = [name for name, which in runs.items() if not run_alone(roster, name, which, examples)]
    print(f"wide: {len(runs)} runs, failed: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


def run_alone(roster: str, name: str, which: list, examples: str) -> bool:
    """On a server of its own: what one run turns off, such as people's tokens, the next one needs."""
    with tempfile.TemporaryDirectory(prefix="roster-wide-") as folder:
        data = ["--data-dir", folder]
        demo = [roster, "demo", "--accounts", "300", "--groups", "20", "--roles", "10", "--tokens", "40", *data]
        said = subprocess.run(demo, check=True, capture_output=True, text=True).stdout
        email, password = re.search(r"Sign in as (\S+) with the password (\S+)", said).groups()
        serve = [roster, "serve", "--listen", "127.0.0.1:0", *data]
        with open(pathlib.Path(folder) / "log", "w") as log:
            server = subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            base = next(line.split()[-1] for line in server.stdout if line.startswith("Listening on "))
            secret, browser = sign_in(base, email, password)
            headers = {"a token": {"Authorization": f"Bearer {secret}"}, "the cookie": browser, "nobody": {}}
            return run(base, name, headers[name], which, examples, secret)
        finally:
            server.terminate()
            server.wait()


def sign_in(base: str, email: str, password: str) -> tuple[str, dict]:
    """A new token, and the headers of a browser in which its person is signed in."""
    answer = requests.post(f"{base}/api/v1/session", json={"email": email, "password": password})
    answer.raise_for_status()
    browser = {"Cookie": f"__Host-session={answer.cookies['__Host-session']}", "Sec-Fetch-Site": "same-origin"}
    made = requests.post(f"{base}/api/v1/me/tokens", json={"name": "wide"}, headers=browser)
    made.raise_for_status()
    return made.json()["secret"], browser


def run(base: str, name: str, headers: dict, which: list, examples: str, secret: str) -> bool:
    print(f"\nwide: as {name}", flush=True)
    command = [
        str(pathlib.Path(sys.executable).parent / "schemathesis"),
        "--config-file", str(HERE / "schemathesis.toml"), "run", f"{base}/api/v1/openapi.json",
        "--mode", "all", "--max-examples", examples, "--workers", "1", "--seed", "1",
        "--generation-with-security-parameters", "false", "--generation-deterministic",
        "--checks", ",".join(CHECKS), "--request-timeout", "20", "--continue-on-failure", *which,
    ]
    for header in headers.items():
        command += ["--header", ": ".join(header)]
    environment = {**os.environ, "PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1", "SCHEMATHESIS_HOOKS": "hooks"}
    environment |= {"ROSTER_BASE": base, "ROSTER_TOKEN": secret}
    # It writes what it found into the folder that it runs in, and begins with that the next time.
    with tempfile.TemporaryDirectory(prefix="roster-wide-") as folder:
        return subprocess.run(command, cwd=folder, env=environment).returncode == 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
