#!/usr/bin/env bash
# Help and usage errors, in both languages.
source "$(dirname "$0")/lib.sh" "$1"

run 0 "$konseki" --help
expect stdout "konseki VERB --help"
run 0 "$konseki" --help --lang ja
expect stdout "使い方"
run 2 "$konseki"
run 0 "$konseki" --version
expect stdout "konseki 0."
run 2 "$konseki" frobnicate
expect stderr "konseki --help"
for verb in collect verify info report timeline export recover custody diff key kit match indicators list; do
  run 0 "$konseki" $verb --help
  expect stdout "Usage: konseki $verb"
  run 0 "$konseki" $verb --help --lang ja
  expect stdout "使い方: konseki $verb"
  run 2 "$konseki" $verb --no-such-option
  expect stderr "konseki $verb --help"
  run 2 "$konseki" $verb --no-such-option --lang ja
  expect stderr "確認できます"
done
if [ -z "$windows" ]; then  # which asks the system, not the environment
  run 2 env LANG=ja_JP.UTF-8 "$konseki" frobnicate
  expect stderr "確認できます"
fi
run 2 "$konseki" collect --lang fr
run 2 "$konseki" collect --max-file-size many
expect stderr "500M"
run 2 "$konseki" collect --max-time soon
run 2 "$konseki" collect --workers 0
run 2 "$konseki" collect --profile no-such-profile
expect stderr "list profiles"
run 2 "$konseki" collect --artifact NoSuchArtifact
run 2 "$konseki" collect a b
run 2 "$konseki" verify
