#!/usr/bin/env python3
"""Makes an NTFS volume with shadow copies, by recipe, from images of its states.

usage: make_shadow_copies.py OUT STATE... CURRENT

STATE... are images of the volume at the times of its shadow copies, oldest first, CURRENT is the
volume of now; all of one size. OUT is CURRENT with room behind the file system that holds the
catalogue and, for each copy, the blocks that changed afterwards, as Windows writes them
[libyal: Volume Shadow Snapshot (VSS) format]. Identifiers and times are fixed: same input, same
bytes.
"""
import struct
import sys
import uuid

BLOCK = 0x4000
VSS = uuid.UUID("3808876b-c176-4e48-b7ae-04046e6cc752").bytes_le
HEADER_AT = 0x1E00
# 2024-01-01T00:00:00Z, and a day more for each copy
FIRST_TIME = (1704067200 + 11644473600) * 10_000_000
DAY = 86400 * 10_000_000


def identifier(kind, number):
    return uuid.UUID(f"{kind:08x}-0000-4000-8000-{number:012x}").bytes_le


def block_header(record_type, relative, offset, next_offset, size=0):
    head = VSS + struct.pack("<IIQQQQ", 1, record_type, relative, offset, next_offset, size)
    return head.ljust(128, b"\0")


class Writer:
    def __init__(self, start):
        self.start = start
        self.data = bytearray()

    def reserve(self, blocks=1):
        offset = self.start + len(self.data)
        self.data += bytes(blocks * BLOCK)
        return offset

    def put(self, offset, content):
        at = offset - self.start
        self.data[at:at + len(content)] = content


def changed_blocks(old, new):
    for at in range(0, len(old), BLOCK):
        if old[at:at + BLOCK] != new[at:at + BLOCK]:
            yield at, old[at:at + BLOCK]


def chain(writer, record_type, entries, entry_size):
    """Blocks of entries, each naming the next; the offset of the first."""
    per_block = (BLOCK - 128) // entry_size
    groups = [entries[i:i + per_block] for i in range(0, len(entries), per_block)] or [[]]
    offsets = [writer.reserve() for _ in groups]
    for i, group in enumerate(groups):
        following = offsets[i + 1] if i + 1 < len(groups) else 0
        writer.put(offsets[i], block_header(record_type, offsets[i] - offsets[0], offsets[i], following)
                   + b"".join(group))
    return offsets[0]


def store(writer, number, old, new, volume_size):
    """Writes one store; its two catalogue entries."""
    store_id = identifier(0x5702E000, number)
    header_at = writer.reserve()
    lists, start = [], None
    for at, content in changed_blocks(old, new):
        data_at = writer.reserve()
        start = data_at if start is None else start
        writer.put(data_at, content)
        lists.append(struct.pack("<QQQII", at, data_at - start, data_at, 0, 0))
    list_at = chain(writer, 3, lists, 32)
    range_at = chain(writer, 5, [struct.pack("<QQQ", header_at, 0, BLOCK)], 24)
    bitmap_at = writer.reserve()
    writer.put(bitmap_at, block_header(6, 0, bitmap_at, 0))
    machine = "RECIPE".encode("utf-16-le")
    info = (identifier(0x11111111, number) + identifier(0xC0B1E000, number)
            + identifier(0x5E700000, number) + struct.pack("<IIII", 0xD, 1, 0x420009, 0)
            + struct.pack("<H", len(machine)) + machine + struct.pack("<H", len(machine)) + machine)
    writer.put(header_at, block_header(4, 0, header_at, 0, len(info)) + info)
    when = FIRST_TIME + number * DAY
    second = struct.pack("<QQ16sQQQ", 2, volume_size, store_id, number, 0x40, when)
    third = struct.pack("<QQ16sQQQQQQ", 3, list_at, store_id, header_at, range_at, bitmap_at,
                        0x1000000000040, len(writer.data), 0)
    return second.ljust(128, b"\0") + third.ljust(128, b"\0")


def main():
    out, *paths = sys.argv[1:]
    states = [bytearray(open(path, "rb").read()) for path in paths]
    room = -len(states[-1]) % BLOCK
    for state in states:
        state += bytes(room)
    current = states[-1]
    size = len(current)
    writer = Writer(size)
    catalogue_at = writer.reserve()
    # The header is part of the volume of now, and of no copy.
    header = VSS + struct.pack("<IIQQQQQ", 1, 1, HEADER_AT, 0, 0, catalogue_at, 0)
    header += identifier(0x70100000, 1) + identifier(0x70100000, 1)
    current[HEADER_AT:HEADER_AT + len(header)] = header
    # Newest first, as Windows lists them; numbers go by age.
    entries = [store(writer, number, states[number], states[number + 1], size)
               for number in range(len(states) - 1)]
    writer.put(catalogue_at, block_header(2, 0, catalogue_at, 0) + b"".join(entries))
    with open(out, "wb") as file:
        file.write(current)
        file.write(writer.data)


main()
