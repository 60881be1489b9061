#include "eti/metadata/record_json.h"

namespace eti::metadata {

std::string_view name_of(Visibility visibility) {
    switch (visibility) {
        case Visibility::Certificate:
            return "certificate";
        case Visibility::CertificateInherited:
            return "certificate-inherited";
        case Visibility::Resumed:
            return "resumed";
        case Visibility::Tls13:
            return "tls13";
        case Visibility::Quic:
            return "quic";
        case Visibility::NoServerHello:
            return "no-server-hello";
        case Visibility::Incomplete:
            return "incomplete";
        case Visibility::Gap:
            return "gap";
        case Visibility::Budget:
            return "budget";
    }
    return "incomplete";
}

std::string_view name_of(Phase phase) {
    switch (phase) {
        case Phase::Handshake:
            return "handshake";
        case Phase::Update:
            return "update";
        case Phase::End:
            return "end";
    }
    return "end";
}

std::string_view name_of(Protocol protocol) {
    switch (protocol) {
        case Protocol::Unknown:
            return "unknown";
        case Protocol::Tls:
            return "tls";
        case Protocol::Quic:
            return "quic";
        case Protocol::Dtls:
            return "dtls";
    }
    return "unknown";
}

std::string_view name_of(Reason reason) {
    switch (reason) {
        case Reason::None:
            return "none";
        case Reason::CertificateBlocklist:
            return "certificate-blocklist";
        case Reason::InfectedHost:
            return "infected-host";
        case Reason::Allowlist:
            return "allowlist";
        case Reason::ServerBlocklist:
            return "server-blocklist";
        case Reason::ConflictingData:
            return "conflicting-data";
        case Reason::Fallback:
            return "fallback";
    }
    return "none";
}

}  // namespace eti::metadata
