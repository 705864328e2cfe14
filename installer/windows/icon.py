#!/usr/bin/env python3
"""Draws the program's icon: traces that lead into a lens. icon.py OUTPUT.ico"""
import math
import struct
import sys

GROUND = (0x1B, 0x2A, 0x41)
TRACE = (0xF2, 0xB1, 0x34)
LENS = (0xE8, 0xEE, 0xF4)
SAMPLES = 4  # a side, for smooth edges


def colour(x, y):
    """Colour and opacity at a point of the unit square."""
    corner = 0.18
    dx = max(corner - x, x - (1 - corner), 0)
    dy = max(corner - y, y - (1 - corner), 0)
    if math.hypot(dx, dy) > corner:
        return GROUND, 0
    away = math.hypot(x - 0.62, y - 0.38)
    if 0.19 < away < 0.26:
        return LENS, 1
    # Its handle, to the lower right.
    if abs((x - 0.62) - (y - 0.38)) < 0.06 and 0.25 < away < 0.42 and x > 0.62:
        return LENS, 1
    for step, (px, py) in enumerate([(0.16, 0.84), (0.27, 0.66), (0.42, 0.62), (0.50, 0.46), (0.62, 0.38)]):
        if math.hypot(x - px, y - py) < 0.055 + 0.006 * step:
            return TRACE, 1
    return GROUND, 1


def image(size):
    """A bitmap as icons hold it: bottom row first, BGRA, and an empty mask."""
    rows = []
    for row in reversed(range(size)):
        for column in range(size):
            red = green = blue = seen = 0
            for i in range(SAMPLES * SAMPLES):
                x = (column + (i % SAMPLES + 0.5) / SAMPLES) / size
                y = (row + (i // SAMPLES + 0.5) / SAMPLES) / size
                (r, g, b), opacity = colour(x, y)
                red, green, blue, seen = red + r * opacity, green + g * opacity, blue + b * opacity, seen + opacity
            if seen:
                rows.append(struct.pack("<4B", round(blue / seen), round(green / seen), round(red / seen),
                                        round(255 * seen / (SAMPLES * SAMPLES))))
            else:
                rows.append(bytes(4))
    mask = bytes((size + 31) // 32 * 4 * size)
    header = struct.pack("<IiiHHIIiiII", 40, size, 2 * size, 1, 32, 0, 0, 0, 0, 0, 0)
    return header + b"".join(rows) + mask


def main():
    sizes = [16, 32, 48]
    images = [image(size) for size in sizes]
    out = struct.pack("<HHH", 0, 1, len(sizes))
    offset = len(out) + 16 * len(sizes)
    for size, data in zip(sizes, images):
        out += struct.pack("<BBBBHHII", size, size, 0, 0, 1, 32, len(data), offset)
        offset += len(data)
    with open(sys.argv[1], "wb") as file:
        file.write(out + b"".join(images))


main()
