#include "eti/store/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

namespace eti::analysis {
namespace {

[[noreturn]] void fail(const std::string& what, const std::string& file) {
    throw std::runtime_error("cannot " + what + " '" + file +
                             "': " + std::system_category().message(errno) +
                             "; check the folder's owner, permissions and free space");
}

void write_all(int descriptor, std::string_view text, const std::string& file) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno != EINTR) {
            ::close(descriptor);
            fail("write", file);
        }
        text.remove_prefix(static_cast<std::size_t>(written < 0 ? 0 : written));
    }
}

}  // namespace

void write_file(const std::string& file, std::string_view text, unsigned mode) {
    const std::string aside = file + ".new";
    ::unlink(aside.c_str());  // a leftover could have another owner or mode
    const int descriptor = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (descriptor < 0) {
        fail("create", aside);
    }
    write_all(descriptor, text, aside);
    const bool synced = ::fsync(descriptor) == 0;
    if (::close(descriptor) != 0 || !synced) {
        fail("write", aside);
    }
    if (::rename(aside.c_str(), file.c_str()) != 0) {
        fail("replace", file);
    }
}

std::string read_file(const std::string& file, std::size_t max_bytes) {
    std::error_code ec;
    const auto size = std::filesystem::file_size(file, ec);
    std::ifstream stream(file, std::ios::binary);
    if (ec || !stream) {
        errno = ec ? ec.value() : errno;
        fail("read", file);
    }
    if (size > max_bytes) {
        throw std::runtime_error("'" + file + "' is larger than " + std::to_string(max_bytes) +
                                 " bytes, more than is read");
    }
    return std::string(std::istreambuf_iterator<char>(stream), {});
}

}  // namespace eti::analysis
