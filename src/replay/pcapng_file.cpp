#include "pcapng_file.h"

#include "eti/wire/writer.h"
#include "pcapng_block.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace eti::replay {
namespace {

constexpr std::size_t kHeadBytes = 12;           // type, length, and a section's byte order
constexpr std::size_t kTrailerBytes = 4;         // the length once more
constexpr std::size_t kMaxBlockBytes = 1 << 24;  // as libpcap has it

// BlockFile walks over a file's blocks.
class BlockFile {
  public:
    explicit BlockFile(const std::string& path) : file_(path, std::ios::binary) {}

    // next reads one block's type, and of its body what a section or interface needs, or all of it.
    bool next(bool whole);
    void rewind() {
        file_.clear();
        file_.seekg(0);
    }

    uint32_t type() const { return type_; }
    Fields body() const { return {body_, little_endian_}; }
    const char* torn() const { return torn_; }  // why there is no next block; null at the end

  private:
    bool fail(const char* why) {
        torn_ = why;
        return false;
    }
    bool read(std::size_t at, std::size_t bytes) {
        body_.resize(at + bytes);
        file_.read(reinterpret_cast<char*>(body_.data() + at), static_cast<std::streamsize>(bytes));
        return file_.gcount() == static_cast<std::streamsize>(bytes);
    }

    std::ifstream file_;
    std::vector<uint8_t> body_;
    uint32_t type_ = 0;
    bool little_endian_ = false;
    const char* torn_ = nullptr;
};

bool BlockFile::next(bool whole) {
    torn_ = nullptr;
    if (!read(0, kHeadBytes)) {
        return file_.gcount() == 0 ? false : fail("a block is cut off");
    }
    const std::span<const uint8_t> head(body_);
    if (!Fields(head, false).u32(type_)) {
        return false;
    }
    if (type_ == kSectionHeader && !read_byte_order(head.subspan(8), little_endian_)) {
        return fail("a section has no byte order");
    }
    Fields fields(head, little_endian_);
    uint32_t length = 0;
    if (!fields.u32(type_) || !fields.u32(length)) {
        return false;
    }
    if (length < kHeadBytes || length > kMaxBlockBytes) {
        return fail("a block has an impossible length");
    }
    length = (length + 3) & ~3U;
    // The shortest block has no body: what was read as byte order is its trailer.
    const std::size_t body_bytes = length - kHeadBytes;
    if (length == kHeadBytes) {
        body_.clear();
        return true;
    }
    std::copy_n(body_.begin() + 8, 4, body_.begin());
    if (whole || type_ == kSectionHeader || type_ == kInterface) {
        if (!read(4, body_bytes)) {
            return fail("a block is cut off");
        }
        body_.resize(length - 8 - kTrailerBytes);
        return true;
    }
    body_.clear();
    file_.seekg(static_cast<std::streamoff>(body_bytes), std::ios::cur);
    return true;
}

class PcapngSource : public CaptureSource {
  public:
    explicit PcapngSource(const std::string& path) : path_(path), file_(path) {
        scan_interfaces();
        file_.rewind();
    }

    bool next(CapturedPacket& packet) override {
        while (error_.empty() && file_.next(true)) {
            switch (file_.type()) {
                case kSectionHeader:
                    interfaces_.clear();
                    break;
                case kInterface:
                    interfaces_.emplace_back();
                    if (!read_interface(file_.body(), interfaces_.back())) {
                        return fail("an interface is not described");
                    }
                    break;
                case kOldPacket:
                case kSimplePacket:
                case kEnhancedPacket:
                    if (!read_packet(file_.type(), file_.body(), interfaces_, packet)) {
                        return fail("a packet is longer than its block or of no known interface");
                    }
                    return true;
                default:
                    break;  // names, statistics, secrets, and what is yet to come
            }
        }
        return file_.torn() != nullptr && error_.empty() ? fail(file_.torn()) : false;
    }

    std::vector<uint32_t> link_types() const override { return link_types_; }
    uint32_t snap_length() const override { return snap_length_; }
    const std::string& error() const override { return error_; }

  private:
    // The written capture must know all link types before its first packet.
    void scan_interfaces() {
        constexpr uint32_t kUnlimited = 262'144;
        while (file_.next(false)) {
            Interface interface;
            if (file_.type() == kInterface && read_interface(file_.body(), interface)) {
                const uint32_t snap = interface.snap_length;
                snap_length_ = std::max(snap_length_, snap == 0 ? kUnlimited : snap);
                if (std::find(link_types_.begin(), link_types_.end(), interface.link_type) ==
                    link_types_.end()) {
                    link_types_.push_back(interface.link_type);
                }
            }
        }
    }

    bool fail(const char* why) {
        error_ = "'" + path_ + "' ends early: " + why;
        return false;
    }

    std::string path_;
    std::string error_;
    BlockFile file_;
    std::vector<Interface> interfaces_;
    std::vector<uint32_t> link_types_;
    uint32_t snap_length_ = 0;
};

class PcapngSink : public CaptureSink {
  public:
    PcapngSink(const std::string& path, const std::vector<uint32_t>& link_types,
               uint32_t snap_length)
        : file_(path, std::ios::binary), link_types_(link_types) {
        if (!file_) {
            throw std::runtime_error("cannot write the capture '" + path +
                                     "'; check the folder and its permissions");
        }
        std::array<uint8_t, 64> buffer;
        wire::Writer section(buffer);
        section.u32(0x1a2b3c4d);
        section.u32(0x0001'0000);  // version 1.0
        section.u32(0xffff'ffff);  // the section's length is
        section.u32(0xffff'ffff);  // not known
        write_block(kSectionHeader, std::span(buffer).first(section.size()), {});
        for (const uint32_t link_type : link_types_) {
            wire::Writer interface(buffer);
            interface.u32(link_type_for_file(link_type) << 16);
            interface.u32(snap_length);
            interface.u32(9 << 16 | 1);  // if_tsresol, one byte:
            interface.u32(9 << 24);      // nanoseconds
            interface.u32(0);            // no more options
            write_block(kInterface, std::span(buffer).first(interface.size()), {});
        }
    }

    void write(const CapturedPacket& packet) override {
        const auto found = std::find(link_types_.begin(), link_types_.end(), packet.link_type);
        const auto time = static_cast<uint64_t>(packet.time.time_since_epoch().count());
        std::array<uint8_t, 20> buffer;
        wire::Writer head(buffer);
        head.u32(static_cast<uint32_t>(found - link_types_.begin()));
        head.u32(static_cast<uint32_t>(time >> 32));
        head.u32(static_cast<uint32_t>(time));
        head.u32(static_cast<uint32_t>(packet.bytes.size()));
        head.u32(packet.original_size);
        write_block(kEnhancedPacket, buffer, packet.bytes);
    }

    bool finish() override { return static_cast<bool>(file_.flush()); }

  private:
    void write_block(uint32_t type, std::span<const uint8_t> head, std::span<const uint8_t> data) {
        const std::size_t padding = (4 - data.size() % 4) % 4;
        const auto length = static_cast<uint32_t>(kHeadBytes + head.size() + data.size() + padding);
        std::array<uint8_t, 8> frame;
        wire::Writer start(frame);
        start.u32(type);
        start.u32(length);
        put(frame);
        put(head);
        put(data);
        std::array<uint8_t, 8> tail{};
        wire::Writer end(std::span<uint8_t>(tail).subspan(padding));
        end.u32(length);
        put(std::span(tail).first(padding + 4));
    }
    void put(std::span<const uint8_t> bytes) {
        file_.write(reinterpret_cast<const char*>(bytes.data()),
                    static_cast<std::streamsize>(bytes.size()));
    }

    std::ofstream file_;
    std::vector<uint32_t> link_types_;
};

}  // namespace

bool is_pcapng(const std::string& path) {
    std::error_code absent;
    if (!std::filesystem::is_regular_file(path, absent)) {
        return false;  // a pipe gives its first bytes only once
    }
    std::array<char, 4> start{};
    std::ifstream file(path, std::ios::binary);
    file.read(start.data(), start.size());
    return file && start == std::array<char, 4>{0x0a, 0x0d, 0x0d, 0x0a};
}

std::unique_ptr<CaptureSource> open_pcapng(const std::string& path) {
    return std::make_unique<PcapngSource>(path);
}

std::unique_ptr<CaptureSink> create_pcapng(const std::string& path,
                                           const std::vector<uint32_t>& link_types,
                                           uint32_t snap_length) {
    return std::make_unique<PcapngSink>(path, link_types, snap_length);
}

}  // namespace eti::replay
