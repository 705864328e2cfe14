#!/usr/bin/env bash
# Passphrases asked for at a terminal: not shown, asked twice for a new bundle, and the same as
# stock age's both ways.
source "$(dirname "$0")/lib.sh" "$1"
python=/usr/bin/python3
[ -x $python ] || skip "python3 is not installed"
typed() { "$python" "$project/tests/cli/at_terminal.py" "$@"; }

mkdir tree && echo hello >tree/note
run 0 typed "correct horse" "correct horse" -- "$konseki" collect -q -o a.age --files collect \
  --passphrase tree
expect stdout "Passphrase for the new bundle"
expect_not stdout "correct horse"
run 2 typed one two -- "$konseki" collect -q -o b.age --passphrase tree
expect stdout "not the same"
[ ! -e b.age ] || die "a bundle was begun"
run 0 typed "correct horse" -- env LANG=ja_JP.UTF-8 "$konseki" verify -q a.age --passphrase
expect stdout "バンドルのパスフレーズ"
expect stdout "異常なし"
run 3 typed wrong -- "$konseki" verify -q a.age --passphrase
expect stdout "wrong passphrase"
# Ctrl-C at the prompt.
run 2 typed $'\x03' -- "$konseki" verify -q a.age --passphrase
# No terminal: said, not hung.
run 2 setsid -w "$konseki" verify a.age --passphrase </dev/null
expect stderr "terminal"

if command -v age >/dev/null; then
  run 0 typed "correct horse" -- age -d -o a.tar.zst a.age
  run 0 "$konseki" verify a.tar.zst
  run 0 typed "b c" "b c" -- age -p -o theirs.age a.tar.zst
  run 0 typed "b c" -- "$konseki" verify -q theirs.age --passphrase
  expect stdout "sound"
fi
