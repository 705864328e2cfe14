#!/usr/bin/env python3
"""Checks an event by what MISP's core format asks of one that is imported.

    check_misp.py EVENT.json      prints what is wrong; exit code 1 then
"""
import json
import re
import sys
import uuid

# Categories that MISP allows for a type (describeTypes), of the types that are written.
CATEGORIES = {
    "md5": "Payload delivery", "sha1": "Payload delivery", "sha256": "Payload delivery",
    "imphash": "Payload delivery", "filename": "Payload delivery", "domain": "Network activity",
    "ip-dst": "Network activity", "ip-dst|port": "Network activity",
    "hostname|port": "Network activity", "url": "Network activity",
    "user-agent": "Network activity", "email-src": "Payload delivery",
    "email-subject": "Payload delivery", "regkey": "Persistence mechanism",
    "mutex": "Artifacts dropped", "named pipe": "Artifacts dropped",
    "windows-service-name": "Artifacts dropped", "windows-scheduled-task": "Artifacts dropped",
    "stix2-pattern": "Artifacts dropped", "text": "Other", "size-in-bytes": "Other",
}
wrong = []


def check(condition, what):
    if not condition:
        wrong.append(what)


def check_uuid(entry, seen):
    value = entry.get("uuid", "")
    check(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value), f"uuid {value}")
    check(value not in seen, f"uuid {value} twice")
    check(not value or uuid.UUID(value).version in (4, 5), f"version of {value}")
    seen.add(value)


def check_attribute(attribute, seen):
    check_uuid(attribute, seen)
    name = f"{attribute.get('type')} {attribute.get('value')}"
    check(CATEGORIES.get(attribute["type"]) == attribute["category"], f"{name}: category")
    check(isinstance(attribute["to_ids"], bool), f"{name}: to_ids")
    check(attribute["value"] and "\n" not in attribute["value"], f"{name}: value")
    check(attribute["timestamp"].isdigit(), f"{name}: timestamp")
    for sighting in attribute.get("Sighting", []):
        check_uuid(sighting, seen)
        check(sighting["type"] in "012" and sighting["date_sighting"].isdigit(), f"{name}: sighting")
    if "first_seen" in attribute:
        check(attribute["first_seen"] <= attribute["last_seen"], f"{name}: last before first")


def main():
    event = json.load(open(sys.argv[1], encoding="utf-8"))["Event"]
    seen = set()
    check_uuid(event, seen)
    for key in ("info", "date", "threat_level_id", "analysis", "distribution", "timestamp"):
        check(isinstance(event.get(key), str) and event[key], f"event: {key}")
    check(re.fullmatch(r"\d{4}-\d\d-\d\d", event["date"]), "event: date")
    check(event["threat_level_id"] in "1234" and event["analysis"] in "012", "event: levels")
    check(event["published"] is False, "event: published by itself")
    check([t for t in event["Tag"] if t["name"].startswith("tlp:")], "event: no tlp tag")
    for attribute in event["Attribute"]:
        check_attribute(attribute, seen)
    for entry in event["Object"]:
        check_uuid(entry, seen)
        check(entry["name"] == "file" and entry["template_version"].isdigit(), "object: template")
        uuid.UUID(entry["template_uuid"])
        for attribute in entry["Attribute"]:
            check_attribute(attribute, seen)
            check(attribute["object_relation"], "object: relation")
    for line in wrong[:40]:
        print(line)
    sys.exit(1 if wrong else 0)


main()
