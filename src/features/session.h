// The part of the vector that one record holds by itself.
#pragma once

#include "eti/features/table.h"
#include "eti/metadata/record.h"
#include "eti/x509/chain_verifier.h"
#include "features/profile.h"

#include <optional>

namespace eti::features {

// The certificate a session showed, or inherited. It borrows.
struct CertificateView {
    const Profile* profile = nullptr;  // null: not known
    std::optional<x509::ChainVerdict> trust;
    std::size_t chain_length = 0;  // 0: not known
};

void fill_conn(Vector& vector, const metadata::Record& record);
void fill_records(Vector& vector, const metadata::Record& record);
void fill_sni(Vector& vector, const metadata::Record& record);
void fill_certificate(Vector& vector, const metadata::Record& record, const CertificateView& view);
// client_dns_seen: the sensor saw answers to this client before.
void fill_dns(Vector& vector, const metadata::Record& record, bool client_dns_seen);

// log1 is log10(1 + x), the table's log; negative values count as 0.
float log1(double value);

}  // namespace eti::features
