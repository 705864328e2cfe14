#!/usr/bin/env bash
# Runs every libFuzzer target of a build for some seconds each, from seeds made here.
# Usage: run.sh BUILD_DIRECTORY [SECONDS [NAME...]]. Inputs that fail stay in BUILD/fuzz-findings.
set -euo pipefail
export PATH="$PATH:/usr/sbin:/sbin"
export LSAN_OPTIONS=suppressions=$(cd "$(dirname "$0")/.." && pwd)/lsan.supp
build=$(realpath "$1")
seconds=${2:-60}
shift $(($# < 2 ? $# : 2))
root=$(cd "$(dirname "$0")/../.." && pwd)
findings=$build/fuzz-findings
corpus=$build/fuzz-corpus
mkdir -p "$findings" "$corpus"

seed_images() {
  mkdir -p tree/directory
  head -c 50000 /dev/urandom > tree/file
  echo other > tree/directory/other
  truncate -s 1M ext4 && mke2fs -q -t ext4 -d tree ext4
  truncate -s 1M ext2 && mke2fs -q -t ext2 -d tree ext2
  truncate -s 1M fat && mkfs.vfat fat > /dev/null
  truncate -s 2M ntfs && mkntfs -q -F -f ntfs > /dev/null 2>&1
  genisoimage -quiet -J -R -o iso tree
  truncate -s 3M gpt && sgdisk -n 1:1M:+1M gpt > /dev/null
  qemu-img convert -O qcow2 ext2 qcow2
  rm -r tree
}

# seeds_of NAME: fills the current, empty folder.
seeds_of() {
  case $1 in
    image) seed_images ;;
    bundle_reader)
      mkdir tree && echo text > tree/file && truncate -s 20M tree/hole
      "$build/konseki" collect tree -q --profile none --files collect -o - > bundle 2> /dev/null
      zstd -qd < bundle > tar
      rm -r tree
      ;;
    definitions)
      local file
      for file in "$root"/collectors/definitions/*.yaml "$root"/collectors/profiles/*.yaml; do
        { printf '\0'; cat "$file"; } > "$(basename "$file")"
      done
      printf '\1Description: x\nTargets:\n  -\n    Name: x\n    Path: C:\\x\n' > x.tkape
      ;;
    age_header | age_reader)
      "$build/konseki" key generate -o key 2> /dev/null
      mkdir tree && echo text > tree/file
      "$build/konseki" collect tree -q --profile none --files collect -o bundle \
        --recipient "$("$build/konseki" key public key)" > /dev/null
      "$build/konseki" custody add bundle --event opened --by A > /dev/null
      rm -r tree
      ;;
    knowledge) printf '\0root:x:0:0:root:/root:/bin/sh\n' > passwd ;;
    stix_pattern)
      printf '%s' "0[x:n = 1 AND x:y_ref.v ISSUBSET '192.0.2.0/24'] REPEATS 2 TIMES WITHIN 5 SECONDS" > a
      printf '%s' "0([x:s MATCHES '^(a+)+\$'] FOLLOWEDBY [x:l[*] IN (1, 2.5)]) REPEATS 2 TIMES" > b
      printf '%s' "0[y:t > t'2025-01-01T00:00:00Z' OR NOT EXISTS x:'q-r'[0]] AND [y:b_bin LIKE 'a%']" > c
      printf '%s' "1[x:s_hex = h'616263'] START '2026-01-01T00:00:00Z' STOP '2026-01-02T00:00:00Z'" > d
      ;;
    feed)
      printf '%s' '{"type":"bundle","objects":[{"type":"indicator","id":"indicator--1",
        "pattern_type":"stix","pattern":"[file:name = '"'x'"']","modified":"2026-01-01T00:00:00Z"},
        {"type":"domain-name","id":"d","value":"evil.example"}]}' > stix
      printf '%s' '{"response":[{"Event":{"info":"x","Attribute":[{"type":"ip-dst|port","to_ids":true,
        "value":"192.0.2.1|443"}],"Object":[{"Attribute":[{"type":"regkey|value","to_ids":1,
        "value":"HKLM\\\\X|y"}]}],"Tag":[{"name":"tlp:red"}]}}]}' > misp
      printf '%s' '{"name":"x","type":"regex","list":["/^a/i"],"matching_attributes":["md5"]}' > warninglist
      printf 'd41d8cd98f00b204e9800998ecf8427e;70;x\nevil[.]example # c\nC:\\x\\y.exe\n/a/b\n' > list
      printf '\\\\x\.exe$;80;(?i)good\n' > paths
      printf 'type;value;tlp\ndomain;"evil.example";red\n' > csv
      printf '%s' '<ioc xmlns="http://schemas.mandiant.com/2010/ioc" id="i"><definition><Indicator
        operator="OR" id="t"><IndicatorItem id="1" condition="contains"><Context
        search="FileItem/FullPath"/><Content>a\\b</Content></IndicatorItem></Indicator></definition></ioc>' > openioc
      printf '%s' '<s:STIX_Package xmlns:s="http://stix.mitre.org/stix-1" xmlns:x="x"
        xmlns:F="http://cybox.mitre.org/objects#FileObject-2"><s:Indicator id="n"><Observable><Object>
        <Properties x:type="F:FileObjectType"><F:Size_In_Bytes condition="InclusiveBetween">1##comma##2</F:Size_In_Bytes>
        </Properties></Object></Observable></s:Indicator></s:STIX_Package>' > stix1
      ;;
    stix_file)
      printf '%s' '[{"type":"observed-data","first_observed":"2026-01-01T00:00:00Z","object_refs":["f"],
        "last_observed":"2026-01-01T00:00:00Z","objects":{"0":{"type":"x"}}},{"type":"file","id":"f"}]' > b
      ;;
    *) "$build"/tests/fuzz/fuzz_seeds "${1/_/.}" . > /dev/null || true ;;
  esac
}

failed=()
while IFS= read -r target; do
  name=$(basename "$target")
  name=${name#fuzz_}
  if [ $# -gt 0 ] && [[ " $* " != *" $name "* ]]; then continue; fi
  seeds=$(mktemp -d)
  (cd "$seeds" && seeds_of "$name")
  mkdir -p "$corpus/$name"
  echo "== $name: $(find "$seeds" -type f | wc -l) seeds, $seconds s"
  "$target" -max_total_time="$seconds" -rss_limit_mb=1024 -timeout=20 -max_len=4194304 \
    -print_final_stats=0 -verbosity=0 -artifact_prefix="$findings/$name-" \
    "$corpus/$name" "$seeds" > "$findings/$name.log" 2>&1 || {
    failed+=("$name")
    tail -n 30 "$findings/$name.log"
  }
  rm -rf "$seeds"
done < <(find "$build" -type f -executable -name 'fuzz_*' ! -name fuzz_smoke ! -name fuzz_seeds | sort)
if [ ${#failed[@]} -gt 0 ]; then
  echo "failed: ${failed[*]} (see $findings)"
  exit 1
fi
echo "all targets sound"
