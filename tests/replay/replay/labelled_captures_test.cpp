// Real, labelled captures, when ETI_DATA names a folder that holds behaviour/ and feeds/.
#include "eti/metadata/record_json.h"
#include "eti/replay/replay.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace eti::replay {
namespace {

namespace fs = std::filesystem;

struct Label {
    std::string endpoints;  // client ip port server ip port
    Timestamp start{};
    std::string label;
    std::string leaf_sha1;
    std::string visibility;
    bool listed = false;
};

std::vector<std::string> split(const std::string& line, char separator) {
    std::vector<std::string> fields;
    std::stringstream stream(line);
    for (std::string field; std::getline(stream, field, separator);) {
        fields.push_back(field);
    }
    return fields;
}

std::map<std::string, std::vector<Label>> read_labels(const fs::path& path) {
    std::map<std::string, std::vector<Label>> labels;
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    const auto header = split(line, '\t');
    std::map<std::string, std::size_t> column;
    for (std::size_t i = 0; i < header.size(); ++i) {
        column[header[i]] = i;
    }
    while (std::getline(file, line)) {
        const auto f = split(line, '\t');
        Label label;
        label.endpoints = f[column["client_ip"]] + " " + f[column["client_port"]] + " " +
                          f[column["server_ip"]] + " " + f[column["server_port"]];
        label.start = metadata::parse_time(f[column["start"]]).value_or(Timestamp{});
        label.label = f[column["label"]];
        label.leaf_sha1 = f[column["leaf_sha1"]];
        label.visibility = f[column["visibility"]];
        label.listed = f[column["sslbl"]] != "-";
        labels[f[column["file"]]].push_back(label);
    }
    return labels;
}

struct Seen {
    Timestamp start{};
    nlohmann::json record;
};
using Sessions = std::map<std::string, std::vector<Seen>>;

Sessions replay_capture(const fs::path& capture, const fs::path& blocklist) {
    Options options;
    options.capture = capture.string();
    options.blocklists = {blocklist.string()};
    options.records = "-";
    std::stringstream records;
    std::stringstream messages;
    EXPECT_EQ(run(options, records, messages), 0) << messages.str();
    Sessions sessions;
    for (std::string line; std::getline(records, line);) {
        nlohmann::json record = nlohmann::json::parse(line);
        const auto& client = record["client"];
        const auto& server = record["server"];
        const std::string key =
            client["ip"].get<std::string>() + " " + std::to_string(client["port"].get<int>()) +
            " " + server["ip"].get<std::string>() + " " + std::to_string(server["port"].get<int>());
        const Timestamp start =
            metadata::parse_time(record["start"].get<std::string>()).value_or(Timestamp{});
        sessions[key].push_back({start, std::move(record)});
    }
    return sessions;
}

const nlohmann::json* nearest(const Sessions& sessions, const Label& label) {
    const auto found = sessions.find(label.endpoints);
    if (found == sessions.end()) {
        return nullptr;
    }
    const Seen* best = nullptr;
    for (const Seen& seen : found->second) {
        if (best == nullptr || std::chrono::abs(seen.start - label.start) <
                                   std::chrono::abs(best->start - label.start)) {
            best = &seen;
        }
    }
    return &best->record;
}

// The labels know what a session itself showed, not what earlier ones say about it.
bool agrees(const std::string& visibility, const std::string& label) {
    return visibility == label ||
           (visibility == "certificate-inherited" && (label == "resumed" || label == "tls13"));
}

struct Score {
    int sessions = 0;
    int found = 0;
    int same_visibility = 0;
    int with_certificate = 0;
    int right_sha1 = 0;
    int listed = 0;
    int listed_blocked = 0;
    int benign_blocked = 0;
};

TEST(LabelledCaptures, EveryVisibleCertificateIsSeenAndOnlyListedOnesAreBlocked) {
    const char* data = std::getenv("ETI_DATA");
    if (data == nullptr || !fs::exists(fs::path(data) / "behaviour" / "labels.tsv")) {
        GTEST_SKIP() << "ETI_DATA does not name a folder with behaviour/labels.tsv";
    }
    const fs::path behaviour = fs::path(data) / "behaviour";
    const fs::path blocklist = fs::path(data) / "feeds" / "sslblacklist.csv";
    Score score;
    for (const auto& [file, labels] : read_labels(behaviour / "labels.tsv")) {
        const Sessions sessions = replay_capture(behaviour / file, blocklist);
        for (const Label& label : labels) {
            ++score.sessions;
            const nlohmann::json* record = nearest(sessions, label);
            score.found += record != nullptr ? 1 : 0;
            const std::string visibility = record == nullptr ? "" : (*record)["visibility"];
            const std::string sha1 = record != nullptr && record->contains("certificate")
                                         ? (*record)["certificate"]["sha1"]
                                         : "";
            const bool blocked = record != nullptr && (*record)["action"] == "block";
            score.same_visibility += agrees(visibility, label.visibility) ? 1 : 0;
            if (!agrees(visibility, label.visibility)) {
                std::cout << file << " " << label.endpoints << ": visibility " << visibility
                          << ", labelled " << label.visibility << "\n";
            }
            if (label.visibility == "certificate") {
                ++score.with_certificate;
                score.right_sha1 += sha1 == label.leaf_sha1 ? 1 : 0;
                if (sha1 != label.leaf_sha1) {
                    std::cout << file << " " << label.endpoints << ": leaf '" << sha1
                              << "', labelled " << label.leaf_sha1 << "\n";
                }
            }
            if (label.listed && label.visibility == "certificate") {
                ++score.listed;
                score.listed_blocked += blocked ? 1 : 0;
            }
            score.benign_blocked += label.label == "benign" && blocked ? 1 : 0;
        }
    }
    std::cout << score.sessions << " sessions, " << score.found << " found, "
              << score.same_visibility << " with the labelled visibility; " << score.right_sha1
              << " of " << score.with_certificate << " leaf SHA-1s; " << score.listed_blocked
              << " of " << score.listed << " listed blocked; " << score.benign_blocked
              << " benign blocked\n";
    EXPECT_EQ(score.right_sha1, score.with_certificate);
    EXPECT_EQ(score.listed_blocked, score.listed);
    EXPECT_EQ(score.benign_blocked, 0);
    EXPECT_EQ(score.found, score.sessions);
}

}  // namespace
}  // namespace eti::replay
