// The entries of a Certificate message as events for a visitor.
#pragma once

#include "eti/tls/certificate_list.h"
#include "eti/tls/session.h"

namespace eti::tls {

// report_entries passes on what the next bytes of the message hold; false when an entry or the list
// does not fit.
inline bool report_entries(CertificateListReader& list, std::span<const uint8_t> piece,
                           SessionVisitor& visitor) {
    while (true) {
        std::span<const uint8_t> bytes;
        switch (list.next(piece, bytes)) {
            case CertificateListReader::Event::NeedMore:
            case CertificateListReader::Event::Done:
                return true;
            case CertificateListReader::Event::Begin:
                visitor.certificate_begin(list.number(), list.entry_length());
                break;
            case CertificateListReader::Event::Data:
                visitor.certificate_data(list.number(), bytes);
                break;
            case CertificateListReader::Event::End:
                visitor.certificate_end(list.number());
                break;
            case CertificateListReader::Event::Bad:
                return false;
        }
    }
}

}  // namespace eti::tls
