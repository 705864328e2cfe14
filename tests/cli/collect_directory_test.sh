#!/usr/bin/env bash
# A folder of evidence: collected, verified, exported; names, digests and times as they were.
source "$(dirname "$0")/lib.sh" "$1"

mkdir -p tree/etc tree/var/log tree/home/田中/.ssh tree/usr/bin tree/srv
echo 'root:x:0:0:root:/root:/bin/bash' >tree/etc/passwd
echo '田中:x:1000:1000::/home/田中:/bin/sh' >>tree/etc/passwd
echo 'PRETTY_NAME="Test Linux 1"' >tree/etc/os-release
echo examined >tree/etc/hostname
echo '* * * * * root /srv/dropper --now' >tree/etc/crontab
printf '#!/bin/sh\n' >tree/srv/dropper
printf 'bad\xffname' >"$(printf 'tree/srv/bad\xff')"
ln -s /srv/dropper tree/usr/bin/link
: >tree/srv/empty
touch -d '2020-02-29 12:34:56.789 UTC' tree/srv/dropper
(cd tree && find . -type f -print0 | sort -z | xargs -0 sha256sum) >before.sums
stat -c '%n %x' tree/etc/passwd >before.atime

collect 0 tree --files collect
expect stdout "examined"
expect stdout "Report"
ls out/*.html >/dev/null || die "no report"
stat -c '%n %x' tree/etc/passwd >after.atime
(cd tree && find . -type f -print0 | sort -z | xargs -0 sha256sum) >after.sums
cmp before.sums after.sums || die "the evidence changed"

run 0 "$konseki" verify "$bundle"
mkdir unpacked && tar --zstd -xf "$bundle" -C unpacked
same "$(sha256sum <unpacked/'[root]'/srv/dropper)" "$(sha256sum <tree/srv/dropper)"
same "$(stat -c %.Y unpacked/'[root]'/srv/dropper)" "$(stat -c %.Y tree/srv/dropper)"
same "$(readlink unpacked/'[root]'/usr/bin/link)" /srv/dropper
[ -f unpacked/'[root]'/srv/bad%FF ] || die "the name that is not UTF-8 is missing"
lines "$bundle" files >rows
expect rows '"raw_path":"2f7372762f626164ff"'
expect rows '"path":"/home/田中/.ssh"'
lines "$bundle" records/persistence >persistence
expect persistence '"target":"/srv/dropper"'
expect persistence '"target_state":"present"'
expect persistence "$(sha256sum <tree/srv/dropper | cut -c1-64)"

run 0 "$konseki" info "$bundle"
expect stdout "Test Linux 1"
run 0 "$konseki" info --lang ja "$bundle"
run 0 "$konseki" info --json "$bundle"
run 0 "$konseki" timeline "$bundle" -o time.jsonl
expect time.jsonl "2020-02-29T12:34:56.789000"
run 0 "$konseki" timeline "$bundle" --format csv -o time.csv
run 0 "$konseki" timeline "$bundle" --format bodyfile -o time.body
expect time.body "/srv/dropper"
run 0 "$konseki" export "$bundle" -o plain.tar
tar -tf plain.tar >names
expect names '[root]/etc/passwd'
run 0 "$konseki" export "$bundle" -o plain.zip
run 0 "$konseki" export "$bundle" -o folder --format dir
same "$(sha256sum <folder/'[root]'/srv/dropper)" "$(sha256sum <tree/srv/dropper)"
run 0 "$konseki" report "$bundle" -o again.html
# A report is a function of the bundle alone.
run 0 "$konseki" report "$bundle" -o again2.html
cmp again.html again2.html || die "two reports of one bundle differ"
# An output that exists is never replaced.
run 3 "$konseki" report "$bundle" -o again.html
