#!/usr/bin/env bash
# Encrypted bundles: nothing readable on the medium, stock age opens them, every verb reads them,
# and every wrong key is said in both languages.
source "$(dirname "$0")/lib.sh" "$1"

mkdir -p tree/etc && printf 'root:x:0:0:secretword:/root:/bin/sh\n' >tree/etc/passwd
head -c 9M /dev/urandom >tree/large
echo secretword >tree/note

# Keys: as age-keygen writes them, for the owner only, never overwritten.
run 0 "$konseki" key generate -o team.key
expect stderr "Public key: age1"
expect_private team.key
recipient=$("$konseki" key public team.key)
expect team.key "# public key: $recipient"
expect team.key AGE-SECRET-KEY-1
before=$(sha256sum team.key)
run 3 "$konseki" key generate -o team.key
same "$(sha256sum team.key)" "$before"
run 0 "$konseki" key generate -o other.key
run 2 "$konseki" key frobnicate
echo "$recipient" >team.pub

mkdir out
run 0 "$konseki" collect -q -o out --files collect --recipients-file team.pub tree
expect stdout "report --identity"
bundle=$(ls out/*.tar.zst.age)
same "$(ls out | wc -l)" 1 # no report, no clear copy
! grep -rq secretword out || die "clear text on the medium"

# Without a key, with the wrong one, with something that is none.
run 3 "$konseki" info "$bundle"
expect stderr --identity
run 3 "$konseki" info "$bundle" --lang ja
expect stderr "秘密鍵を --identity FILE で指定してください"
for verb in verify info timeline report export recover; do
  arguments=()
  case $verb in export | recover) arguments=(-o new.out) ;; esac
  run 3 "$konseki" $verb "$bundle" --identity other.key "${arguments[@]}"
  expect stderr "other keys"
  run 2 "$konseki" $verb "$bundle" --identity tree/note "${arguments[@]}"
  expect stderr tree/note
  [ ! -e new.out ] || die "$verb left an output"
done
run 2 "$konseki" collect -q -o out tree --recipient "$(sed -n 3p team.key)"
expect_not stderr AGE-SECRET-KEY-1Q
expect stderr "secret key"

# With the key.
run 0 "$konseki" verify "$bundle" --identity other.key --identity team.key
expect stdout "Signature: right"
run 0 "$konseki" info "$bundle" --identity team.key
expect stdout "Public key"
run 0 "$konseki" report "$bundle" --identity team.key -o report.html
expect report.html "Signature of the manifest"
run 0 "$konseki" timeline "$bundle" --identity team.key -o timeline.jsonl
run 0 "$konseki" export "$bundle" --identity team.key -o export
expect export/\[root\]/note secretword
mv "$bundle" b.age
collect 0 b.age --identity team.key --files collect
tar --zstd -xOf "$bundle" '[root]/note' >note
expect note secretword
rm -rf out && mkdir out

# By pipe, to two recipients; stock age opens it.
"$konseki" collect -q -o - --files collect --recipient "$recipient" \
  --recipient "$("$konseki" key public other.key)" tree >piped.age 2>stderr || die "exit code $?"
expect stderr "Sealed"
run 0 "$konseki" verify piped.age --identity other.key
if command -v age >/dev/null; then
  age -d -i team.key piped.age >piped.tar.zst || die "age cannot open it"
  tar --zstd -tf piped.tar.zst >list
  expect list konseki/manifest.json.minisig
  run 0 "$konseki" verify piped.tar.zst
  age -r "$recipient" -o again.age piped.tar.zst
  run 0 "$konseki" verify again.age --identity team.key
  age -a -r "$recipient" -o armored.age piped.tar.zst
  run 3 "$konseki" verify armored.age --identity team.key
  expect stderr "armored"
fi

# Passphrases, from a file and from a descriptor.
echo "correct horse battery" >pass
run 0 "$konseki" collect -q -o p.age --files collect --passphrase-file pass tree
[ -n "$windows" ] || run 0 "$konseki" verify p.age --passphrase-file /dev/fd/3 3<pass
run 0 "$konseki" verify p.age --passphrase-file - <pass
run 3 "$konseki" info p.age --identity team.key
expect stderr --passphrase
echo wrong >wrong
run 3 "$konseki" info p.age --passphrase-file wrong
expect stderr "wrong passphrase"
: >empty
run 2 "$konseki" collect -q -o q.age --passphrase-file empty tree
run 2 "$konseki" collect -q -o q.age --passphrase-file pass --recipient "$recipient" tree

# Changed and cut: verify names it, recover saves what is whole.
size=$(stat -c %s piped.age)
cp piped.age changed.age
printf 'X' | dd of=changed.age bs=1 seek=$((size / 2)) conv=notrunc status=none
run 4 "$konseki" verify changed.age --identity team.key
expect stdout "is not as it was encrypted"
head -c $((size * 2 / 3)) piped.age >cut.age
run 4 "$konseki" verify cut.age --identity team.key
expect stdout "cut off"
run 3 "$konseki" info cut.age --identity team.key
expect stderr "konseki recover"
run 1 "$konseki" recover cut.age --identity team.key --recipient "$recipient" -o saved.age
run 0 "$konseki" verify saved.age --identity team.key
run 1 "$konseki" recover cut.age --identity team.key -o saved.tar.zst
expect stderr "not encrypted"
run 0 "$konseki" verify saved.tar.zst
tar --zstd -tf saved.tar.zst >list
expect list "[root]/etc/passwd"
# The header's MAC: the sixth line, behind two recipients.
LC_ALL=C sed '6s/^--- A/--- B/;t;6s/^--- ./--- A/' piped.age >header.age
cmp -s header.age piped.age && die "nothing was changed"
run 4 "$konseki" verify header.age --identity team.key
expect stderr "MAC"
