"""The shape of a packet's row between the stages: eight 64-bit words, one cache line.

| word | holds |
|---|---|
| TIME | capture time, ns |
| FRAME | offset of the frame in its buffer; of a datagram put together from fragments, its line in the table `wholes` |
| SIZES | payload bytes captured |
| ENDS | IPv4: source and destination; IPv6: offset of the two addresses in the buffer |
| META | source port, destination port, protocol, IP version (16 bits each): with the ends the key of the flow |
| TCP | sequence number, IP total length (32 bits each) |
| DATA | offset of the payload in the buffer, stated bytes not captured (32 bits each) |
| STATE | what became of the packet (below), flags of TCP in the next byte, hash of the key above |

A FRAGMENT's row differs: ENDS is always the offset of the addresses; META holds offset, levels of encapsulation and
whether more fragments follow (16 bits; above 1, below that), protocol, IP version; TCP the identification and the IP
total length; DATA the offset of its data and their stated size.
"""

TIME, FRAME, SIZES, ENDS, META, TCP, DATA, STATE = range(8)
WORDS = 8

GOOD = 1  # decoded
NOTHING = 2  # accounted for, no datagram
WHOLE = 3  # put together from fragments; its bytes lie behind the block
FRAGMENT = 5  # waits to be put together
LOST = 16  # and the number of a reason: undecodable
LOW = 0xFFFF_FFFF

# why a packet is undecodable, as the reference says it
REASONS = (
    "not_ip",
    "no_timestamp",
    "link_type",
    "link_truncated",
    "mpls_payload",
    "wlan_encrypted",
    "wlan_aggregate",
    "ip_truncated",
    "ip_version",
    "ip_header",
    "ip6_extension",
    "too_deep",
    "transport_header",
    "transport_truncated",
    "tunnel_truncated",
    "gre_version",
    "gre_routing",
    "erspan",
    "fragment_malformed",
    "fragment_overlap",
    "fragment_nested",
    "fragment_incomplete",
)
(
    NOT_IP,
    NO_TIMESTAMP,
    LINK_TYPE,
    LINK_TRUNCATED,
    MPLS_PAYLOAD,
    WLAN_ENCRYPTED,
    WLAN_AGGREGATE,
    IP_TRUNCATED,
    IP_VERSION,
    IP_HEADER,
    IP6_EXTENSION,
    TOO_DEEP,
    TRANSPORT_HEADER,
    TRANSPORT_TRUNCATED,
    TUNNEL_TRUNCATED,
    GRE_VERSION,
    GRE_ROUTING,
    ERSPAN,
    FRAGMENT_MALFORMED,
    FRAGMENT_OVERLAP,
    FRAGMENT_NESTED,
    FRAGMENT_INCOMPLETE,
) = range(LOST, LOST + len(REASONS))
