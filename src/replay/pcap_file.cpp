#include "pcap_file.h"

#include <pcap/pcap.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <stdexcept>

namespace eti::replay {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

Timestamp time_of(const timeval& stamp) {  // with nanosecond precision tv_usec holds nanoseconds
    return Timestamp(seconds(stamp.tv_sec) + nanoseconds(stamp.tv_usec));
}

timeval stamp_of(Timestamp time) {
    const auto whole = std::chrono::floor<seconds>(time);
    timeval stamp{};
    stamp.tv_sec = whole.time_since_epoch().count();
    stamp.tv_usec = (time - whole).count();
    return stamp;
}

struct CloseCapture {
    void operator()(pcap_t* pcap) const { pcap_close(pcap); }
    void operator()(pcap_dumper_t* dumper) const { pcap_dump_close(dumper); }
};
using Capture = std::unique_ptr<pcap_t, CloseCapture>;

class PcapSource : public CaptureSource {
  public:
    explicit PcapSource(const std::string& path) : path_(path) {
        std::array<char, PCAP_ERRBUF_SIZE> reason{};
        pcap_.reset(pcap_open_offline_with_tstamp_precision(
            path.c_str(), PCAP_TSTAMP_PRECISION_NANO, reason.data()));
        if (!pcap_) {
            throw std::runtime_error("cannot read the capture '" + path + "': " + reason.data());
        }
    }

    bool next(CapturedPacket& packet) override {
        pcap_pkthdr* header = nullptr;
        const u_char* data = nullptr;
        const int answer = pcap_next_ex(pcap_.get(), &header, &data);
        if (answer == 1) {
            packet = {time_of(header->ts), {data, header->caplen}, header->len, link_type()};
            return true;
        }
        if (answer == PCAP_ERROR) {
            error_ = "'" + path_ + "' ends early: " + pcap_geterr(pcap_.get());
        }
        return false;
    }

    std::vector<uint32_t> link_types() const override { return {link_type()}; }
    uint32_t snap_length() const override {
        return static_cast<uint32_t>(pcap_snapshot(pcap_.get()));
    }
    const std::string& error() const override { return error_; }

  private:
    // OpenBSD's number for raw IP is read by libpcap, but not written.
    uint32_t link_type() const {
        const int number = pcap_datalink(pcap_.get());
        return number == 14 ? DLT_RAW : static_cast<uint32_t>(number);
    }

    std::string path_;
    std::string error_;
    Capture pcap_;
};

class PcapSink : public CaptureSink {
  public:
    PcapSink(const std::string& path, uint32_t link_type, uint32_t snap_length)
        : pcap_(pcap_open_dead_with_tstamp_precision(static_cast<int>(link_type),
                                                     static_cast<int>(snap_length),
                                                     PCAP_TSTAMP_PRECISION_NANO)) {
        dumper_.reset(pcap_ ? pcap_dump_open(pcap_.get(), path.c_str()) : nullptr);
        if (!dumper_) {
            throw std::runtime_error("cannot write the capture '" + path +
                                     "': " + (pcap_ ? pcap_geterr(pcap_.get()) : "no memory"));
        }
    }

    void write(const CapturedPacket& packet) override {
        pcap_pkthdr header{};
        header.ts = stamp_of(packet.time);
        header.caplen = static_cast<bpf_u_int32>(packet.bytes.size());
        header.len = packet.original_size;
        pcap_dump(reinterpret_cast<u_char*>(dumper_.get()), &header, packet.bytes.data());
    }

    bool finish() override {
        // A failed write in between leaves nothing to flush, only the stream's error flag.
        return pcap_dump_flush(dumper_.get()) == 0 &&
               std::ferror(pcap_dump_file(dumper_.get())) == 0;
    }

  private:
    Capture pcap_;
    std::unique_ptr<pcap_dumper_t, CloseCapture> dumper_;
};

}  // namespace

std::unique_ptr<CaptureSource> open_pcap(const std::string& path) {
    return std::make_unique<PcapSource>(path);
}

std::unique_ptr<CaptureSink> create_pcap(const std::string& path, uint32_t link_type,
                                         uint32_t snap_length) {
    return std::make_unique<PcapSink>(path, link_type, snap_length);
}

}  // namespace eti::replay
