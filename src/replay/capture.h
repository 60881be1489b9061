// Reading and writing captures: pcap through libpcap, pcapng by a reader of its own, because
// libpcap refuses files whose interfaces differ.
#pragma once

#include "eti/base/clock.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace eti::replay {

struct CapturedPacket {
    Timestamp time{};
    std::span<const uint8_t> bytes;  // valid until the next read
    uint32_t original_size = 0;
    uint32_t link_type = 1;  // as libpcap numbers them (DLT_)
};

// CaptureSource is one file format.
class CaptureSource {
  public:
    virtual ~CaptureSource() = default;
    virtual bool next(CapturedPacket& packet) = 0;
    // link_types are those of all interfaces, without repetition.
    virtual std::vector<uint32_t> link_types() const = 0;
    virtual uint32_t snap_length() const = 0;  // the longest
    // error is empty when the file ended where it should.
    virtual const std::string& error() const = 0;
};

// CaptureReader reads pcap and pcapng. Throws std::runtime_error with the file and the reason.
class CaptureReader {
  public:
    explicit CaptureReader(const std::string& path);

    // next returns false at the end of the file; error() then tells a torn file from a whole one.
    bool next(CapturedPacket& packet) { return source_->next(packet); }
    const std::string& error() const { return source_->error(); }
    std::vector<uint32_t> link_types() const { return source_->link_types(); }
    uint32_t snap_length() const { return source_->snap_length(); }

  private:
    std::unique_ptr<CaptureSource> source_;
};

// CaptureSink is one file format.
class CaptureSink {
  public:
    virtual ~CaptureSink() = default;
    virtual void write(const CapturedPacket& packet) = 0;
    virtual bool finish() = 0;  // false when not everything reached the file
};

// CaptureWriter writes nanosecond stamps: a pcap for one link type, a pcapng for several. Throws
// std::runtime_error with the file and the reason.
class CaptureWriter {
  public:
    CaptureWriter(const std::string& path, const std::vector<uint32_t>& link_types,
                  uint32_t snap_length);

    // The packet's link type must be one of those announced.
    void write(const CapturedPacket& packet) { sink_->write(packet); }
    void close();  // throws when not everything reached the file

  private:
    std::string path_;
    std::unique_ptr<CaptureSink> sink_;
};

}  // namespace eti::replay
