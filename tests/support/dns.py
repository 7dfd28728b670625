# SPDX-License-Identifier: Apache-2.0
"""dns.py ADDRESS ZONE: a name server for a test. ZONE has a record a line: "NAME A ADDRESS" or
"NAME SRV PRIORITY WEIGHT PORT TARGET"; what is asked for is printed, one name and type a line. Without records it is
asked, and never answers."""
import socket
import struct
import sys

KINDS = {1: 'A', 33: 'SRV'}


def name(text):
    return b''.join(bytes([len(part)]) + part.encode() for part in text.split('.')) + b'\0'


def data(words):
    if words[0] == 'A':
        return socket.inet_aton(words[1])
    return struct.pack('>HHH', *map(int, words[1:4])) + name(words[4])


def answer(query, zone):
    at, parts = 12, []
    while query[at]:
        parts.append(query[at + 1:at + 1 + query[at]].decode())
        at += 1 + query[at]
    asked = '.'.join(parts).lower()
    kind, = struct.unpack('>H', query[at + 1:at + 3])
    print(asked, KINDS.get(kind, kind), flush=True)
    found = [words for owner, *words in zone if owner.lower() == asked and words[0] == KINDS.get(kind)]
    known = any(owner.lower() == asked for owner, *_ in zone)
    records = b''.join(b'\xc0\x0c' + struct.pack('>HHIH', kind, 1, 60, len(data(words))) + data(words) for words in found)
    return query[:2] + struct.pack('>HHHHH', 0x8580 | (0 if known else 3), 1, len(found), 0, 0) + query[12:at + 5] + records


def main(address, path):
    zone = [line.split() for line in open(path) if line.strip()]
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((address, 53))
    print('ready', flush=True)
    while True:
        query, client = server.recvfrom(4096)
        said = answer(query, zone)
        if zone:
            server.sendto(said, client)


main(*sys.argv[1:])
