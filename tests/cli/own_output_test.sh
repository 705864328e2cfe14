#!/usr/bin/env bash
# On the live host the folder that the output goes to is collected like any other; only the file
# that this run writes is left out, and said to be.
source "$(dirname "$0")/lib.sh" "$1"

mkdir out
echo 'of an earlier run' >out/earlier.html
echo evidence >out/evidence
code=0
"$konseki" collect -q --allow-output-on-source -o out --profile none --include "$PWD/out/*" \
  >stdout 2>stderr || code=$?
[ "$code" -le 1 ] || die "exit code $code"
bundle=$(ls out/*.tar.zst)
run 0 "$konseki" verify "$bundle"
lines "$bundle" files >rows
grep -F "\"path\":\"$PWD/out/evidence\"" rows >row || die "out/evidence is missing"
expect row '"status":"collected"'
expect rows "$PWD/out/earlier.html"
expect_not rows "$(basename "$bundle")"
lines "$bundle" audit >audit
expect audit '"event":"own_output_left_out","details":{"path":"out/'
tar --zstd -xOf "$bundle" konseki/run.json >run.json
expect_not run.json '"excluded"'

# A redirected stream is known, too.
"$konseki" collect -q -o - --profile none --include "$PWD/out/*" >out/stream.tar.zst 2>stderr ||
  [ $? = 1 ]
lines out/stream.tar.zst files >rows
expect rows "$PWD/out/evidence"
expect rows "$(basename "$bundle")"
expect_not rows stream.tar.zst
