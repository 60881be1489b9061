#include "analysis/imports.h"

#include "analysis/first_start.h"
#include "eti/base/durable_file.h"
#include "eti/store/private_file.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <stdexcept>

namespace eti::analysis {
namespace {

constexpr std::size_t kMaxNameBytes = 64;
constexpr std::size_t kMaxSettingsBytes = 4096;
constexpr std::string_view kSettings = ".source";
constexpr std::string_view kList = ".list";

std::string folder_of(const std::string& data_directory) {
    return data_directory + "/imports";
}

std::string file_of(const std::string& data_directory, const std::string& name,
                    std::string_view ending) {
    return folder_of(data_directory) + "/" + name + std::string(ending);
}

bool is_name_byte(char byte) {
    return std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '-' || byte == '_';
}

// The name becomes a file's: nothing in it may lead elsewhere.
void check_name(const std::string& name) {
    if (name.empty() || name.size() > kMaxNameBytes ||
        !std::all_of(name.begin(), name.end(), is_name_byte)) {
        throw std::runtime_error("'" + name +
                                 "' is no name for an import: use 1 to 64 letters, digits, '-' "
                                 "and '_'");
    }
}

// The settings are a source's line, whose location is the list beside it.
std::string settings_of(const SourceOptions& source) {
    const auto days = std::chrono::duration_cast<std::chrono::hours>(source.max_age).count() / 24;
    return source.name + "=" + source.name + std::string(kList) +
           ",format=" + std::string(name_of(source.format)) + ",max-age=" + std::to_string(days) +
           "\n";
}

}  // namespace

ImportReport check_import(const SourceOptions& source, const SourceLimits& limits) {
    const SourceReading reading = read_source(source, {}, limits, [] { return false; });
    if (reading.result != SourceReading::Result::New) {
        throw std::runtime_error("'" + source.location + "' is refused: " + reading.why);
    }
    ImportReport report{source.name, 0, reading.rejected, reading.rejected_count};
    for (const SourcePart& part : reading.parts) {
        report.entries += part.entries;
    }
    return report;
}

ImportReport import_list(const std::string& data_directory, const SourceOptions& source,
                         const SourceLimits& limits) {
    check_name(source.name);
    if (std::filesystem::is_directory(source.location)) {
        throw std::runtime_error("'" + source.location +
                                 "' is a folder: name it to the service with --source");
    }
    ImportReport report = check_import(source, limits);
    prepare_directory(data_directory);
    prepare_directory(folder_of(data_directory));
    write_file(file_of(data_directory, source.name, kList),
               read_file(source.location, limits.max_bytes), 0600);
    // Last: what is not named here is not read.
    write_file(file_of(data_directory, source.name, kSettings), settings_of(source), 0600);
    return report;
}

void remove_import(const std::string& data_directory, const std::string& name) {
    check_name(name);
    if (!std::filesystem::remove(file_of(data_directory, name, kSettings))) {
        throw std::runtime_error("there is no import '" + name + "' in '" +
                                 folder_of(data_directory) + "'");
    }
    std::filesystem::remove(file_of(data_directory, name, kList));
}

std::vector<SourceOptions> imported_sources(const std::string& data_directory) {
    std::vector<SourceOptions> sources;
    std::error_code ec;
    for (const auto& file : std::filesystem::directory_iterator(folder_of(data_directory), ec)) {
        std::string line;
        std::string problem;
        if (file.path().extension() != kSettings ||
            read_bounded(file.path().string(), kMaxSettingsBytes, line, problem) !=
                ReadResult::Read) {
            continue;
        }
        try {
            SourceOptions source = parse_source(line.substr(0, line.find('\n')));
            check_name(source.name);
            source.location = file_of(data_directory, source.name, kList);
            sources.push_back(std::move(source));
        } catch (const std::runtime_error&) {
            continue;  // not written by import_list
        }
    }
    std::sort(sources.begin(), sources.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return sources;
}

std::string import_name(const std::string& file) {
    std::string name;
    for (const char byte : std::filesystem::path(file).stem().string()) {
        if (is_name_byte(byte)) {
            name += byte;
        } else if (!name.empty() && name.back() != '-') {
            name += '-';
        }
    }
    while (name.ends_with('-')) {
        name.pop_back();
    }
    return name.substr(0, kMaxNameBytes);
}

}  // namespace eti::analysis
