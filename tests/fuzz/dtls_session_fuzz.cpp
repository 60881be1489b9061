// Datagrams of both directions: one byte of direction (lowest bit), two of length, then the bytes.
// A datagram that comes twice must change nothing but the counts of records and alerts.
#include "eti/base/check.h"
#include "eti/tls/dtls_session.h"
#include "eti/wire/reader.h"
#include "tests/fuzz/cut_chunks.h"
#include "tests/support/tls_log.h"

#include <algorithm>
#include <string>
#include <vector>

namespace {

using eti::tls::AssemblyPool;
using eti::tls::DtlsSession;

// One more than a session can hold at once, because a message that grows has two for a moment.
constexpr uint32_t kBuffers = 5;

AssemblyPool& pool() {
    static AssemblyPool instance(kBuffers, kBuffers);
    return instance;
}

// Also notes whether a hello could not be read, between records: what replaces it undoes the error.
class Log : public eti::test::TlsLog {
  public:
    explicit Log(const DtlsSession& session) : session_(session) {}
    bool hello_unread() {
        using eti::tls::SessionError;
        hello_unread_ |= session_.error() == SessionError::ClientHello ||
                         session_.error() == SessionError::ServerHello;
        return hello_unread_;
    }

  private:
    void record(eti::Direction, eti::tls::ContentType, uint16_t) override { hello_unread(); }
    void alert(eti::Direction, uint8_t, uint8_t) override {}

    const DtlsSession& session_;
    bool hello_unread_ = false;
};

struct Result {
    std::string text;  // empty: it gave up
    bool hello_unread = false;
};

Result run(eti::wire::Reader input, int times) {
    DtlsSession session;
    Log log(session);
    uint8_t direction = 0;
    uint16_t length = 0;
    while (input.u8(direction) && input.u16(length)) {
        eti::wire::Reader datagram;
        if (!input.take(std::min<std::size_t>(length, input.remaining()), datagram)) {
            break;
        }
        for (int i = 0; i < times; ++i) {
            session.feed(static_cast<eti::Direction>(direction & 1), datagram.bytes(), pool(), log);
            log.hello_unread();
        }
    }
    const std::string result = log.text() + std::to_string(static_cast<int>(session.error())) +
                               (session.certificate_complete() ? " certificate" : "") +
                               (session.tls13() ? " 13" : "");
    const bool gave_up = session.state() == eti::tls::SessionState::NotTls;
    const bool hello_unread = log.hello_unread();
    session.reset(pool());
    eti::fuzz::check_nothing_kept(pool());
    return {gave_up ? "" : result, hello_unread};
}

bool once_at_most(const std::string& log, const char* event) {
    const std::size_t first = log.find(event);
    return first == std::string::npos || log.find(event, first + 1) == std::string::npos;
}

// What counts as encrypted depends on whether the flow was known to be DTLS before, and a
// certificate without its ServerHello is read when encrypted records come.
bool hello_comes_first(const std::string& log) {
    return log.find("server_hello") < log.find("begin");
}

// Hellos that replace each other do so each time they come, also those that cannot be read.
bool comparable(const Result& result) {
    return !result.hello_unread && once_at_most(result.text, "client_hello") &&
           once_at_most(result.text, "server_hello") && hello_comes_first(result.text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const eti::wire::Reader input(std::span<const uint8_t>(data, size));
    const Result once = run(input, 1);
    const Result twice = comparable(once) ? run(input, 2) : Result{};
    ETI_CHECK(twice.hello_unread || !hello_comes_first(twice.text) || once.text == twice.text);
    return 0;
}
