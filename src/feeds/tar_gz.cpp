#include "eti/feeds/exports.h"

#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <stdexcept>

namespace eti::analysis {
namespace {

la_ssize_t append(archive*, void* user, const void* data, std::size_t size) {
    static_cast<std::string*>(user)->append(static_cast<const char*>(data), size);
    return static_cast<la_ssize_t>(size);
}

void check(archive* writer, int result) {
    if (result != ARCHIVE_OK) {
        const char* why = archive_error_string(writer);
        throw std::runtime_error(std::string("cannot pack the list: ") +
                                 (why == nullptr ? "out of memory" : why));
    }
}

}  // namespace

std::string tar_gz(const std::string& file_name, std::string_view content, int64_t modified_s) {
    std::string packed;
    const std::unique_ptr<archive, decltype(&archive_write_free)> writer(archive_write_new(),
                                                                         &archive_write_free);
    check(writer.get(), archive_write_add_filter_gzip(writer.get()));
    // Without it the packing time would make every answer another one.
    check(writer.get(),
          archive_write_set_filter_option(writer.get(), "gzip", "timestamp", nullptr));
    check(writer.get(), archive_write_set_format_ustar(writer.get()));
    check(writer.get(), archive_write_open(writer.get(), &packed, nullptr, &append, nullptr));
    const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(),
                                                                              &archive_entry_free);
    archive_entry_set_pathname(entry.get(), file_name.c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_mtime(entry.get(), modified_s, 0);
    check(writer.get(), archive_write_header(writer.get(), entry.get()));
    if (archive_write_data(writer.get(), content.data(), content.size()) !=
        static_cast<la_ssize_t>(content.size())) {
        check(writer.get(), ARCHIVE_FATAL);
    }
    check(writer.get(), archive_write_close(writer.get()));
    return packed;
}

}  // namespace eti::analysis
