#!/usr/bin/env bash
# Ctrl-C seals what is there; kill -9 leaves a file that recover can save.
source "$(dirname "$0")/lib.sh" "$1"

mkdir tree && for i in $(seq 1 300); do head -c 4M /dev/urandom >tree/f$i; done
for signal in INT TERM; do
  rm -rf out && mkdir out
  "$konseki" collect -q -o out --allow-output-on-source --files collect tree >stdout 2>stderr &
  pid=$!
  while [ "$(cat out/*.partial 2>/dev/null | head -c 20000000 | wc -c)" -lt 20000000 ]; do
    kill -0 $pid 2>/dev/null || die "ended before it could be interrupted"
    sleep 0.05
  done
  kill -$signal $pid
  code=0
  wait $pid || code=$?
  same "$code" 1
  bundle=$(ls out/*.tar.zst)
  run 0 "$konseki" verify "$bundle"
  tar --zstd -xOf "$bundle" konseki/manifest.json >manifest
  expect manifest '"interrupted":true'
done

rm -rf out && mkdir out
"$konseki" collect -q -o out --allow-output-on-source --files collect tree >stdout 2>stderr &
pid=$!
while [ "$(cat out/*.partial 2>/dev/null | head -c 20000000 | wc -c)" -lt 20000000 ]; do sleep 0.05; done
kill -9 $pid
wait $pid 2>/dev/null || true
partial=$(ls out/*.partial)
run 1 "$konseki" recover "$partial" -o saved.tar.zst
run 0 "$konseki" verify saved.tar.zst
mkdir unpacked && tar --zstd -xf saved.tar.zst -C unpacked
for file in unpacked/'[root]'/f*; do cmp "$file" "tree/$(basename "$file")"; done
[ "$(ls unpacked/'[root]' | wc -l)" -ge 3 ] || die "too little was saved"
