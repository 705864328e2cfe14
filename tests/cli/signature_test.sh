#!/usr/bin/env bash
# The manifest's signature: stock minisign agrees, and a wrong, missing or foreign one is exit 4.
source "$(dirname "$0")/lib.sh" "$1"

mkdir tree && echo hello >tree/note
collect 0 tree --files collect --case-id 2026-014
expect stdout "Public key"
key=$(grep -o 'RW[A-Za-z0-9+/=]\{54\}' stdout | head -1)
[ -n "$key" ] || die "no public key on the screen"
tar --zstd -xOf "$bundle" konseki/run.json >run.json
expect run.json "\"public_key\":\"$key\""
run 0 "$konseki" verify "$bundle"
expect stdout "Signature: right"
expect stdout "case_id:2026-014"
expect stdout "compare it"
run 0 "$konseki" verify "$bundle" --public-key "$key"
expect_not stdout "compare it"
run 0 "$konseki" verify "$bundle" --lang ja
expect stdout "署名: 正しい"
tar --zstd -xf "$bundle" konseki/manifest.json konseki/manifest.json.minisig
same "$(tar --zstd -tf "$bundle" | tail -2 | tr '\n' ' ')" \
  "konseki/manifest.json konseki/manifest.json.minisig "
if command -v minisign >/dev/null; then
  run 0 minisign -Vm konseki/manifest.json -P "$key"
  expect stdout "case_id:2026-014"
fi

# Another key expected.
run 0 "$konseki" key generate --signing -o team.sec
other=$("$konseki" key public team.sec)
run 4 "$konseki" verify "$bundle" --public-key "$other"
expect stdout "by another key"
run 2 "$konseki" verify "$bundle" --public-key RWnonsense

# The team's own key, from konseki and from minisign, with and without a password.
collect 0 tree --files collect --signing-key team.sec
run 0 "$konseki" verify "$bundle" --public-key "$other"
if command -v minisign >/dev/null; then
  minisign -G -W -p m.pub -s m.sec >/dev/null
  collect 0 tree --files collect --signing-key m.sec
  run 0 "$konseki" verify "$bundle" --public-key m.pub
fi
echo nonsense >bad.sec
run 2 "$konseki" collect -q -o x.tar.zst --signing-key bad.sec tree
expect stderr bad.sec

# Taken away or changed: packed again by other tools, so that only the signature can tell.
mkdir again && tar --zstd -xf "$bundle" -C again
tar --zstd -tf "$bundle" >names
(cd again && grep -v minisig ../names | tar -cf ../without.tar --no-recursion -T -)
run 4 "$konseki" verify without.tar
expect stdout "not signed, though it should be"
run 4 "$konseki" verify without.tar --lang ja
expect stdout "署名がありません"
sed -i 's/^trusted comment: timestamp:./trusted comment: timestamp:9/' again/konseki/manifest.json.minisig
(cd again && tar -cf ../changed.tar --no-recursion -T ../names)
run 4 "$konseki" verify changed.tar
expect stdout "konseki/manifest.json.minisig"
