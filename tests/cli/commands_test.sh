#!/usr/bin/env bash
# Programs that definitions name: noted by default, run with --commands, their output kept, and
# what cannot be run or does not end is a gap.
source "$(dirname "$0")/lib.sh" "$1"

mkdir definitions
cat >definitions/commands.yaml <<'YAML'
name: TestEcho
doc: Says something, twice.
sources:
- type: COMMAND
  attributes:
    cmd: /bin/echo
    args: ['$HOME', 'a b']
- type: COMMAND
  attributes:
    cmd: ls
    args: ['/nonexistent']
supported_os: [Linux]
---
name: TestSleep
doc: Takes too long.
sources:
- type: COMMAND
  attributes:
    cmd: /bin/sleep
    args: ['600']
supported_os: [Linux]
---
name: TestMissing
doc: A program that is not there, and one outside the system's folders.
sources:
- type: COMMAND
  attributes:
    cmd: /usr/bin/konseki-no-such-program
    args: []
- type: COMMAND
  attributes:
    cmd: /tmp/konseki-outside
    args: []
supported_os: [Linux]
---
name: TestWindows
doc: Not of this system.
sources:
- type: COMMAND
  attributes:
    cmd: C:\Windows\System32\whoami.exe
    args: []
supported_os: [Windows]
YAML
names="--artifacts definitions --profile none --artifact TestEcho --artifact TestSleep
  --artifact TestMissing --artifact TestWindows"

# By default they are noted, nothing runs, and that is no gap of its own.
mkdir out
"$konseki" collect -q --allow-output-on-source -o out $names >stdout 2>stderr || [ $? = 1 ]
bundle=$(ls out/*.tar.zst)
lines "$bundle" audit >audit
same "$(grep -c '"event":"command_not_run"' audit)" 5
! lines "$bundle" records/command >none 2>&1 || die "commands were run without being asked for"
tar --zstd -xOf "$bundle" konseki/run.json >run.json
expect run.json '"commands":false'

start=$SECONDS
collect 1 $names --commands --command-time 1s
[ $((SECONDS - start)) -lt 60 ] || die "the time limit did not hold"
expect stderr "They change the host"
run 0 "$konseki" verify "$bundle"
tar --zstd -xOf "$bundle" konseki/run.json >run.json
expect run.json '"commands":true'
tar --zstd -xOf "$bundle" konseki/commands/TestEcho/1.stdout >echo
same "$(cat echo)" '$HOME a b'
lines "$bundle" records/command >records
same "$(wc -l <records)" 3
grep -F '"$HOME"' records >record || die "no record of echo"
expect record '"program":"/usr/bin/echo"'
expect record '"arguments":["/bin/echo","$HOME","a b"]'
expect record '"exit_code":0'
expect record '"output":"konseki/commands/TestEcho/1.stdout"'
expect record "$(sha256sum <echo | cut -d' ' -f1)"
grep -F '/nonexistent' records >record || die "no record of ls"
expect record '"exit_code":2'
expect record '"error_output":"ls: '
grep -F TestSleep records >record
expect record '"end":"time_limit"'
expect record '"signal":9'
lines "$bundle" audit >audit
grep '"event":"gap"' audit >gaps
expect gaps 'TestSleep: /bin/sleep 600","code":"limit_exceeded","detail":"killed after 1 s'
expect gaps 'konseki-no-such-program","code":"not_found"'
expect gaps 'konseki-outside","code":"permission_denied"'
expect_not gaps whoami
expect audit '3 programs of the host were run'

# The bundle passes through the other verbs.
run 0 "$konseki" info "$bundle"
run 0 "$konseki" export "$bundle" -o plain.tar
tar -xOf plain.tar konseki/commands/TestEcho/1.stdout | cmp - echo
run 0 "$konseki" timeline "$bundle" -o time.jsonl
expect time.jsonl "Command Started"

# Only on this host, and only with a sensible time.
mkdir tree
run 2 "$konseki" collect --commands -o out tree
expect stderr "only when the source is this host"
run 2 "$konseki" collect --commands --command-time 0s -o out
run 2 "$konseki" collect --command-time 5s -o out
expect stderr "only with --commands"
