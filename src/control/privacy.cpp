#include "control/privacy.h"

#include "eti/base/durable_file.h"
#include "eti/net/ip_address.h"

#include <libpsl.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace eti::control {
namespace {

[[noreturn]] void fail(const std::string& key_file, const std::string& why) {
    throw std::runtime_error("services openeti privacy client-address needs the key " + key_file +
                             ": " + why);
}

}  // namespace

void Privacy::FreeList::operator()(psl_ctx_st* list) const {
    psl_free(list);
}

Privacy::Privacy(std::string key_file) : key_file_(std::move(key_file)) {
    read_key();
}

Privacy::~Privacy() = default;

// read_key leaves key_ empty when the file is not there or not whole.
void Privacy::read_key() {
    std::string bytes;
    std::string problem;
    digest::Aes128::Key key{};
    if (!key_file_.empty() &&
        read_bounded(key_file_, key.size(), bytes, problem) == ReadResult::Read &&
        bytes.size() == key.size()) {
        std::copy(bytes.begin(), bytes.end(), key.begin());
        key_ = key;
    }
}

void Privacy::prepare(const config::Privacy& next) {
    if (next.registrable_domains && !suffixes_) {
        suffixes_.reset(psl_latest(nullptr));  // the packaged list, else the library's own
        if (!suffixes_) {
            throw std::runtime_error(
                "services openeti privacy server-name needs the list of public suffixes; install "
                "the package publicsuffix");
        }
    }
    if (!next.hash_client_addresses || key_) {
        return;
    }
    std::string held;
    std::string problem;
    if (key_file_.empty() || read_bounded(key_file_, 0, held, problem) != ReadResult::Missing) {
        fail(key_file_, "it is there but cannot be read as 16 bytes; move it away for a new one");
    }
    digest::Aes128::Key key{};
    if (::getentropy(key.data(), key.size()) != 0) {
        fail(key_file_, "the system has no random bytes");
    }
    problem = write_durably(key_file_, {reinterpret_cast<const char*>(key.data()), key.size()});
    if (!problem.empty()) {
        fail(key_file_, problem);
    }
    key_ = key;
}

void Privacy::conceal(metadata::Record& record) {
    if (wanted_.hash_client_addresses && key_) {
        record.client.ip = pseudonym(record.client.ip);
    }
    if (wanted_.registrable_domains) {
        // Of a name that was cut, the end is not known, and only that may be told.
        auto& asked = record.client_hello.sni;
        asked.assign(asked.truncated() ? "" : registrable_domain(asked.view()));
        auto& looked_up = record.dns.name;
        looked_up.assign(looked_up.truncated() ? "" : registrable_domain(looked_up.view()));
    }
}

net::IpAddress Privacy::pseudonym(const net::IpAddress& address) {
    return net::IpAddress(cipher_.encrypt_block(*key_, address.bytes()));
}

std::vector<intel::InfectedHost> Privacy::reveal(std::vector<intel::InfectedHost> hosts) {
    if (!key_) {
        return hosts;
    }
    const std::size_t count = hosts.size();
    for (std::size_t i = 0; i < count; ++i) {
        if (hosts[i].ip.is_v4()) {
            continue;
        }
        const net::IpAddress own(cipher_.decrypt_block(*key_, hosts[i].ip.bytes()));
        if (own.is_v4()) {  // 96 bits agree: it was a pseudonym
            hosts[i].ip = own;
        } else if (wanted_.hash_client_addresses) {
            hosts.push_back(hosts[i]);
            hosts.back().ip = own;
        }
    }
    return hosts;
}

// A name that nobody registered, one of the local network, is not told at all.
std::string Privacy::registrable_domain(std::string_view name) const {
    if (net::parse_ip(name)) {
        return std::string(name);
    }
    std::string lower(name.substr(0, name.size() - (name.ends_with('.') ? 1 : 0)));
    std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    const char* domain = psl_registrable_domain(suffixes_.get(), lower.c_str());
    return domain == nullptr ? std::string() : std::string(domain);
}

}  // namespace eti::control
