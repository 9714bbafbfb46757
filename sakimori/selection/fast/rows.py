"""The shape of a packet's row between the stages: eight 64-bit words, one cache line.

| word | holds |
|---|---|
| TIME | capture time, ns |
| FRAME | offset of the frame in its buffer; of a datagram put together elsewhere, its line in the table `wholes` |
| SIZES | payload bytes captured |
| ENDS | IPv4: source and destination; IPv6: offset of the two addresses in the buffer |
| META | source port, destination port, protocol, IP version (16 bits each): with the ends the key of the flow |
| TCP | sequence number, IP total length (32 bits each) |
| DATA | offset of the payload in the buffer, stated bytes not captured (32 bits each) |
| STATE | what became of the packet (below), flags of TCP in the next byte, hash of the key above |
"""

TIME, FRAME, SIZES, ENDS, META, TCP, DATA, STATE = range(8)
WORDS = 8

SLOW = 0  # to be decoded by the reference's decoder
GOOD = 1  # decoded here
NOTHING = 2  # accounted for, no datagram
WHOLE = 3  # decoded by the reference's decoder; its bytes lie behind the block
NOT_IP = 4  # no IP inside: counted, nothing more
LOW = 0xFFFF_FFFF
