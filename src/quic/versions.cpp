#include "quic/versions.h"

namespace eti::quic {
namespace {

// draft-ietf-quic-tls-21 section 5.2, to draft 22
constexpr Protection kDraft22{{0x7f, 0xbc, 0xdb, 0x0e, 0x7c, 0x66, 0xbb, 0xe9, 0x19, 0x3a,
                               0x96, 0xcd, 0x21, 0x51, 0x9e, 0xbd, 0x7a, 0x02, 0x64, 0x4a},
                              false};
// draft-ietf-quic-tls-23 section 5.2, to draft 28
constexpr Protection kDraft23{{0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7,
                               0xd2, 0x43, 0x2b, 0xb4, 0x63, 0x65, 0xbe, 0xf9, 0xf5, 0x02},
                              false};
// draft-ietf-quic-tls-29 section 5.2, to draft 32
constexpr Protection kDraft29{{0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97,
                               0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99},
                              false};
// RFC 9001 section 5.2, from draft 33
constexpr Protection kVersion1{{0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
                                0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a},
                               false};
// draft-ietf-quic-v2-01 section 3.3.1
constexpr Protection kDraftOfVersion2{{0xa7, 0x07, 0xc2, 0x03, 0xa5, 0x9b, 0x47, 0x18, 0x4a, 0x1d,
                                       0x62, 0xca, 0x57, 0x04, 0x06, 0xea, 0x7a, 0xe3, 0xe5, 0xd3},
                                      true};
// RFC 9369 section 3.3.1
constexpr Protection kVersion2{{0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93,
                                0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9},
                               true};
// Google's versions that carry TLS; Q050 and those before it carry another handshake.
constexpr Protection kGoogleT050{{0x7f, 0xf5, 0x79, 0xe5, 0xac, 0xd0, 0x72, 0x91, 0x55, 0x80,
                                  0x30, 0x4c, 0x43, 0xa2, 0x36, 0x7c, 0x60, 0x48, 0x83, 0x10},
                                 false};
constexpr Protection kGoogleT051{{0x7a, 0x4e, 0xde, 0xf4, 0xe7, 0xcc, 0xee, 0x5f, 0xa4, 0x50,
                                  0x6c, 0x19, 0x12, 0x4f, 0xc8, 0xcc, 0xda, 0x6e, 0x03, 0x3d},
                                 false};

// Drafts before 22 have another header.
const Protection* draft(unsigned number) {
    if (number < 22 || number > 34) {
        return nullptr;
    }
    if (number == 22) {
        return &kDraft22;
    }
    if (number <= 28) {
        return &kDraft23;
    }
    return number <= 32 ? &kDraft29 : &kVersion1;
}

}  // namespace

PacketType Protection::type(unsigned bits) const {
    constexpr PacketType kTypes[] = {PacketType::Initial, PacketType::ZeroRtt,
                                     PacketType::Handshake, PacketType::Retry};
    return kTypes[(second_version ? bits + 3 : bits) % 4];
}

const Protection* protection_of(uint32_t version) {
    switch (version) {
        case 0x00000001:
        case 0xfaceb003:  // Facebook's alias of version 1
            return &kVersion1;
        case 0x6b3343cf:
            return &kVersion2;
        case 0x709a50c4:
            return &kDraftOfVersion2;
        case 0xfaceb001:  // Facebook's own versions are draft 22, then 27
            return &kDraft22;
        case 0xfaceb002:
        case 0xfaceb00e:
        case 0xfaceb010:
        case 0xfaceb011:
        case 0xfaceb013:
            return &kDraft23;
        case 0x54303530:  // "T050"
            return &kGoogleT050;
        case 0x54303531:
            return &kGoogleT051;
        default:
            return version >> 8 == 0xff0000 ? draft(version & 0xff) : nullptr;
    }
}

bool known_version(uint32_t version) {
    return protection_of(version) != nullptr;
}

}  // namespace eti::quic
