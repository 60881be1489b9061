#include "analysis/offline.h"
#include "eti/features/context.h"
#include "eti/ingest/record_reader.h"
#include "eti/metadata/record_json.h"

#include <array>
#include <charconv>
#include <cmath>
#include <memory>

namespace eti::analysis {
namespace {

void append(std::string& row, float value) {
    row.push_back('\t');
    if (std::isnan(value)) {
        row += "nan";
        return;
    }
    std::array<char, 32> text{};
    const auto result = std::to_chars(text.data(), text.data() + text.size(), value);
    row.append(text.data(), result.ptr);
}

std::string header() {
    std::string row = "client_ip\tclient_port\tserver_ip\tserver_port\tstart\tprotocol\tvisibility";
    for (const auto& feature : features::feature_table()) {
        row.append(1, '\t').append(feature.name);
    }
    return row + "\n";
}

std::string row_of(const metadata::Record& record, const features::Session& session) {
    std::string row = net::to_string(record.client.ip) + "\t" + std::to_string(record.client.port) +
                      "\t" + net::to_string(record.server.ip) + "\t" +
                      std::to_string(record.server.port) + "\t" +
                      metadata::format_time(record.start);
    row.append(1, '\t').append(metadata::name_of(record.protocol));
    row.append(1, '\t').append(metadata::name_of(record.visibility));
    for (const float value : session.values.values()) {
        append(row, value);
    }
    return row + "\n";
}

}  // namespace

std::shared_ptr<const x509::ChainVerifier> system_roots(std::ostream& messages) {
    auto roots = x509::ChainVerifier::of_system();
    if (!roots) {
        messages << "chains are not judged: no root certificates in "
                 << x509::ChainVerifier::kDefaultBundle << "\n";
    }
    return roots;
}

void write_features(std::istream& records, std::ostream& out, std::ostream& messages) {
    features::Context context({system_roots(messages), nullptr});
    RecordReader reader;
    FullRecord session;
    CertificateLine certificate;
    out << header();
    std::size_t other = 0;
    for (std::string line; std::getline(records, line);) {
        switch (reader.read(line, session, certificate)) {
            case RecordReader::Kind::Session:
                out << row_of(
                    session.record,
                    context.observe(session.record, session.leaf ? &*session.leaf : nullptr));
                break;
            case RecordReader::Kind::Certificate:
                context.learn(certificate.sha1, certificate.der);
                break;
            case RecordReader::Kind::Other:
                ++other;
                break;
        }
    }
    if (other > 0) {
        messages << other << " lines are neither session nor certificate records\n";
    }
}

}  // namespace eti::analysis
