"""Puts what there is into every other request that schemathesis makes up: an id that nobody has leads to 404 alone."""

import os
import re
import zlib

import requests
import schemathesis

BASE = os.environ["ROSTER_BASE"] + "/api/v1"
ASKED = {"Authorization": f"Bearer {os.environ['ROSTER_TOKEN']}"}


def items(path: str) -> list:
    answer = requests.get(f"{BASE}/{path}", headers=ASKED)
    answer.raise_for_status()
    return answer.json()["items"]


def read() -> dict:
    """What there is, beside what the run itself lives on: its own account and token."""
    own = requests.get(f"{BASE}/me", headers=ASKED).json()["account"]["id"]
    roles = items("roles")
    accounts = [account for kind in ("user", "service") for account in items(f"accounts?kind={kind}&limit=40")]
    types = [term["key"] for term in items("object-types")]
    for kind in types:
        requests.put(f"{BASE}/objects/{kind}/wide", headers=ASKED, json={"name": "Wide", "restricted": True})
    return {
        "accounts": [account["id"] for account in accounts if account["id"] != own],
        "emails": [account["email"] for account in accounts if account["id"] != own and "email" in account],
        "objects": ["wide"],
        "tokens": [token["id"] for token in items("tokens?limit=40") if token["account"]["id"] != own],
        "groups": [group["id"] for group in items("groups")],
        "roles": [role["id"] for role in roles],
        "role_keys": [role["key"] for role in roles if not role.get("level_rank") and role["key"] != "owner"],
        "levels": [role["key"] for role in roles if role.get("level_rank")],
        "permissions": [permission["key"] for permission in items("permissions")],
        "types": types,
    }


KNOWN = read()
ID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# What is not of the form is sent as it is: it is there to be refused.
FORMS = {
    "accounts": ID, "tokens": ID, "groups": ID, "roles": ID,
    "types": "[a-z][a-z0-9_.]{0,63}", "objects": r"[^/?#%\s]{1,200}", "emails": "[^@ ]+@[^@ ]+",
}
FIELDS = {
    "account": "accounts", "ids": "accounts", "add": "accounts", "remove": "accounts",
    "group": "groups", "groups": "groups",
    "role": "role_keys", "roles": "role_keys", "move_to": "role_keys",
    "permission": "permissions", "permissions": "permissions", "scopes": "permissions",
    "level": "levels", "default_level": "levels", "type": "types",
}


def chosen(kind: str, value):
    """Something of the kind instead of every other value of its form; always the same instead of the same one."""
    number = zlib.crc32(repr(value).encode())
    known = KNOWN.get(kind)
    is_formed = isinstance(value, str) and re.fullmatch(FORMS.get(kind, ".*"), value)
    return known[number // 2 % len(known)] if known and is_formed and number % 2 else value


def filled(value, kind=None):
    if isinstance(value, dict):
        return {name: filled(inner, FIELDS.get(name)) for name, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, kind) for inner in value]
    return chosen(kind, value) if kind else value


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    path = context.operation.path.split("/")
    kinds = {"account": "accounts", "type": "types", "external_id": "objects", "email": "emails"}
    kinds["id"] = path[3] if len(path) > 3 else None
    return {name: chosen(kinds.get(name), value) for name, value in (path_parameters or {}).items()}


@schemathesis.hook
def map_headers(context, headers):
    # Most things were changed never: their version is the first.
    is_seen = zlib.crc32(repr(headers).encode()) % 2
    return {**headers, "if-match": '"1"'} if headers and "if-match" in headers and is_seen else headers


@schemathesis.hook
def map_body(context, body):
    is_of_tokens = isinstance(body, dict) and "/tokens/" in context.operation.path and "ids" in body
    if is_of_tokens and isinstance(body["ids"], list):
        return {**body, "ids": [chosen("tokens", value) for value in body["ids"]]}
    return filled(body)
