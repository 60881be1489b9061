#include "eti/feeds/feed_file.h"

#include <sys/stat.h>

namespace eti::analysis {

bool FeedFile::changed() {
    Stamp now;
    struct stat facts {};
    if (::stat(file_.c_str(), &facts) == 0) {
        constexpr int64_t kSecond = 1'000'000'000;
        now = {facts.st_mtim.tv_sec * kSecond + facts.st_mtim.tv_nsec, facts.st_size, facts.st_ino};
    }
    const bool differs = !looked_ || now != seen_;
    looked_ = true;
    seen_ = now;
    return differs;
}

}  // namespace eti::analysis
