#include "analysis/first_start.h"

#include "eti/ingest/encoding.h"
#include "eti/store/lists.h"
#include "eti/store/private_file.h"

#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace eti::analysis {
namespace {

constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kMaxKeyBytes = 64 * 1024;

bool has_token(Database& database, std::string_view name) {
    Query row = database.query("SELECT 1 FROM tokens WHERE name = ?", name);
    return row.next();
}

// The file comes first: a secret nobody can read must never count as made.
void write_secret(Database& database, const std::string& file, std::string_view name,
                  TokenKind kind, const std::string& secret, Timestamp now) {
    if (has_token(database, name) && std::filesystem::exists(file)) {
        return;
    }
    write_file(file, secret + "\n", 0600);
    save_token(database, name, kind, secret, now);
}

}  // namespace

std::string store_file(const std::string& directory) {
    return directory + "/eti.db";
}

void prepare_directory(const std::string& directory) {
    namespace fs = std::filesystem;
    std::error_code ec;
    if (fs::is_directory(directory, ec)) {
        return;
    }
    fs::create_directories(directory, ec);
    if (!ec) {
        fs::permissions(directory, fs::perms::owner_all, ec);
    }
    if (ec) {
        throw std::runtime_error("cannot create the data folder '" + directory +
                                 "': " + ec.message() + "; name another one with --data");
    }
}

void write_credentials(Database& database, const std::string& directory, Timestamp now) {
    write_secret(database, directory + "/token", "first start", TokenKind::FirstStart,
                 random_hex(kSecretBytes), now);
    write_secret(database, directory + "/login", "login", TokenKind::Login,
                 "admin:" + random_hex(kSecretBytes), now);
}

SigningKey feed_key(const std::string& directory, const std::string& key_file) {
    const std::string file = key_file.empty() ? directory + "/feed.key" : key_file;
    if (key_file.empty() && !std::filesystem::exists(file)) {
        write_file(file, SigningKey::generate().private_pem(), 0600);
    }
    SigningKey key = SigningKey::load(file);
    // Written only when it differs, so that a full disk does not keep a service from starting
    // again.
    const std::string public_file = directory + "/feed.pub";
    const std::string pem = key.public_pem();
    if (!std::filesystem::exists(public_file) || read_file(public_file, kMaxKeyBytes) != pem) {
        write_file(public_file, pem, 0644);
    }
    return key;
}

}  // namespace eti::analysis
