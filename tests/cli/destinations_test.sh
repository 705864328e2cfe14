#!/usr/bin/env bash
# "Which host talks to this destination, since when, by which process": one indicator, one finding,
# over browser histories, resolver, proxy and firewall logs and the hosts file of one host; and over
# WebCacheV01.dat of another.
source "$(dirname "$0")/lib.sh" "$1"
export TZ=UTC
command -v python3 >/dev/null || skip "python3 is not installed"
python3 -c 'import sqlite3' 2>/dev/null || skip "python3 has no sqlite3"

tree=$work/tree
mkdir -p "$tree"/etc "$tree"/usr/share/zoneinfo/Asia "$tree"/var/log/squid "$tree"/home/taro/.config/google-chrome/Default \
  "$tree"/home/taro/.mozilla/firefox/ab12cd34.default-release
printf 'PRETTY_NAME="Test Linux 1"\nID=debian\n' >"$tree/etc/os-release"
echo pc1 >"$tree/etc/hostname"
printf 'root:x:0:0::/root:/bin/sh\ntaro:x:1000:1000::/home/taro:/bin/sh\n' >"$tree/etc/passwd"
python3 - "$tree/usr/share/zoneinfo/Asia/Tokyo" <<'EOS'
import sys
open(sys.argv[1], "wb").write(b"TZif2" + bytes(60) + b"\nJST-9\n")
EOS
ln -s ../usr/share/zoneinfo/Asia/Tokyo "$tree/etc/localtime"

# Histories: Chrome's as it lies on the disk, Firefox's with its newest visit in the log only.
python3 - "$tree" <<'EOS'
import os, shutil, sqlite3, sys
root = sys.argv[1]
webkit = lambda seconds: (seconds + 11644473600) * 1000000
chrome = sqlite3.connect(root + "/home/taro/.config/google-chrome/Default/History")
chrome.executescript(f"""
CREATE TABLE urls(id INTEGER PRIMARY KEY, url TEXT, title TEXT, visit_count INTEGER, typed_count INTEGER, last_visit_time INTEGER);
CREATE TABLE visits(id INTEGER PRIMARY KEY, url INTEGER, visit_time INTEGER, from_visit INTEGER, transition INTEGER);
CREATE TABLE downloads(id INTEGER PRIMARY KEY, target_path TEXT, start_time INTEGER, end_time INTEGER, state INTEGER, referrer TEXT);
CREATE TABLE downloads_url_chains(id INTEGER, chain_index INTEGER, url TEXT, PRIMARY KEY(id, chain_index));
INSERT INTO urls VALUES (1,'https://evil.example/tools','evil.example: tools',2,0,{webkit(1767226000)}),(2,'https://plain.example/','Plain',1,0,{webkit(1767226000)});
INSERT INTO visits VALUES (1,1,{webkit(1767225600)},0,0),(2,1,{webkit(1767226000)},0,0),(3,2,{webkit(1767226000)},2,0);
INSERT INTO downloads VALUES (1,'/home/taro/Downloads/t.deb',{webkit(1767225700)},{webkit(1767225710)},1,'https://evil.example/tools');
INSERT INTO downloads_url_chains VALUES (1,0,'https://evil.example/t.deb');
""")
chrome.close()
folder = root + "/home/taro/.mozilla/firefox/ab12cd34.default-release/"
os.mkdir("firefox")
firefox = sqlite3.connect("firefox/places.sqlite")
firefox.executescript("""
PRAGMA journal_mode=WAL;
CREATE TABLE moz_places(id INTEGER PRIMARY KEY, url TEXT, title TEXT, visit_count INTEGER, typed INTEGER, last_visit_date INTEGER);
CREATE TABLE moz_historyvisits(id INTEGER PRIMARY KEY, from_visit INTEGER, place_id INTEGER, visit_date INTEGER, visit_type INTEGER);
PRAGMA wal_checkpoint(TRUNCATE); PRAGMA wal_autocheckpoint=0;
INSERT INTO moz_places VALUES (1,'https://evil.example/late',NULL,1,1,1767484800000000);
INSERT INTO moz_historyvisits VALUES (1,0,1,1767484800000000,2);
""")
firefox.commit()
for name in ("places.sqlite", "places.sqlite-wal"): shutil.copy("firefox/" + name, folder + name)
firefox.close()
EOS

cat >"$tree/var/log/syslog" <<'LOG'
Jan  2 08:00:00 pc1 dnsmasq[5]: query[A] evil.example from 127.0.0.1
Jan  2 08:00:00 pc1 dnsmasq[5]: forwarded evil.example to 192.0.2.53
Jan  2 08:00:00 pc1 dnsmasq[5]: reply evil.example is 203.0.113.66
Jan  2 08:00:01 pc1 kernel: [ 1.000000] OUT-ACCEPT IN= OUT=eth0 SRC=192.0.2.7 DST=203.0.113.66 LEN=60 TTL=64 ID=1 PROTO=TCP SPT=40000 DPT=443 WINDOW=1 RES=0x00 SYN URGP=0 UID=1000 GID=1000
LOG
printf 'Dec 30 08:00:00 pc1 dnsmasq[5]: query[A] sub.evil.example from 127.0.0.1\nDec 30 08:00:05 pc1 dnsmasq[5]: reply other.example is 192.0.2.99\n' | gzip -n >"$tree/var/log/syslog.1.gz"
cat >"$tree/var/log/squid/access.log" <<'LOG'
1767312000.500     90 192.0.2.8 TCP_TUNNEL/200 99 CONNECT evil.example:443 - HIER_DIRECT/203.0.113.66 -
what is this
LOG
printf '127.0.0.1 localhost\n203.0.113.66 evil.example\n' >"$tree/etc/hosts"
touch -d '2026-01-03 00:00:00 UTC' "$tree/etc/hosts"
touch -d '2026-01-02 12:00:00 UTC' "$tree/var/log/syslog" "$tree/var/log/squid/access.log"
touch -d '2025-12-31 00:00:00 UTC' "$tree/var/log/syslog.1.gz"
find "$tree" -type f | sort | xargs sha256sum >before

printf 'evil.example\n203.0.113.66\n' >feed.txt
collect 0 "$tree" --indicators feed.txt --no-checks
find "$tree" -type f | sort | xargs sha256sum >after
cmp before after || die "the evidence changed"
lines "$bundle" findings >findings
cat >check.py <<'PYTHON'
import json
found = {}
for line in open("findings"):
    finding = json.loads(line)
    if finding["matcher"] == "indicator":
        assert finding["listed"][0]["value"] not in found, finding
        found[finding["listed"][0]["value"]] = finding
domain, address = found["evil.example"], found["203.0.113.66"]
# Chrome: two visits, the visit that one of them led to, a download; Firefox: the visit in the log;
# a question and one for a subdomain; a tunnel; the hosts file. Each once, however often it is named.
assert domain["count"] == 9, domain["count"]
assert domain["first_seen"].startswith("2025-12-29T23:00:00"), domain
assert domain["last_seen"].startswith("2026-01-04T00:00:00"), domain
assert "by chrome, firefox" in domain["reason_en"] and "on pc1" in domain["reason_en"], domain["reason_en"]
places = {p["path"] for w in domain["evidence"] for p in w["addresses"]}
assert places == {"/home/taro/.config/google-chrome/Default/History",
                  "/home/taro/.mozilla/firefox/ab12cd34.default-release/places.sqlite",
                  "/var/log/syslog", "/var/log/syslog.1.gz", "/var/log/squid/access.log", "/etc/hosts"}, places
# The answer, the packet, the tunnel's other end, the hosts file.
assert address["count"] == 4, address["count"]
assert address["first_seen"].startswith("2026-01-01T23:00:00"), address
packet = [w for w in address["evidence"] if "firewall.packet" in w["text_en"]]
assert len(packet) == 1 and packet[0]["addresses"][0]["offset"] > 0, packet
PYTHON
python3 check.py || die "findings: $(cat findings)"
expect <(lines "$bundle" records/sqlite.wal) '"log":"places.sqlite-wal"'
# The same again over the bundle alone.
run 0 "$konseki" match "$bundle" --indicators feed.txt --no-checks --json
python3 - <<'EOS' || die "match"
import json
findings = json.load(open("stdout"))["findings"]
counts = {f["listed"][0]["value"]: (f["count"], f["first_seen"][:19], f["last_seen"][:19]) for f in findings if f["matcher"] == "indicator"}
assert counts["evil.example"] == (9, "2025-12-29T23:00:00", "2026-01-04T00:00:00"), counts
EOS

# A Windows host, where WinINet keeps one database of visits, downloads, cache and cookies.
write_tree=$(realpath "$2")
mkdir -p windows_case/tree
cp -r "$project/tests/golden/common.browser_history/web-cache/tree/C" windows_case/tree/
mkdir -p windows_case/tree/C/Windows/System32/config
printf '[Select]\n"Current"=dword:00000001\n[ControlSet001\\Services]\n' \
  >windows_case/tree/C/Windows/System32/config/SYSTEM.reg
cat >windows_case/tree/C/Windows/System32/config/SOFTWARE.reg <<'REG'
[Microsoft\Windows NT\CurrentVersion\ProfileList\S-1-5-21-1-2-3-1001]
"ProfileImagePath"="C:\\Users\\hanako"
REG
"$write_tree" windows_case windows
cache=windows/Users/hanako/AppData/Local/Microsoft/Windows/WebCache
printf 'log' >"$cache/V0100001.log"
find windows -type f | sort | xargs sha256sum >before
collect 1 windows --indicators feed.txt --no-checks
find windows -type f | sort | xargs sha256sum >after
cmp before after || die "the evidence changed"
lines "$bundle" files >files
for name in WebCacheV01.dat V0100001.log; do
  grep -F "\"path\":\"C:/Users/hanako/AppData/Local/Microsoft/Windows/WebCache/$name\"" files |
    grep -qF KonsekiWindowsBrowsers || die "$name was not taken by its definition: $(cat files)"
done
# It was in use: what its logs hold is a gap, and said to be one in both languages.
expect <(lines "$bundle" records/windows.ese_logs) '"needed":"00001 to 00002","missing":1,"logs":["V0100001.log"]'
lines "$bundle" audit | grep '"event":"gap"' >gaps
same "$(wc -l <gaps)" 1
expect gaps '"code":"logs_not_replayed"'
run 0 "$konseki" info "$bundle" --lang ja
expect stdout "最新の変更が"
lines "$bundle" findings >findings
python3 - <<'EOS' || die "findings: $(cat findings)"
import json
found = [f for f in map(json.loads, open("findings")) if f["matcher"] == "indicator"]
assert len(found) == 1, found
# The visit (once, though two lists have it), the download, an entry of the cache, a cookie.
finding = found[0]
assert finding["count"] == 4, finding["count"]
assert finding["first_seen"].startswith("2025-12-31T23:59:50"), finding
assert finding["last_seen"].startswith("2026-01-01T00:16:40"), finding
assert "by ie, wininet" in finding["reason_en"], finding["reason_en"]
EOS
run 0 "$konseki" match "$bundle" --indicators feed.txt --no-checks --json
python3 - <<'EOS' || die "match"
import json
counts = [f["count"] for f in json.load(open("stdout"))["findings"] if f["matcher"] == "indicator"]
assert counts == [4], counts
EOS
