#!/usr/bin/env bash
# The custody log beside a bundle: added to, shown, verified; tampering is exit 4.
source "$(dirname "$0")/lib.sh" "$1"

mkdir tree && echo hello >tree/note
collect 0 tree --files collect
log=$bundle.custody.jsonl
run 3 "$konseki" custody show "$bundle"
expect stderr "custody add"
run 2 "$konseki" custody add "$bundle" --event lost --by A
run 2 "$konseki" custody add "$bundle" --event transfer --by A
expect stderr --to
run 2 "$konseki" custody add "$bundle" --event opened
[ ! -e "$log" ] || die "a refused record left a log"

run 0 "$konseki" key generate --signing -o team.sec
key=$("$konseki" key public team.sec)
run 0 "$konseki" custody add "$bundle" --event transfer --by 田中 --to 佐藤 --note "封筒 12" \
  --signing-key team.sec
expect_private "$log"
run 0 "$konseki" custody add "$bundle" --event opened --by 佐藤 --signing-key team.sec
run 0 "$konseki" custody show "$bundle" --lang ja
expect stdout "受け渡し: 田中 → 佐藤"
run 0 "$konseki" custody verify "$bundle" --public-key "$key"
run 0 "$konseki" verify "$bundle"
expect stdout "2 records, sound"
run 0 "$konseki" report "$bundle" -o report.html
expect report.html "封筒 12"
expect report.html "handed over"

# A record's signature by stock minisign, as docs/bundle-format.md says.
if command -v minisign >/dev/null; then
  head -1 "$log" | sed 's/,"signature":.*/}/' | tr -d '\n' >record
  head -1 "$log" | sed 's/.*"signature":"//; s/"}$//' | sed 's/\\n/\n/g; s/\\t/\t/g; s,\\/,/,g' >record.minisig
  run 0 minisign -Vm record -P "$key"
fi

# An unsigned record is fine until keys are demanded.
run 0 "$konseki" custody add "$bundle" --event analysed --by 佐藤
run 0 "$konseki" custody verify "$bundle"
run 4 "$konseki" custody verify "$bundle" --public-key "$key"

# Changed, cut, removed; then nothing more is added.
cp "$log" good
sed -i 's/佐藤/鈴木/' "$log"
run 4 "$konseki" custody verify "$bundle"
expect stdout "Problem: line 1"
run 4 "$konseki" verify "$bundle" --lang ja
expect stdout "署名が正しくありません"
changed=$(sha256sum "$log")
run 3 "$konseki" custody add "$bundle" --event opened --by A
same "$(sha256sum "$log")" "$changed"
sed 1d good >"$log"
run 4 "$konseki" custody verify "$bundle"
head -c -5 good >"$log"
run 4 "$konseki" custody verify "$bundle"
cp good "$log"
run 0 "$konseki" custody verify "$bundle"

# The bundle itself was exchanged.
echo x >>"$bundle"
run 4 "$konseki" custody verify "$bundle"
expect stdout "another SHA-256"
run 4 "$konseki" custody add "$bundle" --event opened --by A
rm "$log" && ln -s /etc/passwd "$log"
run 3 "$konseki" custody add "$bundle" --event opened --by A
