#include "eti/cli/command_server.h"

#include "eti/cli/protocol.h"
#include "tests/support/fixed_backend.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

namespace eti::cli {
namespace {

using nlohmann::json;

class SocketClient {
  public:
    explicit SocketClient(const std::string& path)
        : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path.data(), path.size());
        connected_ =
            ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    ~SocketClient() { ::close(fd_); }
    SocketClient(const SocketClient&) = delete;
    SocketClient& operator=(const SocketClient&) = delete;

    bool connected() const { return connected_; }
    void send(const std::string& text) {
        ASSERT_EQ(::send(fd_, text.data(), text.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(text.size()));
    }
    void finish() { ::shutdown(fd_, SHUT_WR); }
    // read takes what is there; closed() tells when the server hung up.
    std::string read() {
        std::string text;
        std::array<char, 65536> buffer;
        for (;;) {
            const ssize_t size = ::recv(fd_, buffer.data(), buffer.size(), 0);
            closed_ = closed_ || size == 0 || (size < 0 && errno == ECONNRESET);
            if (size <= 0) {
                return text;
            }
            text.append(buffer.data(), static_cast<std::size_t>(size));
        }
    }
    bool closed() const { return closed_; }

  private:
    int fd_;
    bool connected_ = false;
    bool closed_ = false;
};

std::string request(const std::string& line) {
    return json{{"id", 7}, {"operation", "execute"}, {"line", line}, {"mode", "operational"}}
               .dump() +
           "\n";
}

class CommandServerTest : public testing::Test {
  protected:
    CommandServerTest() {
        std::string name = (std::filesystem::temp_directory_path() / "eti-cli-XXXXXX").string();
        directory_ = ::mkdtemp(name.data());
        path_ = (directory_ / "s").string();
    }
    ~CommandServerTest() override { std::filesystem::remove_all(directory_); }

    void start(CommandServerLimits limits = {}) {
        server_.emplace(loop_, interpreter_, backend_, path_, limits);
    }
    // turn lets the loop do what is ready; nothing here depends on time.
    void turn(int times = 8) {
        for (int i = 0; i < times; ++i) {
            loop_.turn(std::chrono::milliseconds(0));
        }
    }
    std::string ask(SocketClient& client, const std::string& text) {
        client.send(text);
        std::string answer;
        for (int i = 0; i < 1000 && !answer.ends_with('\n') && !client.closed(); ++i) {
            turn(1);
            answer += client.read();
        }
        return answer;
    }

    FixedBackend backend_;
    Interpreter interpreter_{backend_};
    control::EventLoop loop_{std::chrono::milliseconds(1)};
    std::filesystem::path directory_;
    std::string path_;
    std::optional<CommandServer> server_;
};

TEST_F(CommandServerTest, AnswersExecuteAndComplete) {
    start();
    SocketClient client(path_);
    ASSERT_TRUE(client.connected());
    const json answer = json::parse(ask(client, request("show version | count")));
    EXPECT_EQ(answer["id"], 7);
    EXPECT_EQ(answer["ok"], true);
    EXPECT_EQ(answer["host"], "eti1");
    EXPECT_EQ(answer["output"], "Count: 3 lines\n");
    const json completed =
        json::parse(ask(client, "{\"id\":\"x\",\"operation\":\"complete\",\"line\":\"show v\"}\n"));
    EXPECT_EQ(completed["id"], "x");
    EXPECT_EQ(completed["completions"][0]["word"], "version");
    EXPECT_EQ(completed["column"], 5);
    const json wrong = json::parse(ask(client, request("show foo")));
    EXPECT_EQ(wrong["ok"], false);
    EXPECT_EQ(wrong["column"], 5);
}

TEST_F(CommandServerTest, BadRequestsAreAnsweredAndTheConnectionStays) {
    start();
    SocketClient client(path_);
    for (const char* bad :
         {"", "no json", "[]", "{}", "{\"line\":1}", "{\"line\":\"x\",\"operation\":\"dance\"}",
          "{\"line\":\"x\",\"mode\":\"configuration\"}", "{\"line\":\"x\",\"id\":[1]}",
          "{\"line\":\"x\",\"operation\":7}", "\xff\xfe", "{\"line\":\"show version\""}) {
        SCOPED_TRACE(bad);
        const json answer = json::parse(ask(client, std::string(bad) + "\n"));
        EXPECT_EQ(answer["ok"], false);
        EXPECT_TRUE(answer["output"].get<std::string>().starts_with("error: "));
    }
    EXPECT_EQ(json::parse(ask(client, request("show version")))["ok"], true);
}

TEST_F(CommandServerTest, RequestsArriveInAnyPieces) {
    start();
    SocketClient client(path_);
    const std::string text = request("show version | last 1");
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        client.send(text.substr(i, 1));
        turn(1);
        EXPECT_EQ(client.read(), "");
    }
    EXPECT_EQ(json::parse(ask(client, "\n"))["output"], "Version: 0.1.0\n");
    client.send(text + text);
    turn();
    const std::string two = client.read();
    EXPECT_EQ(std::count(two.begin(), two.end(), '\n'), 2);
}

TEST_F(CommandServerTest, ALineWithoutEndIsRefusedAndClosed) {
    start();
    SocketClient client(path_);
    const std::string answer = ask(client, std::string(kMaxRequestBytes + 5000, 'x'));
    EXPECT_NE(answer.find("the line is too long"), std::string::npos);
    turn();
    client.read();
    EXPECT_TRUE(client.closed());
    EXPECT_EQ(server_->clients(), 0U);
}

TEST_F(CommandServerTest, AClientThatFinishesFirstStillGetsItsAnswer) {
    start();
    SocketClient client(path_);
    client.send(request("show version"));
    client.finish();
    turn();
    EXPECT_NE(client.read().find("openeti"), std::string::npos);
    EXPECT_TRUE(client.closed());
}

TEST_F(CommandServerTest, ASlowReaderBlocksNobodyAndIsDropped) {
    backend_.listing.sessions.assign(3'000, sample_session(1));
    start({.clients = 32, .stalled = std::chrono::milliseconds(0)});
    SocketClient slow(path_);
    slow.send(request("show security flow session"));
    loop_.turn(std::chrono::milliseconds(0));
    SocketClient quick(path_);
    EXPECT_EQ(json::parse(ask(quick, request("show version")))["ok"], true);
    for (int i = 0; i < 100'000 && server_->clients() > 1; ++i) {
        turn(1);
    }
    EXPECT_EQ(server_->clients(), 1U);
    EXPECT_EQ(json::parse(ask(quick, request("show version")))["ok"], true);
}

TEST_F(CommandServerTest, ALargeAnswerArrivesWhole) {
    backend_.listing.sessions.assign(3'000, sample_session(1));
    start();
    SocketClient client(path_);
    const json answer = json::parse(ask(client, request("show security flow session")));
    EXPECT_TRUE(answer["output"].get<std::string>().ends_with("Total sessions: 3000\n"));
}

TEST_F(CommandServerTest, AClientThatLeavesBeforeItsAnswerIsForgotten) {
    backend_.hold_sessions = true;
    start();
    {
        SocketClient client(path_);
        client.send(request("show security flow session"));
        turn();
        ASSERT_EQ(backend_.held.size(), 1U);
    }
    turn();
    EXPECT_EQ(server_->clients(), 0U);
    backend_.held[0](backend_.listing);
    server_.reset();
    backend_.held[0](backend_.listing);  // nor does a late answer find a server that is gone
}

TEST_F(CommandServerTest, ClientsAreBounded) {
    start({.clients = 2});
    SocketClient first(path_);
    SocketClient second(path_);
    turn();
    SocketClient third(path_);
    turn();
    third.read();
    EXPECT_TRUE(third.closed());
    EXPECT_EQ(server_->clients(), 2U);
}

TEST_F(CommandServerTest, TheFileIsPrivateToItsGroupAndGoesWithTheServer) {
    start();
    struct stat info {};
    ASSERT_EQ(::stat(path_.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777U, 0660U);
    server_.reset();
    EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(CommandServerTest, AStaleFileIsReplacedALiveOneIsNot) {
    const int stale = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.data(), path_.size());
    ASSERT_EQ(::bind(stale, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ::close(stale);
    start();
    SocketClient client(path_);
    EXPECT_TRUE(client.connected());
    try {
        CommandServer second(loop_, interpreter_, backend_, path_);
        FAIL() << "two servers on one socket";
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string(error.what()).find("another daemon listens there"),
                  std::string::npos);
    }
    EXPECT_EQ(json::parse(ask(client, request("show version")))["ok"], true);
}

TEST_F(CommandServerTest, AFileThatIsNoSocketIsLeftAlone) {
    std::ofstream(path_) << "precious";
    EXPECT_THROW(start(), std::runtime_error);
    EXPECT_TRUE(std::filesystem::exists(path_));
}

// The real client program against the real server.
class ProgramTest : public CommandServerTest {
  protected:
    struct Result {
        int status = -1;
        std::string out;
        std::string err;
    };
    static std::string content(const std::filesystem::path& path) {
        std::ifstream file(path);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    Result eti(const std::string& arguments) {
        const std::string command = std::string(ETI_BINARY_DIR "/bin/eti ") + arguments + " >" +
                                    (directory_ / "out").string() + " 2>" +
                                    (directory_ / "err").string() + " </dev/null";
        Result result;
        std::thread other([&] {
            result.status = WEXITSTATUS(::system(command.c_str()));
            loop_.stop();
        });
        loop_.run();
        other.join();
        result.out = content(directory_ / "out");
        result.err = content(directory_ / "err");
        return result;
    }
    std::string socket_option() const { return "--socket " + path_; }
};

TEST_F(ProgramTest, PrintsAnswersInOrder) {
    start();
    const Result result =
        eti(socket_option() + " -c 'show version | last 1' -c 'show version | count'");
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(result.out, "Version: 0.1.0\nCount: 3 lines\n");
}

TEST_F(ProgramTest, AFailedCommandIsShownWithItsCaret) {
    start();
    const Result result = eti(socket_option() + " -c 'show foo' -c 'show version'");
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, "show foo\n     ^\nsyntax error, expecting <command>.\n");
}

TEST_F(ProgramTest, RunsAFileUntilACommandFails) {
    start();
    std::ofstream(directory_ / "commands")
        << "# first\n\nshow version | count\nshow foo\nshow version\n";
    const Result result = eti(socket_option() + " -f " + (directory_ / "commands").string());
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(result.out, "Count: 3 lines\n");
    EXPECT_NE(result.err.find("commands:4: the command failed"), std::string::npos);
}

TEST_F(ProgramTest, WithoutADaemonItSaysSo) {
    const Result result = eti(socket_option() + " -c 'show version'");
    EXPECT_EQ(result.status, 2);
    EXPECT_NE(result.err.find("cannot reach etid at " + path_), std::string::npos);
    EXPECT_NE(result.err.find("--socket"), std::string::npos);
}

}  // namespace
}  // namespace eti::cli
