#!/usr/bin/env bash
# What a kit carries: both programs, indicators and rules with all that they include, used by its run;
# the kit as an archive to be sent.
source "$(dirname "$0")/lib.sh" "$1"
mkdir bin && strip -o bin/konseki "$konseki"
konseki=$work/bin/konseki

# The program of the other system: beside this one, named, or missing, which is said.
run 0 "$konseki" kit make -o alone
expect stdout "Linux    konseki"
expect stderr "no program for Windows"
run 0 "$konseki" kit make -o alone-ja --lang ja
expect stderr "Windows 用のプログラムがない"
printf 'MZ stands for a program of the other system' >bin/konseki.exe
run 0 "$konseki" kit make -o both
expect stdout "Windows  konseki.exe"
expect_not stderr "no program for"
cmp bin/konseki.exe both/konseki.exe
expect both/START-HERE.txt "Steps on Windows"
printf 'MZ another one' >other.exe
run 0 "$konseki" kit make -o named --program other.exe
expect stdout "Windows  other.exe"
[ ! -e named/konseki.exe ] || die "two programs for Windows"
echo 'no program' >bin/konseki.exe
run 0 "$konseki" kit make -o neither
expect stderr "no program for Windows"
rm bin/konseki.exe
# This is no release: it needs this machine's libraries.
if readelf -l "$konseki" | grep -q INTERP; then expect stderr "needs libraries of this machine"; fi

# Something to find, in a place that the kit collects.
mkdir -p found && echo "SIGN-OF-THE-INTRUDER in a file" >found/dropper.txt && echo "harmless" >found/other.txt
digest=$(sha256sum <found/dropper.txt | cut -c1-64)
printf '%s\nevil.example.net\n' "$digest" >feed.txt
mkdir -p rules/shared
echo 'private rule marked { strings: $a = "SIGN-OF-THE-INTRUDER" condition: $a }' >rules/shared/marks.inc
printf 'include "shared/marks.inc"\nrule dropped_file { condition: marked }\n' >rules/main.yar
echo 'rule broken { condition: nonsense }' >rules/broken.yar
make_kit() { run 0 "$konseki" kit make "$@"; }
make_kit -o kit --indicators feed.txt --rules rules --profile sweep --include "$work/found/**"
expect stdout "Indicators: 2, left out: 0"
expect stdout "YARA rules: 2, left out: 1"
expect stderr "broken.yar"
for text in dropped_file SIGN-OF-THE-INTRUDER evil.example "$digest"; do
  ! grep -aqF "$text" kit/data.kon || die "data.kon holds $text in the clear"
done

# used KIT: its run finds both, without the files that it was made of.
used() {
  local code=0
  "$1/konseki" kit run --yes -q --lang en --allow-output-on-source >stdout 2>stderr || code=$?
  [ "$code" -le 1 ] || die "exit code $code"
  expect stderr "2 indicators, 2 YARA rules"
  lines "$(ls "$1"/evidence/*.tar.zst)" findings >findings
  grep -F dropper.txt findings >of_file || die "nothing was found in the file"
  expect of_file dropped_file
  expect of_file "$digest"
}
mv feed.txt rules ./bin && used kit && mv bin/feed.txt bin/rules .
expect stdout dropped_file

# Compiled ones travel as they are.
run 0 "$konseki" indicators compile feed.txt -o feed.kix
(cd rules && yarac main.yar ../main.yac 2>/dev/null) || true
if ! "$konseki" list rules main.yac >/dev/null 2>&1; then  # no yarac, or one of another version
  rm -f main.yac && cp -r rules/. . && mv main.yar main.yac
fi
make_kit -o compiled --indicators feed.kix --rules main.yac --profile sweep --include "$work/found/**"
expect stdout "Indicators: 2"
used compiled

# Data of miners of one's own: made, checked, and used by the run.
mkdir minerdata
printf 'quietworker\tminer\t2026\tours\n' >minerdata/miner-names.tsv
printf '#!/bin/sh\nnohup /opt/quietworker --threads 4 &\n' >found/start.sh
make_kit -o mining --miner-data minerdata --profile sweep --include "$work/found/**"
! grep -aqF quietworker mining/data.kon || die "data.kon holds a miner's name in the clear"
run 0 "$konseki" kit check mining
mv minerdata bin/ && code=0
mining/konseki kit run --yes -q --lang en --allow-output-on-source >stdout 2>stderr || code=$?
[ "$code" -le 1 ] || die "exit code $code"
lines "$(ls mining/evidence/*.tar.zst)" findings | grep -F found/start.sh >of_miner || die "own names were not used"
expect of_miner '"matcher":"miner"'
expect of_miner '"name.miner"'
printf 'quietworker\tnonsense\n' >bin/minerdata/miner-names.tsv

# What makes no sense.
refused() { # TEXT ARGUMENTS...
  local text=$1
  shift
  run 2 "$konseki" kit make -o bad "$@"
  expect stderr "$text"
  [ ! -e bad ] || die "a refused kit was begun"
}
refused nothing.csv --indicators nothing.csv
echo "just words" >words.txt
refused words.txt --indicators words.txt
refused no-such.yar --rules no-such.yar
run 2 "$konseki" kit make -o bad --miner-data bin/minerdata
expect stderr "miner-names.tsv:1"
[ ! -e bad ] || die "a refused kit was begun"
refused "No rule" --rules rules/broken.yar

# To be sent: one archive that opens anywhere, the same files in it, checked where it is unpacked.
make_kit -o 救助-kit --zip kit.zip
expect stdout "kit.zip"
if command -v unzip >/dev/null; then
  run 0 env LC_ALL=C.UTF-8 unzip -q kit.zip -d unpacked
  diff -r 救助-kit unpacked/救助-kit
  [ -x unpacked/救助-kit/konseki ] || die "the program cannot be started"
  run 0 "$konseki" kit check unpacked/救助-kit
fi
if command -v 7z >/dev/null; then run 0 7z t kit.zip; fi
run 2 "$konseki" kit make -o again --zip kit.zip
expect stderr "never overwritten"
[ ! -e again ] || die "a refused kit was begun"
