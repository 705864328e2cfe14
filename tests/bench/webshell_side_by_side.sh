#!/usr/bin/env bash
# Webshells: Konseki beside YARA rule sets, same files, one run; a Markdown table.
# Usage: webshell_side_by_side.sh KONSEKI SHELLS BENIGN [RULES…]
#   SHELLS, BENIGN  folders of files, searched with all below them; each file counts
#   RULES           a rule file, or a folder whose *.yar and *.yara make one set
# A hit is a file with any rule of the set, for Konseki one with a webshell finding of medium or
# above; "high" counts those of high or critical. MB/s are of processor time; Konseki's hold
# digests and the bundle as well.
set -euo pipefail
[ $# -ge 3 ] || { sed -n '3,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
konseki=$(realpath "$1") shells=$(realpath "$2") benign=$(realpath "$3")
shift 3
sets=()
for rules in "$@"; do sets+=("$(realpath "$rules")"); done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

count_files() { find "$1" -type f -printf . | wc -c; }
count_bytes() { find "$1" -type f -printf '%s\n' | awk '{n += $1} END {print n + 0}'; }
shell_files=$(count_files "$shells") benign_files=$(count_files "$benign")
bytes=$(($(count_bytes "$shells") + $(count_bytes "$benign")))

# cpu FILE COMMAND…: processor seconds of the command, whose output goes to FILE.
cpu() {
  local out=$1
  shift
  TIMEFORMAT='%U %S'
  { time "$@" >"$out" 2>"$out.err" || [ $? -le 1 ]; } 2>cpu
  awk '{print $1 + $2}' cpu
}

# row NAME SHELL_HITS SHELL_HIGH BENIGN_HITS BENIGN_HIGH SECONDS; "-" where there are no levels.
row() {
  awk -v name="$1" -v hits="$2" -v high="$3" -v false_hits="$4" -v false_high="$5" \
    -v seconds="$6" -v all="$shell_files" -v bytes="$bytes" 'BEGIN {
      share = sprintf("%.1f %%", 100 * hits / (all ? all : 1))
      if (high != "-") high = sprintf("%.1f %%", 100 * high / (all ? all : 1))
      printf "| %s | %s | %s | %s | %s | %.1f |\n", name, share, high, false_hits, false_high,
             bytes / 1e6 / (seconds > 0 ? seconds : 0.01)
    }'
}

echo "$shell_files webshells, $benign_files benign files, $((bytes / 1000000)) MB"
echo
echo '| set | recall | high | false hits | false hits, high | MB/s |'
echo '|---|---|---|---|---|---|'

externals=()
for name in filename filepath extension filetype md5 owner id; do externals+=(-d "$name="); done
for rules in ${sets[@]+"${sets[@]}"}; do
  if [ -d "$rules" ]; then
    find "$rules" -name '*.yar' -o -name '*.yara' | sort >list
  else
    echo "$rules" >list
  fi
  # Files that this yara cannot compile are left out and named.
  files=()
  while read -r file; do
    if yarac -w "${externals[@]}" "$file" one.yac 2>one.err; then
      files+=("n${#files[@]}:$file")
    else
      echo "left out: $file: $(head -n 1 one.err)" >&2
    fi
  done <list
  [ ${#files[@]} -gt 0 ] || continue
  yarac -w "${externals[@]}" "${files[@]}" all.yac
  first=$(cpu on_shells yara -C -w -N -p 1 -r "${externals[@]}" all.yac "$shells")
  second=$(cpu on_benign yara -C -w -N -p 1 -r "${externals[@]}" all.yac "$benign")
  distinct() { cut -d ' ' -f 2- "$1" | sort -u | wc -l; }
  row "yara, $(basename "$rules")" "$(distinct on_shells)" - "$(distinct on_benign)" - \
    "$(awk "BEGIN {print $first + $second}")"
done

# findings BUNDLE LEVELS: how many files have a webshell finding of one of the levels.
findings() {
  # A bundle without any finding has no such member.
  zstd -dc "$1" | { tar -xOf - --wildcards 'konseki/findings.*.jsonl' 2>/dev/null || true; } |
    { grep -E '"rule":"webshell"' || true; } |
    { grep -E "\"severity\":\"($2)\"" || true; } |
    { grep -oE '"path":"([^"\\]|\\.)*"' || true; } | sort -u | wc -l
}
collect=("$konseki" collect -q --profile none --files digest --no-archives)

# examine FOLDER NAME: runs over it in parts, for one bundle lists at most 1,000 findings of a rule;
# leaves MEDIUM HIGH SECONDS in NAME.sum.
examine() {
  find "$1" -type f | split -l 900 - "$2.part."
  local medium=0 high=0 seconds=0 part folder spent
  for part in "$2".part.*; do
    folder="$part.files"
    mkdir "$folder" "$part.out"
    awk '{print NR "\t" $0}' "$part" | while IFS=$'\t' read -r number file; do
      mkdir "$folder/$number"
      cp -l "$file" "$folder/$number/" 2>/dev/null || cp "$file" "$folder/$number/"
    done
    spent=$(cpu "$part.txt" "${collect[@]}" "$folder" -o "$part.out")
    medium=$((medium + $(findings "$part".out/*.tar.zst 'medium|high|critical')))
    high=$((high + $(findings "$part".out/*.tar.zst 'high|critical')))
    seconds=$(awk "BEGIN {print $seconds + $spent}")
    rm -rf "$folder" "$part.out"
  done
  echo "$medium $high $seconds" >"$2.sum"
}
examine "$shells" shells
examine "$benign" benign
read -r shell_medium shell_high first <shells.sum
read -r benign_medium benign_high second <benign.sum
row Konseki "$shell_medium" "$shell_high" "$benign_medium" "$benign_high" \
  "$(awk "BEGIN {print $first + $second}")"
