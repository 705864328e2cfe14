#!/usr/bin/env bash
# Findings for others: STIX sightings (valid, the same every time, anonymised on request, "not seen"
# too), a MISP event, block lists; warninglists and private ranges hold down what is no sign.
source "$(dirname "$0")/lib.sh" "$1"
support=$project/tests/support

mkdir -p tree/etc tree/home/yamada tree/var/log tree/opt
echo desk-yamada01 >tree/etc/hostname
printf 'ID=debian\n' >tree/etc/os-release
printf 'root:x:0:0::/root:/bin/sh\nyamada:x:1000:1000::/home/yamada:/bin/bash\n' >tree/etc/passwd
cat >tree/var/log/app.log <<'LOG'
2026-01-02T03:04:05Z connect c2.evil.example port 443
2026-01-03T03:04:05Z connect c2.evil.example 203.0.113.99 10.9.8.7
2026-01-04T03:04:05Z fetch http://drop.example/a.php?victim=yamada static.cdn.example
LOG
echo 'a harmless dropper' >tree/home/yamada/invoice.exe
digest=$(sha256sum <tree/home/yamada/invoice.exe | cut -d' ' -f1)
cat >feed.json <<FEED
{"type":"bundle","id":"bundle--1","objects":[
 {"type":"indicator","spec_version":"2.1","id":"indicator--11111111-1111-4111-8111-111111111111",
  "name":"Dropper","confidence":85,"pattern_type":"stix","modified":"2025-01-01T00:00:00Z",
  "valid_from":"2025-01-01T00:00:00Z","pattern":"[file:hashes.'SHA-256' = '$digest']",
  "object_marking_refs":["marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"]},
 {"type":"indicator","spec_version":"2.1","id":"indicator--22222222-2222-4222-8222-222222222222",
  "name":"absent","pattern_type":"stix","modified":"2025-01-01T00:00:00Z",
  "valid_from":"2025-01-01T00:00:00Z","pattern":"[domain-name:value = 'never.example']"}]}
FEED
printf 'evil.example;the C2\n203.0.113.0/24\n10.9.8.7\nhttp://drop.example/a.php\nstatic.cdn.example\n192.168.0.0/16\nnot-seen.example\n' >list.txt
cat >warnings.json <<'LIST'
{"name":"Content delivery","type":"hostname","matching_attributes":["domain","hostname","url"],
 "list":["cdn.example"]}
LIST
feeds=(--indicators feed.json --indicators list.txt --indicators warnings.json)

collect 0 tree --profile none --files collect --no-checks "${feeds[@]}"
expect stdout "2 held down as likely false alarms"
expect stdout "Content delivery"
lines "$bundle" findings >rows
expect rows '"listed":[{"type":"domain-name","value":"evil.example"}],"seen":[{"type":"domain-name","value":"c2.evil.example"}]'

# The feeds compiled hold the same down.
run 0 "$konseki" indicators compile feed.json list.txt warnings.json -o team.kix
run 0 "$konseki" match "$bundle" --no-checks --indicators team.kix -q
expect stdout "2 held down as likely false alarms"
run 0 "$konseki" list indicators team.kix
expect stdout "compiled: 9 indicators"
expect stdout "< list.txt: 7"
expect stdout "1 warninglists (1 entries)"
run 0 "$konseki" list indicators team.kix --lang ja
expect stdout "警告リスト 1 (項目 1 件)"
run 0 "$konseki" list indicators team.kix --json
expect stdout '"format":"compiled"'
expect stdout '{"file":"list.txt","indicators":7}'

# STIX: valid, whole, the same again.
run 0 "$konseki" export "$bundle" --format stix -o seen.json
expect stderr "4 sightings (0 of them"
run 0 "$konseki" export "$bundle" --format stix -o again.json
cmp seen.json again.json || die "the same bundle gives another export"
python3 "$support/check_stix.py" seen.json || die "no valid STIX"
python3 - "$digest" <<'PYTHON' || die "not what was seen"
import json, sys
objects = {o["id"]: o for o in json.load(open("seen.json"))["objects"]}
of = lambda kind: [o for o in objects.values() if o["type"] == kind]
sightings = {s["sighting_of_ref"]: s for s in of("sighting")}
dropper = sightings["indicator--11111111-1111-4111-8111-111111111111"]
assert "indicator--11111111-1111-4111-8111-111111111111" not in objects, "another's object repeated"
observed = objects[dropper["observed_data_refs"][0]]
files = [objects[r] for r in observed["object_refs"] if r.startswith("file--")]
assert files[0]["name"] == "invoice.exe" and files[0]["hashes"]["SHA-256"] == sys.argv[1], files
assert files[0]["size"] == 19 and "MD5" in files[0]["hashes"]
red = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
assert dropper["object_marking_refs"] == [red] and red in objects, "the stricter marking stays"
c2 = next(i for i in of("indicator") if "evil.example" in i["pattern"])
seen = sightings[c2["id"]]
assert seen["count"] == 2 and seen["first_seen"] == "2026-01-02T03:04:05.000Z", seen
assert seen["last_seen"] == "2026-01-03T03:04:05.000Z"
names = {o["value"] for o in of("domain-name")}
assert names == {"c2.evil.example"}, names
assert [o["name"] for o in of("identity") if o["name"] == "desk-yamada01"], "where it was sighted"
assert not [i for i in of("indicator") if "10.9.8.7" in i["pattern"]], "a note is no sighting"
PYTHON
run 0 "$konseki" export "$bundle" --format stix --severity info -o notes.json
python3 "$support/check_stix.py" notes.json || die "no valid STIX with notes"
expect notes.json "10.9.8.7"
run 0 "$konseki" export "$bundle" --format stix --severity high --organization "救援隊" --tlp green -o high.json
expect stderr "1 sightings"
expect high.json "救援隊"
python3 "$support/check_stix.py" high.json || die "no valid STIX of one sighting"

# Looked for and not seen.
run 2 "$konseki" export "$bundle" --format stix --not-seen -o all.json
expect stderr "--indicators"
run 0 "$konseki" export "$bundle" --format stix "${feeds[@]}" --not-seen -q -o all.json
python3 "$support/check_stix.py" all.json || die "no valid STIX with count 0"
python3 - <<'PYTHON' || die "count 0"
import json
objects = {o["id"]: o for o in json.load(open("all.json"))["objects"]}
zero = [s for s in objects.values() if s["type"] == "sighting" and s["count"] == 0]
refs = {s["sighting_of_ref"] for s in zero}
assert "indicator--22222222-2222-4222-8222-222222222222" in refs
assert "indicator--11111111-1111-4111-8111-111111111111" not in refs
patterns = sorted(objects[r]["pattern"] for r in refs if r in objects)
assert patterns == ["[domain-name:value = 'not-seen.example']",
                    "[ipv4-addr:value ISSUBSET '192.168.0.0/16']"], patterns
assert all("Looked for in" in s["description"] for s in zero)
PYTHON

# Anonymised: nothing of the host, its people, its paths, its addresses, and no id in common.
for format in stix misp; do
  run 0 "$konseki" export "$bundle" --format $format --anonymous -o anonymous.$format
  for word in yamada desk /home /var tree invoice 10.9.8.7 192.168 203.0.113.99 c2.evil app.log \
    list.txt feed.json "$work" "$(basename "$bundle")"; do
    grep -qiF -- "$word" anonymous.$format && die "$word in the anonymised $format"
  done
  expect anonymous.$format evil.example
  expect anonymous.$format "$digest"
done
python3 "$support/check_stix.py" anonymous.stix || die "no valid STIX when anonymised"
python3 - <<'PYTHON' || die "linkable"
import json, re
ids = lambda name: set(re.findall(r"(?:sighting|observed-data|bundle)--[0-9a-f-]{36}", open(name).read()))
assert not ids("seen.json") & ids("anonymous.stix")
PYTHON
# A value of a feed that names the victim stays at home.
printf 'evil.example\nyamada.evil.example\n' >tree/var/log/named.log
printf 'yamada.evil.example\nevil.example\n' >victim.txt
collect 0 tree --profile none --files collect --no-checks --indicators victim.txt
run 0 "$konseki" export "$bundle" --format stix --anonymous -o victim.stix
expect_not victim.stix yamada
expect stderr "would tell whose host it is"
run 0 "$konseki" export "$bundle" --format stix --anonymous --lang ja -o - >/dev/null
expect stderr "被害者を特定しうるもの"

# MISP.
collect 0 tree --profile none --files collect --no-checks "${feeds[@]}"
run 0 "$konseki" export "$bundle" --format misp -o event.json
python3 "$support/check_misp.py" event.json || die "no event of MISP"
python3 - "$digest" <<'PYTHON' || die "event"
import json, sys
event = json.load(open("event.json"))["Event"]
by = {(a["type"], a["value"]): a for a in event["Attribute"]}
domain = by[("domain", "evil.example")]
assert domain["to_ids"] is True and len(domain["Sighting"]) == 2
assert {"name": "tlp:amber"} in domain["Tag"]
assert by[("sha256", sys.argv[1])]["Tag"][0]["name"] == "tlp:red"
(file,) = event["Object"]
relations = {a["object_relation"]: a["value"] for a in file["Attribute"]}
assert relations["filename"] == "invoice.exe" and relations["size-in-bytes"] == "19"
assert ("ip-dst", "10.9.8.7") not in by
PYTHON
# What it writes it reads: the same values again.
run 0 "$konseki" list indicators event.json
expect stdout "misp-event"
run 0 "$konseki" list indicators seen.json

# Block lists: what was seen, without what must not be blocked.
run 0 "$konseki" export "$bundle" --format blocklist -o -
same "$(cat stdout)" "$(printf 'evil.example\n203.0.113.0/24\nhttp://drop.example/a.php')"
run 0 "$konseki" export "$bundle" --format hosts -o -
same "$(cat stdout)" "0.0.0.0 evil.example"
run 0 "$konseki" export "$bundle" --format hosts --severity info --indicators team.kix -q -o -
same "$(cat stdout)" "0.0.0.0 evil.example"
expect stderr "left out: 2 findings held down or revoked"
run 0 "$konseki" export "$bundle" --format blocklist --all --indicators team.kix -q --kind domain-name -o -
same "$(cat stdout)" "$(printf 'evil.example\nnever.example\nnot-seen.example')"
expect stderr "left out: 1 on a warninglist"
run 2 "$konseki" export "$bundle" --format blocklist --all -o -
run 2 "$konseki" export "$bundle" --format blocklist --kind nonsense -o -
run 2 "$konseki" export "$bundle" --format stix --kind url -o -
run 0 "$konseki" export "$bundle" --format rpz --all --indicators team.kix -q -o block.zone
expect block.zone '*.evil.example CNAME .'
expect block.zone '24.0.113.0.203.rpz-ip CNAME .'
expect_not block.zone 168.192
expect stderr "private, reserved"
if command -v named-checkzone >/dev/null; then
  run 0 named-checkzone -q rpz.local block.zone
fi
grep -vE '^(\$TTL [0-9]+|@ IN (SOA|NS) .*|[A-Za-z0-9*._-]+ CNAME \.)$' block.zone && die "not of a zone"
run 0 "$konseki" export "$bundle" --format csv -o block.csv
expect block.csv 'domain-name,evil.example,,4,2026-01-02T03:04:05'
head -c3 block.csv | cmp -s - <(printf '\xef\xbb\xbf') || die "a spreadsheet needs the mark"
run 2 "$konseki" export "$bundle" --anonymous -o x.tar
expect stderr "findings only"
run 2 "$konseki" export "$bundle" --format nonsense -o x
expect stderr "blocklist"

# A bundle in which nothing was found gives an empty answer, not an error.
echo nothing.example >nothing.txt
collect 0 tree --profile none --files collect --no-checks --indicators nothing.txt
expect stdout "nothing found of 1 indicator;"
run 0 "$konseki" export "$bundle" --format stix -o none.json
python3 "$support/check_stix.py" none.json || die "no valid STIX of nothing"
run 0 "$konseki" export "$bundle" --format blocklist -o -
same "$(cat stdout)" ""
