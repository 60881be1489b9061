#include "eti/replay/replay.h"

#include "capture.h"
#include "eti/inspect/inspector.h"
#include "eti/intel/feed.h"
#include "record_sink.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>

namespace eti::replay {
namespace {

policy::Policy policy_of(const Options& options) {
    return options.settings ? options.settings->policy
                            : policy::Policy::inspect_everything("trust", "untrust");
}

std::array<std::string, 2> zones_of(const Options& options) {
    if (!options.settings || options.settings->wires.empty()) {
        return {"trust", "untrust"};
    }
    const auto& wire = options.settings->wires.front();
    return {wire.interfaces[0].zone, wire.interfaces[1].zone};
}

inspect::Options inspect_options(const Options& options) {
    inspect::Options inspect;
    if (options.settings) {
        const config::Limits& limits = options.settings->limits;
        inspect.flows = limits.flows_per_worker;
        inspect.sessions = limits.sessions_per_worker;
        inspect.inspected_bytes_per_direction = limits.inspected_bytes_per_direction;
        inspect.out_of_order_segments_per_direction = limits.out_of_order_segments_per_direction;
        inspect.segment_blocks = limits.stream_blocks_per_worker;
        inspect.fragment_datagrams = limits.fragmented_datagrams_per_worker;
        inspect.fragment_blocks = limits.fragment_blocks_per_worker;
        inspect.tcp_idle_timeout = limits.tcp_idle_timeout;
        inspect.tcp_handshake_timeout = limits.tcp_handshake_timeout;
        inspect.udp_idle_timeout = limits.udp_idle_timeout;
    }
    return inspect;
}

intel::Sha1Blocklist::List load_blocklist(const std::string& path, std::ostream& messages) {
    std::ifstream file(path, std::ios::binary);
    if (!file || file.peek() == std::ifstream::traits_type::eof()) {
        throw std::runtime_error("cannot read the certificate list '" + path +
                                 "' or it is empty; check the name and its permissions");
    }
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    intel::CertificateTableFeed feed = intel::parse_certificate_table(text);
    if (!feed.error.empty()) {
        throw std::runtime_error("certificate list '" + path + "': " + feed.error);
    }
    for (const auto& rejected : feed.rejected) {
        messages << path << ":" << rejected.line << ": " << rejected.why << "\n";
    }
    return {"cc_cert_sha1", std::make_shared<const intel::CertificateTable>(std::move(feed.table))};
}

std::shared_ptr<const intel::Sha1Blocklist> load_blocklists(const Options& options,
                                                            std::ostream& messages) {
    std::vector<std::string> paths = options.blocklists;
    if (options.settings) {
        const auto& lists = options.settings->certificate_lists;
        paths.insert(paths.end(), lists.begin(), lists.end());
    }
    std::vector<intel::Sha1Blocklist::List> lists;
    for (const std::string& path : paths) {
        lists.push_back(load_blocklist(path, messages));
    }
    if (options.settings) {
        for (const auto& typed : options.settings->local_certificates) {
            lists.push_back(intel::table_of(typed));
        }
    }
    return std::make_shared<intel::Sha1Blocklist>(std::move(lists));
}

net::Framing framing_of(const CapturedPacket& packet) {
    const auto size = static_cast<uint32_t>(packet.bytes.size());
    return {net::link_type_of(packet.link_type), true,
            packet.original_size > size ? packet.original_size - size : 0};
}

struct Totals {
    uint64_t packets = 0;
    uint64_t forwarded = 0;
};

Totals replay_packets(CaptureReader& reader, CaptureWriter* writer, inspect::Inspector& inspector,
                      const flow::FlowHasher& hasher, RecordSink& sink) {
    Totals totals;
    Timestamp now{};
    CapturedPacket packet;
    while (reader.next(packet)) {
        now = std::max(now, packet.time);  // stamps of real captures may step back
        inspector.begin_burst(now);
        const auto verdict =
            inspector.inspect(inspect::classify(packet.bytes, 0, 0, hasher, framing_of(packet)));
        inspector.end_burst();
        ++totals.packets;
        if (verdict == inspect::Verdict::Forward) {
            ++totals.forwarded;
            if (writer != nullptr) {
                writer->write(packet);
            }
        }
        sink.drain();
    }
    inspector.begin_burst(now);
    while (!inspector.finish()) {
        sink.drain();
    }
    sink.drain();
    return totals;
}

nlohmann::ordered_json summary_of(const Totals& totals, const RecordSink& sink,
                                  const inspect::Counters& counters) {
    nlohmann::ordered_json summary{{"packets", totals.packets},
                                   {"forwarded", totals.forwarded},
                                   {"withheld", totals.packets - totals.forwarded},
                                   {"sessions", sink.sessions()},
                                   {"blocked", sink.blocked()},
                                   {"visibility", sink.visibility()}};
    auto& counted = summary["counters"];
    for (std::size_t i = 0; i < inspect::kCounterCount; ++i) {
        const uint64_t value = counters.get(static_cast<inspect::Counter>(i));
        if (value > 0) {
            counted[std::string(inspect::kCounterTexts[i].name)] = value;
        }
    }
    return summary;
}

// Writing over the capture would destroy it while it is read.
void check_outputs(const Options& options) {
    for (const std::string& file : {options.out, options.records}) {
        std::error_code absent;
        if (!file.empty() && std::filesystem::equivalent(file, options.capture, absent)) {
            throw std::runtime_error("'" + file +
                                     "' is the capture itself; choose another file to write");
        }
    }
}

void replay(const Options& options, std::ostream& records_out, std::ostream& messages) {
    check_outputs(options);
    CaptureReader reader(options.capture);
    std::unique_ptr<CaptureWriter> writer;
    if (!options.out.empty()) {
        writer =
            std::make_unique<CaptureWriter>(options.out, reader.link_types(), reader.snap_length());
    }
    std::ofstream records_file;
    std::ostream* records = nullptr;
    if (options.records == "-") {
        records = &records_out;
    } else if (!options.records.empty()) {
        records_file.open(options.records, std::ios::binary);
        records = &records_file;
    }

    QuiescentDomain domain(0);
    inspect::Tables tables(domain, std::make_shared<policy::Policy>(policy_of(options)));
    tables.blocklist.publish(load_blocklists(options, messages));
    if (options.settings) {
        tables.allowlist.publish(
            std::make_shared<const intel::Allowlist>(options.settings->allowlist));
    }
    RecordSink sink(records, options.certificates);
    const auto counters = std::make_unique<inspect::Counters>();
    const flow::FlowHasher hasher({1, 2});  // captures are replayed alike every time
    inspect::Inspector inspector(
        inspect_options(options), hasher, tables, {{zones_of(options), true}},
        {&sink.records(), &sink.certificates(), nullptr, &sink.dns_answers()}, *counters);
    const Totals totals = replay_packets(reader, writer.get(), inspector, hasher, sink);
    if (writer) {
        writer->close();
    }
    if (records != nullptr && !records->flush()) {
        throw std::runtime_error("cannot write the records to '" + options.records +
                                 "'; free space there or choose another file with --records");
    }
    if (!reader.error().empty()) {
        messages << reader.error() << "\n";
    }
    messages << summary_of(totals, sink, *counters).dump() << "\n";
}

}  // namespace

int run(const Options& options, std::ostream& records_out, std::ostream& messages) {
    try {
        replay(options, records_out, messages);
        return 0;
    } catch (const std::exception& error) {
        messages << "etid replay: " << error.what() << "\n";
        return 1;
    }
}

}  // namespace eti::replay
