#!/usr/bin/env bash
# YARA rules on the command line: what fires is what the yara command says of the same files, what
# does not compile is named, and findings reach the bundle with rule, place and address.
source "$(dirname "$0")/lib.sh" "$1"
command -v yara >/dev/null || skip "no yara command"

# A tree by recipe: each kind of file that the rules tell apart, and one beyond a block.
mkdir -p host/var/www host/usr/bin rules/sub
printf 'MZ%0200d' 0 >host/usr/bin/tool.exe
printf '\177ELF%0200d' 0 >host/usr/bin/tool
printf '#!/bin/sh\necho KONSEKI-MARKER\n' >host/usr/bin/script
printf 'x KONSEKI-MARKER y' >host/var/www/page.php
printf '%%PDF-1.4 KONSEKI-MARKER' >host/var/www/paper.pdf
: >host/var/www/empty
head -c 20000000 /dev/zero | tr '\0' '.' >host/var/www/large
printf 'KONSEKI-MARKER' >>host/var/www/large

cat >rules/a.yar <<'YAR'
import "pe"
import "elf"
import "hash"
import "math"
rule marker { strings: $a = "KONSEKI-MARKER" condition: $a }
rule head_mz { condition: uint16(0) == 0x5a4d and filesize < 1KB }
rule head_elf { condition: uint32(0) == 0x464c457f }
rule script { strings: $a = /#!\/bin\/[a-z]{2}/ condition: $a at 0 }
rule empty { condition: filesize == 0 }
rule digest { condition: hash.md5(0, filesize) == "d41d8cd98f00b204e9800998ecf8427e" }
rule entropy { condition: math.entropy(0, filesize) > 3 }
rule large { condition: filesize > 10MB }
rule no_pe { condition: not pe.is_pe }
private rule base { strings: $a = "MARKER" nocase wide ascii condition: #a > 0 }
rule not_large { condition: base and filesize < 1MB }
YAR
cat >rules/sub/b.yar <<'YAR'
global rule only_documents { strings: $a = "%PDF" condition: $a at 0 }
rule document { condition: true }
YAR

yara -r -N rules/a.yar host 2>/dev/null >command
yara -r -N rules/sub/b.yar host 2>/dev/null >>command
sed 's| host| |' command | sort >expected
collect 0 host --profile none --files digest --no-checks --rules rules
lines "$bundle" findings | python3 -c '
import json, sys
for line in sys.stdin:
    row = json.loads(line)
    assert row["matcher"] == "yara", row
    print(row["rule"], row["path"])' | sort >found
diff expected found >&2 || die "not what the yara command says"
[ "$(wc -l <found)" -gt 15 ] || die "too few matches to mean anything"
lines "$bundle" findings | grep '"rule":"marker"' | grep '/var/www/page.php' >row
expect row '"origin":"rules/a.yar"'
expect row '"offset":2,"length":14'

# Compiled rules give the same, where the yara of this machine is the version that the program links.
yarac rules/a.yar all.yac
if "$konseki" list rules all.yac >stdout 2>stderr; then
  collect 0 host --profile none --files digest --no-checks --rules all.yac
  same "$(lines "$bundle" findings | wc -l)" "$(grep -vcE '^(document|only_documents) ' expected)"
else
  expect stderr "compiled by another version of YARA"
  collect 1 host --profile none --files digest --no-checks --rules all.yac
fi

# A rule that does not compile is named with its line; the rest run, and the gap is told.
printf 'rule good { condition: true }\nrule bad { condition: nobody }\n' >faulty.yar
run 1 "$konseki" list rules faulty.yar
expect stdout "1	1	./faulty.yar"
expect stderr './faulty.yar:2: bad: does not compile: undefined identifier "nobody"'
run 1 "$konseki" list rules faulty.yar --lang ja
expect stderr '1 ファイル: ルール 1 件、除外 1 件'
collect 1 host --profile none --files digest --no-checks --rules faulty.yar
same "$(lines "$bundle" findings | grep -c '"rule":"good"')" 7

# The user's own mistakes.
run 3 "$konseki" list rules nowhere
expect stderr nowhere
mkdir nothing
run 3 "$konseki" list rules nothing
expect stderr "holds no rule file"
run 2 "$konseki" list profiles rules
run 10 "$konseki" collect -q --allow-output-on-source -o out host --profile none --files digest \
  --no-checks --rules rules --fail-on high
