// Records, folders and times for the analysis tests.
#pragma once

#include "eti/base/clock.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace eti::analysis::test {

inline constexpr const char* kListedSha1 = "2e3519b7cb61a3cd6167f727df993f68311085ea";
inline constexpr const char* kOtherSha1 = "00112233445566778899aabbccddeeff00112233";
inline const std::string kFeed =
    "# Listingdate,SHA1,Listingreason\r\n"
    "2026-11-01 10:00:00,2e3519b7cb61a3cd6167f727df993f68311085ea,Dridex C&C\r\n"
    "2026-11-02 10:00:00,11234647793F73CBDED849D827AF9F33EBDF288A,AsyncRAT C&C\r\n"
    "# END (2) entries\r\n";

// RecordBuilder starts from a complete, harmless session and changes what a case is about.
class RecordBuilder {
  public:
    RecordBuilder()
        : json_(nlohmann::json::parse(R"({"v":1,"type":"session","phase":"end","id":"s-1",
              "sensor":"eti1","start":"2026-11-24T03:46:14.000001Z",
              "end":"2026-11-24T03:46:15.000001Z","client":{"ip":"10.0.1.10","port":40000},
              "server":{"ip":"203.0.113.9","port":443},"transport":"tcp","protocol":"tls",
              "visibility":"certificate","tls":{"version":"TLS 1.2","sni":"www.example"},
              "certificate":{"sha1":"00112233445566778899aabbccddeeff00112233",
              "self_signed":false},"action":"permit","reason":"none"})")) {}

    RecordBuilder& set(const char* pointer, nlohmann::json value) {
        json_[nlohmann::json::json_pointer(pointer)] = std::move(value);
        return *this;
    }
    RecordBuilder& erase(const char* name) {
        json_.erase(name);
        return *this;
    }
    RecordBuilder& id(const std::string& value) { return set("/id", value); }
    RecordBuilder& sha1(const std::string& value) { return set("/certificate/sha1", value); }
    RecordBuilder& client(const std::string& ip) { return set("/client/ip", ip); }
    RecordBuilder& server(const std::string& ip) { return set("/server/ip", ip); }
    RecordBuilder& self_signed() { return set("/certificate/self_signed", true); }

    std::string line() const { return json_.dump() + "\n"; }

  private:
    nlohmann::json json_;
};

// A session every minute with a server nobody named, whose certificate is its own and new.
inline RecordBuilder beat(int minute) {
    char start[64];
    std::snprintf(start, sizeof start, "2026-11-24T10:%02d:00.000000Z", minute);
    RecordBuilder record;
    record.id("beat-" + std::to_string(minute)).set("/start", start).set("/end", start);
    record.set("/tls", {{"version", "TLS 1.2"},
                        {"client_hello", {{"version", 771}}},
                        {"server_hello", {{"version", 771}}}});
    record.set("/certificate", {{"sha1", kOtherSha1},
                                {"chain_sha1", {kOtherSha1}},
                                {"subject", "CN=localhost,O=Default\\, Company,C=XX"},
                                {"issuer", "CN=localhost,O=Default\\, Company,C=XX"},
                                {"serial", "a1b2c3"},
                                {"not_before", "2026-11-22T00:00:00Z"},
                                {"not_after", "2027-11-22T00:00:00Z"},
                                {"key", "RSA"},
                                {"bits", 2048},
                                {"signature", "sha256WithRSAEncryption"},
                                {"self_signed", true}});
    return record;
}

class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string name =
            (std::filesystem::temp_directory_path() / "eti-analysis-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) {
            throw std::runtime_error("cannot make a temporary folder");
        }
        path_ = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    std::string path(const std::string& name = "") const {
        return name.empty() ? path_.string() : (path_ / name).string();
    }

  private:
    std::filesystem::path path_;
};

// 2026-11-24T12:00:00Z, after the built records.
inline constexpr Timestamp kNoon{std::chrono::seconds(1'795'521'600)};

}  // namespace eti::analysis::test
