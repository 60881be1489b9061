// Reading and writing captures through libpcap.
#pragma once

#include "eti/base/clock.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>

struct pcap;
struct pcap_dumper;

namespace eti::replay {

struct CapturedPacket {
    Timestamp time{};
    std::span<const uint8_t> bytes;  // valid until the next read
    uint32_t original_size = 0;
};

// CaptureReader reads pcap and pcapng. Throws std::runtime_error with the file and the reason.
class CaptureReader {
  public:
    explicit CaptureReader(const std::string& path);
    ~CaptureReader();
    CaptureReader(const CaptureReader&) = delete;
    CaptureReader& operator=(const CaptureReader&) = delete;

    // next returns false at the end of the file; error() then tells a torn file from a whole one.
    bool next(CapturedPacket& packet);
    const std::string& error() const { return error_; }
    int link_type() const;
    int snap_length() const;

  private:
    std::string path_;
    std::string error_;
    pcap* pcap_;
};

// CaptureWriter writes a pcap with nanosecond stamps and the given link type.
class CaptureWriter {
  public:
    CaptureWriter(const std::string& path, int link_type, int snap_length);
    ~CaptureWriter();
    CaptureWriter(const CaptureWriter&) = delete;
    CaptureWriter& operator=(const CaptureWriter&) = delete;

    void write(const CapturedPacket& packet);
    void close();  // throws when not everything reached the file

  private:
    std::string path_;
    pcap* pcap_;
    pcap_dumper* dumper_;
};

}  // namespace eti::replay
