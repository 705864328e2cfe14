#!/usr/bin/env bash
# Evidence that cannot be opened: a clear message in both languages, exit code 3, nothing left.
source "$(dirname "$0")/lib.sh" "$1"

refused() {  # refused EVIDENCE TEXT-IN-MESSAGE
  mkdir -p out
  run 3 "$konseki" collect -q -o out --allow-output-on-source "$1"
  expect stderr "$2"
  run 3 "$konseki" collect -q -o out --allow-output-on-source --lang ja "$1"
  grep -qP '[\x{3040}-\x{30ff}]' stderr || die "no Japanese in the message"
  same "$(ls out)" ""
}
refused no-such-image.E01 no-such-image.E01
: >empty.raw
refused empty.raw empty.raw
head -c 3000000 /dev/urandom >random.raw
refused random.raw random.raw
truncate -s 16M blank.raw
mke2fs -q -t ext4 blank.raw
head -c 700 blank.raw >cut.raw
refused cut.raw cut.raw
printf 'EVF\x09\x0d\x0a\xff\x00broken' >broken.E01
refused broken.E01 broken.E01
mkfifo pipe
refused pipe pipe

# The same for verbs that read bundles.
for verb in verify info timeline export recover; do
  arguments=()
  case $verb in export | recover) arguments=(-o new.out) ;; esac
  code=3
  run $code "$konseki" $verb no-such.tar.zst "${arguments[@]}"
  expect stderr no-such.tar.zst
done
