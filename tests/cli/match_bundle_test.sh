#!/usr/bin/env bash
# Matching while collecting, and again over the bundle: the same findings, what was looked at, exit
# codes, allow lists, encrypted bundles; nothing in a bundle is changed.
source "$(dirname "$0")/lib.sh" "$1"

mkdir -p tree/etc/cron.d tree/srv/www tree/var/log
echo web01 >tree/etc/hostname
echo 'ID=debian' >tree/etc/os-release
echo '* * * * * root /srv/www/marker-one' >tree/etc/cron.d/job
echo 'this page holds marker-one and more' >tree/srv/www/page.html
printf 'x%.0s' {1..2000} >tree/srv/www/plain.txt
cat >rules.yar <<'RULES'
rule marker_one {
  meta:
    description = "A harmless marker of this test"
    score = 75
  strings:
    $a = "marker-one"
  condition:
    $a
}
RULES

# rows BUNDLE: its findings without the name of the evidence.
rows() { lines "$1" findings | sed 's/"evidence":"[^"]*",//g'; }
tools=(--no-checks --rules rules.yar)

collect 0 tree --profile none --files collect "${tools[@]}" --workers 1
first=$bundle
cp "$first" original.tar.zst
expect stdout "web01: 2 findings (2 high) of 1 rule;"
expect stdout "[high]"
expect stdout "/srv/www/page.html"
rows "$first" >collected.rows
same "$(wc -l <collected.rows)" 2
expect collected.rows '"rule":"marker_one"'
tar --zstd -xOf "$first" konseki/manifest.json >manifest.json
python3 - <<'PYTHON' || die "the manifest does not say what was matched"
import json
matching = json.load(open("manifest.json"))["run"]["matching"]
assert matching["findings"]["high"] == 2, matching
assert matching["contents"] == 5, matching
assert matching["gaps"] == 0, matching
assert {"name": "rules", "count": 1} in matching["matchers"][0]["loaded"], matching
PYTHON
run 0 "$konseki" info "$first"
expect stdout "web01: 2 findings (2 high) of 1 rule;"
run 0 "$konseki" info "$first" --lang ja
expect stdout "web01: 検出 2 件 (高 2)。ルール 1 件を"
run 0 "$konseki" report "$first" -o report.html
expect report.html "A harmless marker of this test"
expect report.html "2 findings (2 high)"

# Several workers, the bundle as a source, and matching over the bundle: the same findings.
mv out first && first=first/$(basename "$first")
collect 0 tree --profile none --files collect "${tools[@]}" --workers 4
rows "$bundle" | cmp - collected.rows || die "workers show in the findings"
collect 0 "$first" --profile none --files collect "${tools[@]}"
rows "$bundle" | cmp - collected.rows || die "a bundle collected again has other findings"
run 0 "$konseki" match "$first" "${tools[@]}" -q -o found.jsonl
sed 's/"evidence":"[^"]*",//g' found.jsonl | cmp - collected.rows || die "match finds otherwise"
expect found.jsonl "\"evidence\":\"$(basename "$first")\""
expect stdout "web01: 2 findings (2 high) of 1 rule;"
cmp -s "$first" original.tar.zst || die "matching changed the bundle"
run 10 "$konseki" match "$first" "${tools[@]}" -q --fail-on high
run 0 "$konseki" match "$first" "${tools[@]}" -q --fail-on critical
run 0 "$konseki" match "$first" "${tools[@]}" -q --json
python3 - <<'PYTHON' || die "JSON"
import json
document = json.load(open("stdout"))
assert len(document["findings"]) == 2
(bundle,) = document["bundles"]
assert bundle["hostname"] == "web01" and bundle["matching"]["contents"] == 5
PYTHON
run 10 "$konseki" collect tree -q --allow-output-on-source -o ten.tar.zst --profile none \
  --files collect "${tools[@]}" --fail-on medium

# Nothing found says with how much was looked; nothing to look for is a usage error.
sed 's/marker-one/no such text/' rules.yar >other.yar
run 0 "$konseki" match "$first" --no-checks --rules other.yar -q
expect stdout "web01: nothing found of 1 rule;"
run 2 "$konseki" match "$first" --no-checks -q
expect stderr "--indicators"

# An allow list by digest makes notes of findings.
echo "$(sha256sum <tree/srv/www/page.html | cut -d' ' -f1); our own page" >allow.txt
run 0 "$konseki" match "$first" "${tools[@]}" -q --allow allow.txt
expect stdout "1 high, 1 info"
expect stdout "our own page"
echo "no digest" >broken.txt
run 3 "$konseki" match "$first" "${tools[@]}" -q --allow broken.txt
expect stderr "broken.txt:1"

# An encrypted bundle opens with its key; with the wrong words it is listed, and the rest matched.
"$konseki" key generate -o key.txt 2>/dev/null
run 0 "$konseki" collect tree -q --allow-output-on-source -o secret.tar.zst.age --profile none \
  --files collect --no-checks --recipient "$("$konseki" key public key.txt)"
run 0 "$konseki" match secret.tar.zst.age "${tools[@]}" -q --identity key.txt
expect stdout "2 findings (2 high)"
run 1 "$konseki" match secret.tar.zst.age "$first" "${tools[@]}" -q
expect stdout "secret.tar.zst.age"
expect stdout "2 findings (2 high)"
run 3 "$konseki" match secret.tar.zst.age "${tools[@]}" -q

# A bundle cut off in the middle: what is there is matched, and the program ends in order.
head -c $(($(stat -c %s "$first") * 2 / 3)) "$first" >cut.tar.zst
code=0
"$konseki" match cut.tar.zst "${tools[@]}" -q >stdout 2>stderr || code=$?
[ "$code" -le 3 ] || die "exit code $code of a cut bundle"

# Indicators over a host and over its bundle: the same findings, and the number for the alert.
cat >feed.json <<FEED
{"type":"bundle","id":"bundle--1","objects":[
 {"type":"indicator","spec_version":"2.1","id":"indicator--11111111-1111-4111-8111-111111111111",
  "name":"Our page","confidence":85,"pattern_type":"stix","modified":"2025-01-01T00:00:00Z",
  "valid_from":"2025-01-01T00:00:00Z",
  "pattern":"[file:hashes.'SHA-256' = '$(sha256sum <tree/srv/www/page.html | cut -d' ' -f1)']"},
 {"type":"indicator","spec_version":"2.1","id":"indicator--22222222-2222-4222-8222-222222222222",
  "name":"absent","pattern_type":"stix","modified":"2025-01-01T00:00:00Z",
  "valid_from":"2025-01-01T00:00:00Z","pattern":"[domain-name:value = 'never.example']"}]}
FEED
collect 0 tree --profile none --files collect --no-checks --indicators feed.json
expect stdout "web01: 1 finding (1 high) of 2 indicators;"
expect stdout "Our page"
rows "$bundle" >collected.rows
run 0 "$konseki" match "$bundle" --no-checks --indicators feed.json -q -o indicators.jsonl
sed 's/"evidence":"[^"]*",//g' indicators.jsonl | cmp - collected.rows || die "match finds otherwise"
expect collected.rows '"path":"/srv/www/page.html"'

# Where only digests were taken, they are matched, and what is missing is said.
collect 0 tree --profile none --files digest --no-checks
run 0 "$konseki" match "$bundle" --no-checks --indicators feed.json --rules rules.yar -q
expect stdout "web01: 1 finding (1 high) of 2 indicators and 1 rule;"
expect stdout "content not in the bundle"
