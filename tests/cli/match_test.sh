#!/usr/bin/env bash
# Indicators over observed data: findings in both languages and as JSON, exit codes, gaps.
source "$(dirname "$0")/lib.sh" "$1"

cat >observed.json <<'EOF'
{"type":"bundle","id":"bundle--1","objects":[
 {"type":"process","id":"process--1","command_line":"powershell -enc AAAA"},
 {"type":"ipv4-addr","id":"ipv4-addr--1","value":"203.0.113.9"},
 {"type":"network-traffic","id":"network-traffic--1","dst_ref":"ipv4-addr--1","protocols":["tcp"]},
 {"type":"observed-data","id":"observed-data--p","first_observed":"2026-01-01T00:00:00Z",
  "last_observed":"2026-01-01T00:00:00Z","number_observed":1,"object_refs":["process--1"]},
 {"type":"observed-data","id":"observed-data--n","first_observed":"2026-01-01T00:04:00Z",
  "last_observed":"2026-01-01T00:04:00Z","number_observed":1,
  "object_refs":["network-traffic--1","ipv4-addr--1"]}]}
EOF
cat >feed.json <<'EOF'
{"type":"bundle","id":"bundle--2","objects":[
 {"type":"indicator","spec_version":"2.1","id":"indicator--1","name":"遠隔操作の手口","confidence":85,
  "modified":"2025-01-01T00:00:00Z","valid_from":"2025-01-01T00:00:00Z",
  "valid_until":"2025-06-01T00:00:00Z","pattern_type":"stix",
  "object_marking_refs":["marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"],
  "pattern":"([process:command_line MATCHES '(?i)-ENC'] FOLLOWEDBY [network-traffic:dst_ref.value ISSUBSET '203.0.113.0/24']) WITHIN 300 SECONDS"},
 {"type":"indicator","spec_version":"2.1","id":"indicator--2","name":"absent","pattern_type":"stix",
  "pattern":"[file:name = 'nothing']"}]}
EOF
run 0 "$konseki" match observed.json --indicators feed.json
expect stdout "[high] 遠隔操作の手口"
expect stdout "TLP:AMBER"
expect stdout "2026-01-01T00:00:00Z"
expect stdout "observed-data--n"
expect stdout "after the indicator expired"
expect stdout "Found: 1 (indicators applied: 2, not applied: 0; observations: 2)"
run 0 "$konseki" match observed.json --indicators feed.json --lang ja
expect stdout "[高] 遠隔操作の手口"
expect stdout "有効期限後"
run 0 "$konseki" match observed.json --indicators feed.json --json
python3 - <<'EOF' || die "JSON"
import json
document = json.load(open("stdout"))
(finding,) = document["findings"]
assert finding["rule"] == "indicator--1" and finding["severity"] == "high" and finding["expired"]
assert finding["score"] == 85 and finding["first_seen"].startswith("2026-01-01T00:00:00")
assert [e["observed_data"] for e in finding["evidence"]] == ["observed-data--p", "observed-data--n"]
assert not document["not_applied"] and not document["problems"]
EOF

run 10 "$konseki" match observed.json --indicators feed.json --fail-on high
run 10 "$konseki" match observed.json --indicators feed.json --fail-on info
run 0 "$konseki" match observed.json --indicators feed.json --fail-on critical
run 2 "$konseki" match observed.json --indicators feed.json --fail-on often
expect stderr "critical"
run 2 "$konseki" match observed.json
run 2 "$konseki" match --indicators feed.json

# What cannot be applied is named and never matches.
cat >mixed.json <<'EOF'
["[process:command_line LIKE 'powershell%']", "[process:command_line = ", "[a:b = 1 AND c:d = 1]"]
EOF
run 1 "$konseki" match observed.json --indicators mixed.json
expect stdout "mixed.json#2: 1:25: expected a constant"
expect stdout "mixed.json#3"
expect stdout "Found: 1 (indicators applied: 1, not applied: 2"
run 10 "$konseki" match observed.json --indicators mixed.json --fail-on medium

# Files that cannot be read: a gap beside others, no run at all alone.
echo '{"type":' >broken.json
run 1 "$konseki" match observed.json broken.json --indicators feed.json
expect stdout "broken.json"
run 1 "$konseki" match observed.json feed.json --indicators feed.json
expect stdout "feed.json: the file holds no observed-data"
run 3 "$konseki" match broken.json --indicators feed.json
expect stderr "broken.json"
run 3 "$konseki" match observed.json --indicators no-such.json
expect stderr "no-such.json"
