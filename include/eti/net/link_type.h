// How a frame begins: the link types of captures (tcpdump.org/linktypes.html) read here. A live
// port has Ethernet only.
#pragma once

#include <cstdint>

namespace eti::net {

enum class LinkType : uint8_t {
    Ethernet,
    RawIp,     // no link header: the IP version decides
    Loopback,  // an address family of 4 bytes in either byte order
    LinuxCooked1,
    LinuxCooked2,
    Ppp,       // with or without HDLC framing
    PppEther,  // the PPPoE header without its Ethernet header
    CiscoHdlc,
    Ieee80211,
    Radiotap,  // the four below put a header of their own before IEEE 802.11
    Prism,
    Avs,
    Ppi,
    Unknown,  // parsed as NotIp
};

// link_type_of takes a LINKTYPE_ or DLT_ number; the two differ for raw IP only.
LinkType link_type_of(uint32_t number);

// Framing tells parse_packet what it cannot see in a frame. The default is a live frame.
struct Framing {
    LinkType link = LinkType::Ethernet;
    // Captured where segmentation was still ahead: an IP length of 0 means "to the end".
    bool capture = false;
    uint32_t cut = 0;  // bytes at the end that a snap length left out
};

}  // namespace eti::net
