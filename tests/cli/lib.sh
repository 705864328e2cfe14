# Sourced by every CLI test: a fresh folder, the program, and checks that say what they expected.
# Usage of a test: TEST.sh KONSEKI. Exit 77 = skipped, with the reason printed.
set -euo pipefail
konseki=$(realpath "$1")
windows=$(grep -qas '/konseki.exe ' "$konseki" && echo yes || true)  # the .exe, under wine
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
corpora=${KONSEKI_CORPORA:-$project/../shared/corpora}
work=$(mktemp -d)
trap 'chmod -R u+w "$work" 2>/dev/null; rm -rf "$work"' EXIT
cd "$work"
unset LC_ALL LC_MESSAGES
export LANG=C.UTF-8

die() {
  echo "FAILED: $*" >&2
  [ -f stdout ] && sed 's/^/  stdout: /' stdout | tail -30 >&2
  [ -f stderr ] && sed 's/^/  stderr: /' stderr | tail -30 >&2
  exit 1
}

skip() {
  echo "skipped: $*"
  exit 77
}

# For tests that put a library before the program's own calls: no release can be had that way.
skip_static() {
  readelf -l "$konseki" 2>/dev/null | grep -q INTERP || skip "a static program takes no library"
}

# run CODE COMMAND...: runs it, keeps stdout and stderr, checks the exit code.
run() {
  local want=$1 got=0
  shift
  "$@" >stdout 2>stderr || got=$?
  [ "$got" = "$want" ] || die "exit code $got, expected $want: $*"
}

# expect FILE TEXT: the file holds the text.
expect() { grep -qF -- "$2" "$1" || die "$1 lacks: $2"; }
expect_not() { ! grep -qF -- "$2" "$1" || die "$1 holds: $2"; }
# On Windows files take their rights from the folder.
expect_private() { [ -n "$windows" ] || same "$(stat -c %a "$1")" 600; }
same() { [ "$1" = "$2" ] || die "expected '$2', got '$1'"; }

# collect CODE ARGUMENTS...: a quiet collection into a new folder; its bundle is then $bundle.
collect() {
  local want=$1
  shift
  rm -rf out && mkdir out
  run "$want" "$konseki" collect -q --allow-output-on-source -o out "$@"
  bundle=$(ls out/*.tar.zst)
}

# lines BUNDLE STREAM: all lines of konseki/STREAM.jsonl.
lines() { tar --zstd -xOf "$1" --wildcards "konseki/$2.*.jsonl"; }
