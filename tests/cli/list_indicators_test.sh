#!/usr/bin/env bash
# Feeds of indicators: counts and rejects in both languages and as JSON, any encoding, damage.
source "$(dirname "$0")/lib.sh" "$1"

mkdir feeds
printf '# C2\nevil.example\n192.0.2.1\n?? what\n' >feeds/list
cat >feeds/event.json <<'EOF'
{"Event":{"info":"x","Attribute":[{"uuid":"a-1","type":"md5","to_ids":true,
 "value":"d41d8cd98f00b204e9800998ecf8427e"},{"uuid":"a-2","type":"ssdeep","to_ids":true,
 "value":"3:a:b"},{"type":"text","to_ids":false,"value":"note"}]}}
EOF
printf 'evil.example,\x95\x5c\x8e\xa6\n' >feeds/cp932
printf 'not a feed at all\n' >feeds/prose
run 1 "$konseki" list indicators feeds
expect stdout "misp-event, ASCII: 1 indicators (md5 1); 1 not meant for detection; 1 rejected"
expect stdout "a-2"
expect stdout "digests of this kind are not computed"
expect stdout "list, CP932: 1 indicators (domain-name 1)"
expect stdout "line 4: ?? what"
expect stdout "not a feed at all"
expect stdout "Total: 4 files (1 with errors), 4 indicators (domain-name 2, ip-address 1, md5 1), 2 rejected"
run 1 "$konseki" list indicators feeds --lang ja
expect stdout "不採用"
expect stdout "この種類のハッシュ値は計算しません"
expect stdout "合計: 4 ファイル (問題あり 1)"
run 1 "$konseki" list indicators feeds --json
python3 - <<'EOF' || die "JSON"
import json
document = json.load(open("stdout"))
assert document["total"]["indicators"] == 4 and document["total"]["rejected"] == 2
by_name = {f["file"]: f for f in document["files"]}
assert by_name["feeds/list"]["rejects"][0]["detail"].startswith("line 4")
assert by_name["feeds/prose"]["error"]["code"] == "unsupported"
assert by_name["feeds/event.json"]["rejects"][0]["id"] == "a-2"
EOF
rm feeds/prose feeds/event.json && printf 'evil.example\n' >feeds/list
run 0 "$konseki" list indicators feeds/list feeds/cp932
run 2 "$konseki" list indicators
run 3 "$konseki" list indicators no-such
expect stderr "no-such"

# What comes before the damage is used.
printf '[{"type":"indicator","id":"indicator--1","pattern":"[a:b = 1]"},\n{oops' >damaged.json
run 1 "$konseki" list indicators damaged.json
expect stdout "1 indicators (pattern 1)"
expect stdout "line 2, column"

# A table of 300,000 rows passes in bounded memory: less than the file's own size on top.
python3 -c '
print("type,value,description")
for i in range(300000): print(f"domain,host{i}.example,\"" + "x" * 200 + "\"")' >large.csv
[ -n "$windows" ] || ulimit -v 400000  # wine itself takes more
run 0 "$konseki" list indicators large.csv
expect stdout "300000 indicators"
