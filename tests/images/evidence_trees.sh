# Sourced by tests: host trees that hold the evidence of every collector of files, put together from
# the golden cases. Needs $project (the sources) and $write_tree (tests/images/write_tree.cc).

# Every file and link, so that file systems with times of two seconds or one day keep them.
evidence_time='2026-01-02 03:04:06 UTC'

# merge_case CASE FOLDER: lays a golden case over what FOLDER/tree holds; hives grow by its keys, all
# moved to the current control set.
merge_case() {
  local from="$project/tests/golden/$1/tree" to="$2/tree" file
  (cd "$from" && find . -mindepth 1 \( -type f -o -type l \) -print0) | while IFS= read -r -d '' file; do
    mkdir -p "$to/$(dirname "$file")"
    if [ "${file%.reg}" != "$file" ] && [ -e "$to/$file" ]; then
      sed -e '/^\[Select\]/d; /^"Current"=/d; /^"LastKnownGood"=/d' \
        -e 's/ControlSet001/ControlSet002/' "$from/$file" >>"$to/$file"
    else
      cp -Pf "$from/$file" "$to/$file"
    fi
  done
}

# More of what file systems treat differently: Japanese names, empty and sparse files, deep folders.
add_common_files() {  # FOLDER
  local deep="$1/深い/階層" i
  mkdir -p "$1/資料 (社外秘)" "$1/空のフォルダー"
  printf '証拠\n' >"$1/資料 (社外秘)/議事録 ２０２６年 最終版.txt"
  : >"$1/資料 (社外秘)/空.dat"
  head -c 300000 /dev/zero | tr '\0' '\125' >"$1/資料 (社外秘)/大きい.bin"
  truncate -s 40M "$1/sparse.bin"
  for i in 0 7 39; do
    printf 'island %s' "$i" | dd of="$1/sparse.bin" bs=1M seek="$i" conv=notrunc status=none
  done
  for i in 1 2 3 4 5 6 7 8 9 10 11 12; do deep="$deep/folder number $i"; done
  mkdir -p "$deep" && echo bottom >"$deep/底.txt"
}

set_evidence_times() { find "$1" -exec touch -h -d "$evidence_time" {} +; }

make_linux_tree() {  # DIRECTORY
  local name
  for name in accounts/debian authorized_keys/openssh cron/alpine cron/at cron/redhat cron/debian \
    cron/tricks dpkg/debian startup/places systemd/basic systemd/override systemd/users \
    utmp/x86_64 utmp/lastlog; do
    merge_case "linux.$name" linux_case
  done
  cat >>linux_case/tree/etc/passwd <<'PASSWD'
app:x:998:998::/srv/app:/bin/sh
田中:x:1100:1100:田中 花子:/home/田中:/bin/bash
PASSWD
  echo 'PRETTY_NAME="Test Linux 1"' >linux_case/tree/etc/os-release
  echo examined >linux_case/tree/etc/hostname
  mkdir -p linux_case/tree/home/田中/.ssh linux_case/tree/opt/日本
  cp linux_case/tree/root/.ssh/authorized_keys linux_case/tree/home/田中/.ssh/authorized_keys
  echo '*/5 * * * * 田中 /opt/日本/実行 --今' >linux_case/tree/etc/cron.d/japanese
  printf '#!/bin/sh\n' >linux_case/tree/opt/日本/実行
  printf /opt/日本/実行 >linux_case/tree/opt/日本/別名.symlink
  "$write_tree" linux_case "$1"
  add_common_files "$1"
  chmod 0600 "$1/etc/shadow" "$1"/root/.ssh/authorized_keys
  chmod 0755 "$1/opt/日本/実行" "$1"/etc/cron.daily/*
  [ "$(id -u)" != 0 ] || chown 1100:1100 "$1/home/田中/.ssh/authorized_keys"
  set_evidence_times "$1"
}

make_windows_tree() {  # DIRECTORY
  local name config=windows_case/tree/C/Windows/System32/config
  for name in services/typical run_keys/system run_keys/machine run_keys/users usb_devices/typical \
    network_profiles/typical account_rights/typical user_profiles/typical registry/mounts \
    scheduled_tasks/typical scheduled_tasks/cache scheduled_tasks/job scheduled_tasks/damaged lnk/startup lnk/code_page \
    prefetch/version_30; do
    merge_case "windows.$name" windows_case
  done
  cat >>"$config/SYSTEM.reg" <<'REG'
[ControlSet002\Control\ComputerName\ComputerName]
"ComputerName"="EXAMINED"
REG
  name="windows_case/tree/C/Windows/Prefetch"
  cp "$project/tests/golden/windows.prefetch/compressed/tree/C/Windows/Prefetch/"*.hex \
    "$name/圧縮.EXE-0A0B0C0D.pf.hex"
  cp "$project/tests/golden/windows.scheduled_tasks/typical/tree/C/Windows/System32/Tasks/Vendor/Update" \
    "windows_case/tree/C/Windows/System32/Tasks/Vendor/更新"
  "$write_tree" windows_case "$1"
  mkdir -p "$1/Users/太郎/Desktop"
  cp "$1/Users/taro/Desktop/x.lnk" "$1/Users/太郎/Desktop/請求書.lnk"
  add_common_files "$1"
  set_evidence_times "$1"
}

# What FAT has no name for: links, and names with characters or endings that Windows forbids.
drop_what_fat_cannot_hold() {  # DIRECTORY
  find "$1" -type l -delete
  find "$1" -name '*[:*?"<>|\\]*' -delete
  find "$1" \( -name '* ' -o -name '*.' \) ! -name . -delete
  set_evidence_times "$1"
}
