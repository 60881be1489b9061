#include "eti/base/durable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace eti {
namespace {

class File {
  public:
    explicit File(int fd) : fd_(fd) {}
    ~File() {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int fd() const { return fd_; }
    bool open() const { return fd_ >= 0; }

  private:
    int fd_;
};

bool write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

bool write_new_file(const std::string& path, std::string_view bytes) {
    const File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    return file.open() && write_all(file.fd(), bytes) && ::fsync(file.fd()) == 0;
}

bool sync_folder(const std::string& path) {
    const File folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return folder.open() && ::fsync(folder.fd()) == 0;
}

std::string cannot(const char* what, const std::string& path, int error, const char* remedy) {
    return std::string("cannot ") + what + " " + path + ": " + std::strerror(error) + "; " + remedy;
}

constexpr const char* kWriteRemedy = "free space on that disk or correct its permissions";

std::string folder_of(const std::string& path) {
    return std::filesystem::path(path).parent_path().string();
}

bool read_to_end(int fd, std::size_t limit, std::string& bytes) {
    char chunk[64 * 1024];
    for (;;) {
        const ssize_t count = ::read(fd, chunk, sizeof chunk);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return false;
        }
        if (count == 0) {
            return true;
        }
        bytes.append(chunk, static_cast<std::size_t>(count));
        if (bytes.size() > limit) {
            errno = EFBIG;
            return false;
        }
    }
}

}  // namespace

bool make_private_folder(const std::string& path) {
    for (std::size_t end = path.find('/', 1); !path.empty(); end = path.find('/', end + 1)) {
        const std::string part = path.substr(0, end);
        if (::mkdir(part.c_str(), 0700) != 0 && errno != EEXIST) {
            return false;
        }
        if (end == std::string::npos) {
            break;
        }
    }
    return true;
}

StagedFile::StagedFile(std::string path) : path_(std::move(path)), temporary_(path_ + ".new") {}

StagedFile::~StagedFile() {
    if (!published_) {
        ::unlink(temporary_.c_str());
    }
}

std::string StagedFile::write(std::string_view bytes) {
    const bool written = make_private_folder(folder_of(path_)) && write_new_file(temporary_, bytes);
    return written ? std::string() : cannot("write", path_, errno, kWriteRemedy);
}

std::string StagedFile::publish() {
    published_ = ::rename(temporary_.c_str(), path_.c_str()) == 0;
    const bool durable = published_ && sync_folder(folder_of(path_));
    return durable ? std::string() : cannot("write", path_, errno, kWriteRemedy);
}

std::string write_durably(const std::string& path, std::string_view bytes) {
    StagedFile file(path);
    std::string problem = file.write(bytes);
    return problem.empty() ? file.publish() : problem;
}

std::string remove_durably(const std::string& path) {
    const bool removed = ::unlink(path.c_str()) == 0 || errno == ENOENT;
    return removed && sync_folder(folder_of(path))
               ? std::string()
               : cannot("remove", path, errno, "correct the permissions of its folder");
}

ReadResult read_bounded(const std::string& path, std::size_t limit, std::string& bytes,
                        std::string& problem) {
    bytes.clear();
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.open() && errno == ENOENT) {
        problem = cannot("read", path, ENOENT, "create it or correct the configured path");
        return ReadResult::Missing;
    }
    struct stat facts {};
    if (file.open() && ::fstat(file.fd(), &facts) == 0 && S_ISREG(facts.st_mode)) {
        if (read_to_end(file.fd(), limit, bytes)) {
            return ReadResult::Read;
        }
    } else if (file.open()) {
        errno = EINVAL;
    }
    const int error = errno;
    bytes.clear();
    problem = cannot("read", path, error,
                     "it must be a regular file of sensible size that the daemon may read");
    return ReadResult::Failed;
}

}  // namespace eti
