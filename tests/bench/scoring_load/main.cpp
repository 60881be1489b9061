// scoring_load [SESSIONS]: CPU time that judging the behaviour of one session takes, in its parts.
// Prints JSON. Sessions are drawn with a fixed seed: 2,000 clients, 10,000 servers by Zipf's law,
// 500 certificates, 30 application records each; one in a hundred has a new self-signed
// certificate.
#include "eti/ingest/record_reader.h"
#include "eti/metadata/record_json.h"
#include "eti/scoring/behaviour.h"
#include "tests/support/session_builder.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace eti;
using namespace eti::analysis;

constexpr unsigned kClients = 2'000;
constexpr unsigned kServers = 10'000;
constexpr unsigned kCertificates = 500;
constexpr unsigned kRecords = 30;
constexpr unsigned kOneSuspicious = 100;

double cpu_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct Drawn {
    metadata::Record record;
    metadata::CertificateSummary leaf;
};

// Draws sessions one second apart, so that a day's windows move as on a busy link.
class Site {
  public:
    Drawn next() {
        const unsigned client = below(kClients);
        const auto server = static_cast<unsigned>(std::pow(double{kServers}, uniform_(random_)));
        const bool suspicious = below(kOneSuspicious) == 0;
        const unsigned certificate = suspicious ? kCertificates + server : server % kCertificates;
        Drawn drawn{test::SessionBuilder().at(at_++ * 0.01).get(), test::self_signed_leaf(0)};
        metadata::Record& record = drawn.record;
        record.id = static_cast<uint64_t>(at_);
        record.client.ip = net::IpAddress::v4(10, 0, byte(client >> 8), byte(client));
        record.server.ip = net::IpAddress::v4(198, 51, byte(server >> 8), byte(server));
        record.certificate.seen = true;
        record.certificate.sha1[0] = byte(certificate >> 8);
        record.certificate.sha1[1] = byte(certificate);
        record.certificate.chain.push(record.certificate.sha1);
        drawn.leaf.sha1 = record.certificate.sha1;
        if (!suspicious) {
            const std::string name = "www.server-" + std::to_string(server) + ".example.com";
            record.client_hello.sni.assign(name);
            drawn.leaf.subject = "CN=" + name + ",O=Example Inc,C=US";
            drawn.leaf.issuer = "CN=Example CA,O=Example Authority,C=US";
            drawn.leaf.san = {name, "*.example.com"};
            drawn.leaf.self_signed = false;
        }
        for (unsigned i = 0; i < kRecords; ++i) {
            const auto size = static_cast<int32_t>(50 + below(8'000));
            record.traffic.records.push({below(2) == 0 ? size : -size, below(100'000), 23});
        }
        record.traffic.payload = {5'000 + below(10'000), 50'000 + below(1'000'000)};
        return drawn;
    }

  private:
    unsigned below(unsigned bound) { return static_cast<unsigned>(random_() % bound); }
    static uint8_t byte(unsigned value) { return static_cast<uint8_t>(value & 0xff); }

    std::mt19937 random_{42};
    std::uniform_real_distribution<double> uniform_{0.0, 0.999};
    int at_ = 1;
};

}  // namespace

int main(int argc, char** argv) {
    const int sessions = argc > 1 ? std::atoi(argv[1]) : 100'000;
    Site site;
    std::vector<std::string> lines;
    for (int i = 0; i < sessions; ++i) {
        const Drawn drawn = site.next();
        lines.emplace_back();
        metadata::append_json(lines.back(), drawn.record, &drawn.leaf, {"eti1", "00"});
    }
    RecordReader reader;
    BehaviourScorer scorer(model::built_in(), {});
    FullRecord session;
    CertificateLine certificate;
    const double begin = cpu_seconds();
    for (const std::string& line : lines) {
        reader.read(line, session, certificate);
    }
    const double read = cpu_seconds();
    int suspicious = 0;
    for (const std::string& line : lines) {
        reader.read(line, session, certificate);
        const auto verdict = scorer.judge(session.record, &*session.leaf, session.key);
        suspicious += verdict.evidence.empty() ? 0 : 1;
    }
    const double judged = cpu_seconds();
    const double reading = (read - begin) * 1e6 / sessions;
    const double both = (judged - read) * 1e6 / sessions;
    std::printf(
        "{\"sessions\":%d,\"suspicious\":%d,\"read_us\":%.1f,\"judge_us\":%.1f,\"both_us\":%.1f,"
        "\"bytes_per_pair\":%zu}\n",
        sessions, suspicious, reading, both - reading, both,
        features::Destinations::bytes_per_pair());
    return 0;
}
