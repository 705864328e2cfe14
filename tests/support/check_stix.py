#!/usr/bin/env python3
"""Checks a STIX 2.1 bundle by the rules of the specification and of its interoperability test
document that concern sightings; and against the JSON schemas of the standard where the variable
KONSEKI_STIX_SCHEMAS names a copy (folders "schemas" and "interop") and python3-jsonschema is there.

    check_stix.py BUNDLE.json      prints what is wrong; exit code 1 then
"""
import json
import os
import re
import sys
import uuid

NAMESPACE = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
IDENTIFIER = re.compile(r"^[a-z][a-z0-9-]+[a-z0-9]--[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
TIMESTAMP = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
MILLISECONDS = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
# Properties that make the identifier of an observable (STIX 2.1, section 6).
CONTRIBUTING = {
    "directory": ["path"], "domain-name": ["value"], "email-addr": ["value"],
    "email-message": ["from_ref", "subject", "body"],
    "file": ["hashes", "name", "extensions", "parent_directory_ref"],
    "ipv4-addr": ["value"], "ipv6-addr": ["value"], "mutex": ["name"], "url": ["value"],
    "network-traffic": ["start", "end", "src_ref", "dst_ref", "src_port", "dst_port", "protocols",
                        "extensions"],
    "user-account": ["account_type", "user_id", "account_login"],
    "windows-registry-key": ["key", "values"], "process": None,
}
REQUIRED = {
    "sighting": ["first_seen", "last_seen", "count", "created_by_ref", "sighting_of_ref"],
    "observed-data": ["first_observed", "last_observed", "number_observed", "object_refs",
                      "created_by_ref"],
    "indicator": ["name", "indicator_types", "created_by_ref", "pattern", "pattern_type",
                  "valid_from"],
    "identity": ["name"], "marking-definition": ["created"],
    "network-traffic": ["protocols"], "directory": ["path"], "domain-name": ["value"],
}
TLP = {"TLP:CLEAR": "94868c89-83c2-464b-929b-a1a8aa3c8487",
       "TLP:GREEN": "bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
       "TLP:AMBER": "55d920b0-5e8b-4f79-9ee9-91f868d9b421",
       "TLP:AMBER+STRICT": "939a9414-2ddd-4d32-a0cd-375ea402b003",
       "TLP:RED": "e828b379-4e03-4974-9ac4-e53a884c97c1"}

wrong = []


def check(condition, what):
    if not condition:
        wrong.append(what)


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def observable_id(entry):
    names = CONTRIBUTING[entry["type"]]
    if names is None:
        return None
    parts = {name: entry[name] for name in names if name in entry}
    if "hashes" in parts:
        first = next(h for h in ("MD5", "SHA-1", "SHA-256", "SHA-512") if h in parts["hashes"])
        parts["hashes"] = {first: parts["hashes"][first]}
    return f"{entry['type']}--{uuid.uuid5(NAMESPACE, canonical(parts))}"


def check_object(entry, ids):
    kind, name = entry.get("type"), entry.get("id", "?")
    check(IDENTIFIER.match(name) and name.startswith(kind + "--"), f"{name}: identifier")
    check(entry.get("spec_version") == "2.1", f"{name}: spec_version")
    for key in REQUIRED.get(kind, []):
        check(key in entry, f"{name}: lacks {key}")
    for key, value in entry.items():
        check(value not in (None, [], {}, ""), f"{name}: empty {key}")
        if key in ("created", "modified"):
            check(MILLISECONDS.match(value), f"{name}: {key} is not of milliseconds")
        if key in ("first_seen", "last_seen", "first_observed", "last_observed", "valid_from",
                   "ctime", "mtime", "atime"):
            check(TIMESTAMP.match(value), f"{name}: {key}")
        if key.endswith("_ref") and key != "sighting_of_ref":
            check(value in ids, f"{name}: {key} {value} is not in the bundle")
        if key.endswith("_refs"):
            for ref in value:
                check(ref in ids, f"{name}: {key} {ref} is not in the bundle")
    if kind in CONTRIBUTING:
        check("created" not in entry, f"{name}: an observable has no created")
        expected = observable_id(entry)
        if expected is None:
            check(name.split("--")[1][14] == "4", f"{name}: a process has a UUID of version 4")
        else:
            check(name == expected, f"{name}: should be {expected}")
    elif kind != "marking-definition":
        check("created" in entry and "modified" in entry, f"{name}: created, modified")
    if kind == "sighting":
        check(0 <= entry["count"] <= 999_999_999, f"{name}: count")
        check(entry["last_seen"] >= entry["first_seen"], f"{name}: last before first")
        check(re.match(r"^(indicator)--", entry["sighting_of_ref"]), f"{name}: sighting of what?")
        for ref in entry.get("observed_data_refs", []):
            check(ref.startswith("observed-data--"), f"{name}: {ref}")
        for ref in entry.get("where_sighted_refs", []):
            check(re.match(r"^(identity|location)--", ref), f"{name}: {ref}")
    if kind == "observed-data":
        check(1 <= entry["number_observed"] <= 999_999_999, f"{name}: number_observed")
        check(entry["last_observed"] >= entry["first_observed"], f"{name}: last before first")
        check("objects" not in entry, f"{name}: deprecated objects")
        for ref in entry["object_refs"]:
            check(ref.split("--")[0] in CONTRIBUTING, f"{name}: {ref} is no observable")
    if kind == "marking-definition":
        check(TLP.get(entry["name"]) == name.split("--")[1], f"{name}: not the marking of TLP 2")


def check_schemas(bundle, folder):
    import jsonschema
    from pathlib import Path
    store = {}
    for path in Path(folder).rglob("*.json"):
        if path.parts[-2] in ("common", "observables", "sdos", "sros", "interop"):
            store[path.resolve().as_uri()] = json.loads(path.read_text())

    def without_ids(node):  # the references are relative to the files
        if isinstance(node, dict):
            return {k: without_ids(v) for k, v in node.items() if k != "$id"}
        return [without_ids(v) for v in node] if isinstance(node, list) else node

    store = {uri: without_ids(schema) for uri, schema in store.items()}
    root = Path(folder).resolve()

    def validate(entry, relative):
        uri = (root / relative).as_uri()
        if uri not in store:
            return
        resolver = jsonschema.RefResolver(base_uri=uri, referrer=store[uri], store=store)
        validator = jsonschema.Draft202012Validator(store[uri], resolver=resolver)
        for error in validator.iter_errors(entry):
            wrong.append(f"schema {relative}: {entry.get('id')}: {error.message[:200]}")

    for entry in bundle["objects"]:
        kind = entry["type"]
        for place in ("sdos", "sros", "observables", "common"):
            validate(entry, f"schemas/{place}/{kind}.json")
        validate(entry, f"interop/{kind}.json")
    validate({k: v for k, v in bundle.items() if k != "objects"} | {"objects": bundle["objects"]},
             "schemas/common/bundle.json")


def main():
    bundle = json.load(open(sys.argv[1], encoding="utf-8"))
    check(bundle["type"] == "bundle" and bundle["id"].startswith("bundle--"), "no bundle")
    ids = [entry["id"] for entry in bundle["objects"]]
    check(len(ids) == len(set(ids)), "an identifier twice")
    for entry in bundle["objects"]:
        check_object(entry, set(ids))
    if os.environ.get("KONSEKI_STIX_SCHEMAS"):
        import warnings
        warnings.simplefilter("ignore")
        check_schemas(bundle, os.environ["KONSEKI_STIX_SCHEMAS"])
    for line in wrong[:40]:
        print(line)
    sys.exit(1 if wrong else 0)


main()
