#!/usr/bin/python3
"""Turns a raw guest image into a deck of cards that any reader can IPL.

One channel program loads it all, and it reads itself: card 1 brings the PSW, a READ of the first card of CCWs and a TIC to it.
A card of CCWs holds eight READs of 80 bytes of the image, a READ of the next card of CCWs into the other of two buffers, and
the TIC there. Zero cards are not read, for CLEAR leaves storage zero.
Before it: a guest's .bin. After it: IPL 00C CLEAR.
Known simplification: the buffers lie at 0x7F00, where no image may have anything.
usage: deck.py IMAGE DECK [ADDRESS=DOUBLEWORD...]     (hexadecimal; for guests that read their orders from storage)
"""
import struct
import sys

CARD = 80
BUFFERS = (0x7F00, 0x7F50)
READ, TIC, CHAIN, QUIET = 0x02, 0x08, 0x40, 0x20
PSW = bytes.fromhex("0008000080010000")


def ccw(command, address, flags, count):
    return struct.pack(">IBxH", command << 24 | address, flags, count)


def pieces(image):
    """The parts of the image that are not zero, 80 bytes each. The first 24 bytes are the IPL's own."""
    image = image + bytes(-len(image) % CARD)
    for at in range(0, len(image), CARD):
        part = image[at : at + CARD]
        if at == 0:
            yield 24, part[24:] + bytes(24)
        elif any(part):
            yield at, part


def deck(image):
    if any(image[BUFFERS[0] : BUFFERS[1] + CARD]):
        raise SystemExit("deck.py: the image has something where the CCW buffers lie")
    parts = list(pieces(image))
    groups = [parts[i : i + 8] for i in range(0, len(parts), 8)]
    cards = [PSW + ccw(READ, BUFFERS[0], CHAIN | QUIET, CARD) + ccw(TIC, BUFFERS[0], 0, 1)]
    for number, group in enumerate(groups):
        last = number == len(groups) - 1
        other = BUFFERS[(number + 1) % 2]
        program = b"".join(
            ccw(READ, at, QUIET | (0 if last and part is group[-1][1] else CHAIN), 56 if at == 24 else CARD) for at, part in group
        )
        if not last:
            program += ccw(READ, other, CHAIN | QUIET, CARD) + ccw(TIC, other, 0, 1)
        cards.append(program)
        cards.extend(part for _, part in group)
    # The next card of CCWs must come after the data of its group: it already does, for it opens the next group.
    return b"".join(card.ljust(CARD, b"\0") for card in cards)


def stored(image, stores):
    """The image with doublewords of its own changed."""
    image = bytearray(image)
    for store in stores:
        address, value = (int(part, 16) for part in store.split("="))
        image[address : address + 8] = struct.pack(">Q", value)
    return bytes(image)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    with open(sys.argv[1], "rb") as source:
        cards = deck(stored(source.read(), sys.argv[3:]))
    with open(sys.argv[2], "wb") as target:
        target.write(cards)
