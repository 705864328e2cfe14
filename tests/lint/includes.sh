#!/bin/sh
# Fails on an #include against the direction of flow (tests/lint/rooms.txt), on a third-party
# C library outside its adapter, and on operating-system headers outside their rooms.
# Usage: includes.sh [ROOT]; a test gives a tree with planted faults.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=${1:-$here/../..}
cd "$root"
rooms="$here/rooms.txt"
bad=0

room_of() {
  case "$1" in
    agent/*/*) echo "$1" | cut -d/ -f1-2 ;;
    collectors/*) echo collectors ;;
    *) echo "" ;;
  esac
}

for file in $(find agent collectors include -name '*.cc' -o -name '*.h' | sort); do
  room=$(room_of "$file")
  allowed=" $room $(sed -n "s|^$room: *||p" "$rooms") "
  for included in $(sed -n 's/^#include "\(\(agent\|collectors\|tests\)\/[^"]*\)".*/\1/p' "$file"); do
    target=$(room_of "$included")
    case "$file" in include/*) allowed=" " ;; esac
    case "$allowed" in
      *" $target "*) [ -n "$target" ] && continue ;;
    esac
    echo "$file: includes $included, against the direction of flow"
    bad=1
  done
done

# Operating-system headers: only the live sources and the few files of agent/base that face it.
if grep -nE '^#include <(unistd|fcntl|dirent|windows|sys/[a-z_]+|linux/[a-z_]+|pwd|grp|mntent|poll|termios)\.h>' \
    -r agent collectors include --include='*.cc' --include='*.h' |
    grep -vE '^agent/source/live/(linux|windows)/|^agent/base/(output_file|output_directory|scheduling|append_file|fence|terminal|mapped_file)\.cc:|^agent/base/windows/'; then
  echo "operating-system headers outside agent/source/live and the OS files of agent/base"
  bad=1
fi

# Sockets: the field agent holds no network code. One header of Windows' tables needs the types.
if grep -nE '^#include <(sys/socket|netinet/[a-z]+|arpa/inet|netdb|winsock2|curl/[a-z]+)\.h>' \
    -r agent collectors include --include='*.cc' --include='*.h' |
    grep -v '^agent/source/live/windows/state/ip_tables\.h:'; then
  echo "network headers in the field agent"
  bad=1
fi

# C libraries: their headers stand in agent/base/handles or in a source's adapter only.
if grep -nE '^#include <(tsk/|lib[a-z]+\.h|sqlite3\.h|sodium\.h|zstd\.h|yara\.h|pcre2\.h|utf8proc\.h|openssl/|archive)' \
    -r agent collectors include --include='*.h' | grep -v '^agent/base/handles/'; then
  echo "a C library's header included outside agent/base/handles"
  bad=1
fi
exit $bad
