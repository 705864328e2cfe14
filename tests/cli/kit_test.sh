#!/usr/bin/env bash
# The rescue kit: made, checked, every kind of alteration named with exit 4, run without and with
# questions, its evidence opened by the team's key, and its instruction page in a browser.
source "$(dirname "$0")/lib.sh" "$1"
python=/usr/bin/python3
# Without debug information, for it is copied often.
mkdir bin && strip -o bin/konseki "$konseki"
konseki=$work/bin/konseki
typed() { "$python" "$project/tests/cli/at_terminal.py" "$@"; }

run 0 "$konseki" key generate -o team.key
team=$("$konseki" key public team.key)
printf '案件番号: 2026-014\n担当者: 田中\n' >case.txt
printf 'name: SiteThing\ndoc: A site file.\nsources:\n- type: FILE\n  attributes: {paths: [/etc/hostname]}\nsupported_os: [Linux]\n' >site.yaml
printf 'MZ stands for a program of the other system' >konseki.exe
make_kit() { # CODE DIR ARGUMENTS...
  local code=$1 dir=$2
  shift 2
  run "$code" "$konseki" kit make -o "$dir" "$@"
}
make_kit 0 kit --recipient "$team" --profile sweep --case case.txt --contact '救助チーム <03-0000>' \
  --program konseki.exe --artifacts site.yaml --artifact SiteThing --max-file-size 1M --max-time 5m
key=$(grep -o 'RW[A-Za-z0-9+/=]\{54\}' stdout | head -1)
[ -n "$key" ] || die "no public key on the screen"
same "$(ls kit | tr '\n' ' ')" \
  "START-HERE.html START-HERE.txt data.kon kit.json kit.list kit.list.minisig konseki konseki.exe "
cmp "$konseki" kit/konseki
cmp konseki.exe kit/konseki.exe
expect kit/kit.json "$team"
expect kit/kit.json '"case_id": "2026-014"'
expect kit/kit.json '"max_time": "5m"'
expect kit/kit.list "$(sha256sum <kit/konseki | cut -c1-64)  $(stat -c %s kit/konseki)  konseki"
# Nothing in it that a scanner could recognise.
expect_not kit/data.kon SiteThing
! grep -aqF SiteThing kit/data.kon || die "a definition lies open"
if command -v minisign >/dev/null; then run 0 minisign -Vm kit/kit.list -P "$key"; fi
if command -v age >/dev/null; then
  grep -o 'AGE-SECRET-KEY-1[A-Z0-9]*' kit/kit.json >data.key
  age -d -i data.key kit/data.kon | tar --zstd -xO definitions/0000-site.yaml | cmp - site.yaml
fi

# What makes no sense is refused, and nothing is written over or left behind.
make_kit 3 kit
expect stderr "never overwritten"
make_kit 2 bad --recipient nonsense
expect stderr "--recipient"
make_kit 2 bad --profile nonsense
expect stderr "list profiles"
make_kit 2 bad --max-time soon
expect stderr "limits.max_time"
make_kit 2 bad --program case.txt
expect stderr "case.txt"
make_kit 2 bad --artifact NoSuchArtifact
make_kit 2 bad --folder ../out
expect stderr "kit.json: output"
cp konseki.exe START-here.html && make_kit 2 bad --program START-here.html
expect stderr "that name already"
run 2 "$konseki" kit make
run 2 "$konseki" kit nonsense
[ ! -e bad ] || die "a refused kit was begun"

# Check: sound; with the key from the maker's note; with another key.
run 0 "$konseki" kit check kit
expect stdout "Sound: 6 files"
expect stdout "$key"
run 0 "$konseki" kit check kit --public-key "$key"
expect_not stdout "Compare"
run 0 "$konseki" kit check kit --lang ja
expect stdout "異常なし"
run 0 "$konseki" key generate --signing -o other.sec
run 4 "$konseki" kit check kit --public-key "$("$konseki" key public other.sec)"
expect stdout "another than the one expected"
run 3 "$konseki" kit check nowhere
# Folders that systems make, and evidence, are no alteration.
mkdir "kit/System Volume Information" kit/evidence
echo x >"kit/System Volume Information/IndexerVolumeGuid" && echo x >kit/evidence/of-another-run
run 0 "$konseki" kit check kit
expect stderr "System Volume Information"
rm -r "kit/System Volume Information" kit/evidence

altered() { # TEXT-EN TEXT-JA: the copy bad/ is told, in both languages
  run 4 "$konseki" kit check bad
  expect stdout "has been altered"
  expect stdout "$1"
  run 4 "$konseki" kit check bad --lang ja
  expect stdout "変更されています"
  expect stdout "$2"
}
fresh() { rm -rf bad && cp -r kit bad; }
fresh && printf x | dd of=bad/konseki.exe bs=1 seek=5 conv=notrunc status=none
altered "konseki.exe: altered" "konseki.exe: 変更されています"
fresh && echo x >bad/version.dll
altered "version.dll: additional" "version.dll: 追加されています"
fresh && mkdir -p bad/a/b && ln -s /etc/passwd bad/a/b/link
altered "a/b/link: additional" "a/b/link: 追加されています"
fresh && rm bad/START-HERE.txt
altered "START-HERE.txt: missing" "START-HERE.txt: ありません"
fresh && rm bad/konseki.exe && ln -s ../konseki.exe bad/konseki.exe
altered "konseki.exe: cannot be read" "konseki.exe: 読み取れません"
fresh && sed -i 's/5m/6m/' bad/kit.json
altered "kit.json: altered" "kit.json: 変更されています"
fresh && sed -i 's/"profile"/"profil"/' bad/kit.json
altered "kit.json: profil" "kit.json: 破損"
# A list that fits the altered file, but not the signature.
fresh && echo more >>bad/START-HERE.txt
sed -i "s/^.*  START-HERE.txt$/$(sha256sum <bad/START-HERE.txt | cut -c1-64)  $(stat -c %s bad/START-HERE.txt)  START-HERE.txt/" bad/kit.list
altered "kit.list: not what the kit's key signed" "署名と一致しません"
fresh && echo nonsense >>bad/kit.list
altered "kit.list: damaged" "kit.list: 破損"
fresh && rm bad/kit.list.minisig
altered "kit.list.minisig: missing" "kit.list.minisig: ありません"
# Another kit's signature.
make_kit 0 second && fresh && cp second/kit.list.minisig bad/
altered "kit.list: not what" "署名と一致しません"
fresh && echo nonsense >bad/kit.list.minisig
altered "kit.list.minisig: damaged" "kit.list.minisig: 破損"

# Run: an altered kit collects nothing.
fresh && echo x >bad/version.dll
run 4 bad/konseki kit run --yes --allow-output-on-source
expect stderr "version.dll: additional"
[ ! -e bad/evidence ] || die "an altered kit collected"
# No terminal: refused, both ways to start it.
run 2 kit/konseki </dev/null
expect stderr "no terminal"
run 2 kit/konseki kit run --lang ja </dev/null
expect stderr "端末がない"
run 2 "$konseki" kit run --yes
expect stderr "lies in no kit"
run 2 "$konseki"
expect stdout "Usage"
# Not from a volume under examination, unless told.
run 3 kit/konseki kit run --yes
expect stderr "from the stick"
[ ! -e kit/evidence ] || die "refused, but a folder was made"

# The whole way: collected, encrypted, opened with the team's key.
code=0
kit/konseki kit run --yes -q --allow-output-on-source >stdout 2>stderr || code=$?
[ "$code" -le 1 ] || die "exit code $code"
expect stderr "$team"
expect stderr "救助チーム <03-0000>"
expect stdout "Findings"
expect stdout "SHA-256 of the manifest"
bundle=$(ls kit/evidence/*.age)
run 0 "$konseki" verify -q --identity team.key "$bundle"
run 0 "$konseki" info --identity team.key --json "$bundle"
expect stdout '2026-014'
expect stdout '--kit='
run 0 "$konseki" export --identity team.key "$bundle" -o opened.tar
tar -xOf opened.tar konseki/run.json >run.json
expect run.json '"contact":"救助チーム <03-0000>"'
expect run.json '"profile":"sweep"'
tar -xOf opened.tar --wildcards 'konseki/files.*.jsonl' >rows
grep -F '"path":"/etc/hostname"' rows >row
expect row SiteThing
run 0 "$konseki" report --identity team.key "$bundle" -o report.html
run 0 "$konseki" kit check kit --public-key "$key"

# At a terminal: the question in both languages, N leaves nothing, y collects.
if [ -x $python ]; then
  rm -rf kit/evidence
  run 3 typed n "" -- env LANG=ja_JP.UTF-8 kit/konseki kit run --allow-output-on-source
  expect stdout "収集を始めますか"
  expect stdout "何も収集していません"
  [ ! -e kit/evidence ] || die "refused, but a folder was made"
  run 3 typed "" "" -- kit/konseki
  expect stdout "from the stick"
  run 3 typed "ye" "" -- kit/konseki kit run --allow-output-on-source
  expect stdout "Nothing was collected"
  [ ! -e kit/evidence ] || die "refused, but a folder was made"
  code=0
  typed "はい" "" -- kit/konseki kit run -q --lang ja --allow-output-on-source >stdout 2>stderr ||
    code=$?
  [ "$code" -le 1 ] || die "exit code $code"
  expect stdout "収集終了"
  expect stdout "Enter キーで終了します"
  run 0 "$konseki" verify -q --identity team.key kit/evidence/*.age
  # A kit made for one language speaks it everywhere.
  make_kit 0 english --lang en
  run 3 typed n "" -- env LANG=ja_JP.UTF-8 english/konseki kit run --allow-output-on-source
  expect stdout "Begin?"
  expect stdout "none: whoever has the stick can read it"
fi

# The page: nothing loaded, everything escaped, one sheet a language.
page=kit/START-HERE.html
expect $page "救助チーム &lt;03-0000&gt;"
expect_not $page "<03-0000>"
expect $page "default-src 'none'"
! grep -oE '(src|href)=' $page || die "the page refers to something"
expect $page "sudo ./konseki"
expect $page "konseki.exe"
expect_not second/START-HERE.html "Steps on Windows"
same "$(head -c3 kit/START-HERE.txt | od -An -tx1 | tr -d ' ')" efbbbf
same "$(grep -c -v $'\r$' kit/START-HERE.txt || true)" 0
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || exit 0
"$browser" --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
  --user-data-dir="$work/profile" --enable-logging=stderr --timeout=20000 --no-pdf-header-footer \
  --print-to-pdf="$work/page.pdf" "file://$work/$page" >stdout 2>stderr
expect_not stderr CONSOLE
expect_not stderr Refused
same "$(grep -ac '/Type */Page$\|/Type */Page[^s]' page.pdf)" 2
