#!/usr/bin/env bash
# Indicators on the command line: feeds compiled into one file and used from it, words told from parts of words,
# subdomains said to be such, expired ones flagged, nothing found said with what was looked at.
source "$(dirname "$0")/lib.sh" "$1"

mkdir -p tree/etc tree/var/log tree/srv
echo web01 >tree/etc/hostname
echo 'ID=debian' >tree/etc/os-release
{
  echo '2026-01-02T03:04:05Z connect to sub.evil.example port 443'
  echo '2026-01-03T03:04:05Z connect to notevil.example port 443'
  echo '2026-01-05T03:04:05Z connect to old.example'
  echo '2026-01-04T03:04:05Z connect to hxxp://bad[.]example/x'
} >tree/var/log/proxy.log
printf 'harmless dropper' >tree/srv/setup.exe
digest=$(sha256sum tree/srv/setup.exe | cut -d' ' -f1)
printf 'evil.example\nbad.example\n198.51.100.7\n%s\n' "$digest" >list.txt
cat >stix.json <<'JSON'
{"type":"bundle","id":"bundle--11111111-1111-4111-8111-111111111111","objects":[
 {"type":"indicator","spec_version":"2.1","id":"indicator--22222222-2222-4222-8222-222222222222",
  "created":"2019-01-01T00:00:00Z","modified":"2019-01-01T00:00:00Z","name":"old","confidence":90,
  "indicator_types":["malicious-activity"],"pattern_type":"stix",
  "pattern":"[domain-name:value = 'old.example']","valid_from":"2019-01-01T00:00:00Z",
  "valid_until":"2019-02-01T00:00:00Z"}]}
JSON

run 0 "$konseki" indicators compile list.txt stix.json -o team.kix
expect stdout "sha256 1, domain-name 3, ip-address 1"
run 2 "$konseki" indicators compile list.txt
run 3 "$konseki" indicators compile team.kix -o again.kix

for from in team.kix "list.txt --indicators stix.json"; do
  # shellcheck disable=SC2086  # words on purpose
  collect 0 tree --profile none --files collect --no-checks --indicators $from
  lines "$bundle" findings >rows
  expect rows "$digest"
  expect rows '"subdomain"'
  expect rows '"expired"'
  expect_not rows 'notevil'
  grep -q 'bad.example' rows || die "a defanged domain was not found"
done
run 10 "$konseki" match "$bundle" --no-checks --indicators team.kix --fail-on medium

echo other.example >other.txt
collect 0 tree --profile none --files collect --no-checks --indicators other.txt
expect stdout "nothing found of 1 indicator"

# One changed byte, and the compiled file is refused.
cp team.kix broken.kix
printf 'X' | dd of=broken.kix bs=1 seek=200 conv=notrunc status=none
run 3 "$konseki" match "$bundle" --no-checks --indicators broken.kix
expect stderr broken.kix
