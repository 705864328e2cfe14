#!/usr/bin/env bash
# The read-only proof: under strace, nothing outside the output is opened for writing, created,
# renamed, removed or changed; the digest of an image is the same after.
source "$(dirname "$0")/lib.sh" "$1"
command -v strace >/dev/null || skip "strace is not installed"
strace -o /dev/null true 2>/dev/null || skip "strace may not trace here"

mkdir -p tree/etc && echo 'root:x:0:0::/root:/bin/sh' >tree/etc/passwd && echo x >tree/file
truncate -s 8M image.raw && mke2fs -q -t ext4 -d tree image.raw
before=$(sha256sum <image.raw)

traced() {  # traced ARGUMENTS...: collects under strace into out/
  rm -rf out && mkdir out
  strace -f -o trace -e trace=open,openat,openat2,creat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir,link,linkat,symlink,symlinkat,chmod,fchmod,fchmodat,chown,fchown,lchown,fchownat,utimensat,futimesat,utime,utimes,truncate,ftruncate,setxattr,fsetxattr,mknod,mknodat,mount,umount2,connect,bind \
    "$konseki" collect -q --allow-output-on-source -o out "$@" >stdout 2>stderr || [ $? = 1 ] ||
    die "collect failed"
  # Every call that can write, but for the output and the terminal.
  grep -E 'O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|^[0-9]+ +(creat|rename|renameat2?|unlink|unlinkat|mkdir|mkdirat|rmdir|link|linkat|symlink|symlinkat|f?chmod|fchmodat|[fl]?chown|fchownat|utime[a-z]*|futimesat|f?truncate|f?setxattr|mknod|mknodat|mount|umount2|connect|bind)\(' trace |
    grep -vE '"(\./)?out/|"/dev/(tty|null)"| = -1 E|resumed' >writes || true
  [ ! -s writes ] || die "calls that write outside the output: $(head -5 writes)"
  grep -qE 'O_RDONLY' trace || die "the trace is empty"
}

traced tree --files collect
traced image.raw --files collect
same "$(sha256sum <image.raw)" "$before"
traced --profile sweep
