#!/usr/bin/env python3
# Passphrases typed at a terminal, which age and konseki ask for in the same way: makes a
# pseudo-terminal and answers prompts. Usage: at_terminal.py ANSWER... -- COMMAND...
import os
import pty
import select
import sys

split = sys.argv.index("--")
answers = sys.argv[1:split]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[split + 1], sys.argv[split + 1 :])
seen = b""
while True:
    ready, _, _ = select.select([terminal], [], [], 300)
    if not ready:
        sys.exit("no answer from the program within five minutes: %r" % seen)
    try:
        data = os.read(terminal, 4096)
    except OSError:
        break
    if not data:
        break
    seen += data
    # A prompt ends with a colon and has no line break behind it.
    if answers and seen.rstrip(b" ").endswith(b":"):
        os.write(terminal, answers.pop(0).encode() + b"\n")
        seen += b"\n"
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(status))
