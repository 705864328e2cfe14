#!/usr/bin/env bash
# A bundle in parts: every reader takes it as one, cat joins it, what is missing is named.
source "$(dirname "$0")/lib.sh" "$1"

mkdir tree && head -c 300K /dev/urandom >tree/large && echo small >tree/small
collect 0 tree --files collect --split 64K
for part in "$bundle" "$bundle.002" "$bundle.005"; do [ -s "$part" ] || die "no $part"; done
expect stdout "in 5 parts"
[ "$(stat -c %s "$bundle")" = 65536 ] || die "first part is not 64K"
[ -z "$(ls out/*.partial 2>/dev/null)" ] || die "a .partial is left"

run 0 "$konseki" verify "$bundle"
run 0 "$konseki" verify "$bundle.003"
run 0 "$konseki" info "$bundle"
run 0 "$konseki" timeline "$bundle"
run 0 "$konseki" export "$bundle" --format tar -o whole.tar
cat out/*.tar.zst* >joined.tar.zst
run 0 "$konseki" verify joined.tar.zst
same "$(tar --zstd -xOf joined.tar.zst '[root]/large' | sha256sum)" "$(sha256sum <tree/large)"
whole=$bundle
mkdir again
run 0 "$konseki" collect -q --allow-output-on-source -o again "$whole" --files collect
same "$(tar --zstd -xOf again/*.tar.zst '[root]/large' | sha256sum)" "$(sha256sum <tree/large)"

# A part in between is gone: named. The last one is gone: cut, and recover saves the rest.
mv "$whole.003" kept
run 3 "$konseki" verify "$whole"
expect stderr ".003: missing"
mv kept "$whole.003"
rm "$(ls out/*.tar.zst.0* | tail -1)"
run 4 "$konseki" verify "$whole"
run 1 "$konseki" recover "$whole" -o saved.tar.zst
run 0 "$konseki" verify saved.tar.zst

run 2 "$konseki" collect -q -o out tree --split 1K
expect stderr "--split"
run 2 "$konseki" collect -q -o out tree --cpu-limit 0
run 2 "$konseki" collect -q -o out tree --priority high

# FAT ends at 4 GiB: told from the volume itself, where this machine may mount one.
truncate -s 80M fat.img && PATH=$PATH:/usr/sbin:/sbin mkfs.vfat fat.img >/dev/null && mkdir stick
if mount -o loop fat.img stick 2>/dev/null; then
  run 0 "$konseki" collect -q -o stick tree --files collect
  umount stick
fi

# Encrypted and in parts.
run 0 "$konseki" key generate -o key
rm -rf out && mkdir out
run 0 "$konseki" collect -q -o out --allow-output-on-source --split 64K tree --files collect \
  --recipient "$(grep -o 'age1[a-z0-9]*' key | head -1)"
sealed=$(ls out/*.tar.zst.age)
[ -s "$sealed.002" ] || die "no second part"
run 0 "$konseki" verify --identity key "$sealed"
run 0 "$konseki" export --identity key "$sealed" -o sealed.tar
same "$(tar -xOf sealed.tar '[root]/large' | sha256sum)" "$(sha256sum <tree/large)"
