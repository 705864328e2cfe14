#!/usr/bin/env bash
# YARA against the yara command: same rules, same tree, one run; processor seconds and ratios as a
# Markdown table, and whether the answers are the same.
# Usage: yara.sh KONSEKI YARA_BENCH RULES_FOLDER TREE [KNOWN_GOOD_LIST]
set -euo pipefail
konseki=$(realpath "$1") bench=$(realpath "$2") rules=$(realpath "$3") tree=$(realpath "$4")
known=${5:+$(realpath "$5")}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

externals=()
for name in filename filepath extension filetype md5 owner id; do externals+=(-d "$name="); done
find "$rules" -name '*.yar' -o -name '*.yara' | sort | awk '{print "n" NR ":" $0}' >list
mapfile -t files <list
yarac -w "${externals[@]}" "${files[@]}" all.yac

# cpu FILE COMMAND...: user and system seconds of the command; its output goes to FILE.
cpu() {
  local out=$1
  shift
  TIMEFORMAT='%U %S'
  { time "$@" >"$out" 2>"$out.err" || [ $? -le 1 ]; } 2>cpu
  awk '{print $1 + $2}' cpu
}

base=$(cpu yara yara -C -w -N -p 2 -r "${externals[@]}" all.yac "$tree")
row() { printf '| %s | %s s | %.2f |\n' "$1" "$2" "$(echo "$2 / $base" | bc -l)"; }
echo '| run | processor time | to yara |'
echo '|---|---|---|'
row 'yara -p 2 -r' "$base"
row 'the scan, every rule' "$(cpu whole "$bench" --whole "$rules" -- "$tree")"
row 'the scan, rules narrowed' "$(cpu narrowed "$bench" "$rules" -- "$tree")"
collect=("$konseki" collect "$tree" -q --profile none --no-checks --no-archives --allow-output-on-source)
mkdir -p out
row 'collect --files collect, digests and packing' \
  "$(cpu collected "${collect[@]}" --files collect --rules "$rules" -o out)"
if [ -n "$known" ]; then
  row 'the same with a known-good list' \
    "$(cpu known "${collect[@]}" --files collect --rules "$rules" --known-good "$known" -o out)"
fi
sort -u yara >a
sort -u narrowed >b
cmp -s a b && echo "answers: the same, $(wc -l <a)" || echo "answers: DIFFERENT (yara $(wc -l <a), here $(wc -l <b))"
cmp -s <(sort -u whole) b || echo "narrowed and whole sets DIFFER"
