#!/usr/bin/env bash
# Defaced pages and pages with spam put into them: found, with their witnesses, in both languages, and
# what is near them is looked at; pages that only speak of such things are not. All of it is made here.
source "$(dirname "$0")/lib.sh" "$1"
export TZ=UTC
command -v python3 >/dev/null || skip "python3 is not installed"

web=host/var/www/html
mkdir -p "$web"/news "$web"/shop "$web"/joomla/{a,b,c,d} "$web"/blog host/etc/nginx host/etc
printf 'PRETTY_NAME="Test Linux 1"\nID=debian\n' >host/etc/os-release
printf 'root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/var/www:/usr/sbin/nologin\n' >host/etc/passwd
printf 'user www-data;\nhttp { server { listen 80; root /var/www/html; } }\n' >host/etc/nginx/nginx.conf
for i in 1 2 3 4 5 6 7 8; do
  for folder in "" /news /shop /blog; do
    printf '<html lang="en"><title>Page %s</title><h1>Our page %s</h1><p>Welcome.</p></html>\n' "$i" "$i" >"$web$folder/page$i.html"
  done
done
# What is no trace of anything: an article, an empty page in many folders, a shop in Japan.
printf '<html lang="en"><title>How our site was hacked</title><p>In May the site was hacked by a student; we tell how. %s</p></html>\n' \
  "$(printf 'It was a long story. %.0s' $(seq 300))" >"$web/news/article.html"
for folder in a b c d; do printf '<!DOCTYPE html><title></title>\n' >"$web/joomla/$folder/index.html"; done
printf '<html lang="ja"><title>激安 通販</title>送料無料 正規品 新作 人気ランキング\n' >"$web/shop/index.html"
printf '<html lang="en"><div style="display:none"><a href="https://a.example/">menu</a></div></html>\n' >"$web/shop/menu.html"
find host -exec touch -h -d '2025-03-01 00:00:00 UTC' {} +

collect 0 --profile web-server host
if tar --zstd -tf "$bundle" | grep -q konseki/findings; then
  lines "$bundle" findings >findings
  ! grep -E '"matcher":"(defacement|escalation)"' findings || die "an ordinary site is no finding"
fi

# The intruder's work: the front pages of three folders, links for search engines, a shop's words,
# visitors sent away.
for folder in "" /news /blog; do
  printf '<html><title>Hacked by Nobody</title><body bgcolor=black><h1>Hacked by Nobody</h1>greetz to: all of Example Cyber Army</body></html>\n' >"$web$folder/index.html"
  touch -d '2026-01-02 10:00:00 UTC' "$web$folder/index.html"
done
{ printf '<html lang="en"><title>Page</title><div style="position:absolute;left:-9999px">'
  for i in 1 2 3 4 5 6 7; do printf '<a href="https://shop%s.example/">x</a> ' "$i"; done
  printf '</div></html>\n'; } >"$web/shop/page3.html"
printf '<html lang="en"><title>スーパーコピー 激安</title>送料無料 正規品 新作 人気ランキング\n' >"$web/blog/qx81.html"
printf '<html><script>if(document.referrer.match(/google|bing/)){window.location.href="https://a.example/"}</script></html>\n' >"$web/blog/page2.html"
touch -d '2026-01-02 10:20:00 UTC' "$web/shop/page3.html" "$web/blog/qx81.html" "$web/blog/page2.html"
chown=yes
chown 33:33 "$web"/index.html "$web"/{news,blog}/index.html "$web/shop/page3.html" 2>/dev/null || chown=no

cat >check.py <<'PYTHON'
import json, sys
findings = [json.loads(line) for line in open("findings")]
def of(path):
    found = [f for f in findings if f["matcher"] == "defacement" and f["path"].endswith(path)]
    assert len(found) == 1, (path, found)
    assert found[0]["reason_en"] and found[0]["reason_ja"] and found[0]["technique"] == "T1491.002"
    return found[0], {w["witness"] for w in found[0]["evidence"]}
front, said = of("html/index.html")
assert {"page.claim_in_title", "page.claim_in_heading", "page.group", "file.same_elsewhere"} <= said, said
assert front["severity"] == "high" if sys.argv[1] == "yes" else "medium", front
assert front["rule"] == "defacement"
for path, witness in (("shop/page3.html", "page.hidden_links"), ("qx81.html", "page.japanese_keywords"),
                      ("blog/page2.html", "page.cloaked_redirect")):
    finding, said = of(path)
    assert witness in said and finding["severity"] == "medium" and finding["rule"] == "injected_spam", finding
paths = {f["path"] for f in findings if f["matcher"] == "defacement"}
assert len(paths) == 6, paths
story = [f for f in findings if f["matcher"] == "escalation"]
assert len(story) == 1 and "switched on (defacement: 6)" in story[0]["reason_en"], story
assert "改ざん 6 件" in story[0]["reason_ja"], story
chain = [w for w in story[0]["evidence"] if w["witness"] == "chain.defacement"]
assert len(chain) == 6 and all(w["addresses"] for w in chain), chain
PYTHON
collect 0 --profile web-server host
lines "$bundle" findings >findings
python3 check.py "$chown" || die "$(cut -c1-900 findings)"
