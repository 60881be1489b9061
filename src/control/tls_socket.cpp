#include "control/tls_socket.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <array>
#include <stdexcept>

namespace eti::control {
namespace {

std::string openssl_reason() {
    std::array<char, 256> text{};
    const unsigned long code = ::ERR_get_error();
    ::ERR_clear_error();
    if (code == 0) {
        return "the connection broke off";
    }
    ::ERR_error_string_n(code, text.data(), text.size());
    return text.data();
}

void require(bool done, const std::string& what) {
    if (!done) {
        throw std::runtime_error(
            what + ": " + openssl_reason() +
            "; correct the file named in the pki or ssl initiation statements");
    }
}

}  // namespace

TlsSettings::TlsSettings(const config::TlsProfile& profile)
    : context_(::SSL_CTX_new(::TLS_client_method()), &::SSL_CTX_free) {
    require(context_ != nullptr, "TLS");
    ::SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
    ::SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    ::SSL_CTX_set_mode(context_.get(),
                       SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (profile.trusted_ca_file.empty()) {
        require(::SSL_CTX_set_default_verify_paths(context_.get()) == 1, "the system's CA bundle");
    } else {
        require(::SSL_CTX_load_verify_locations(context_.get(), profile.trusted_ca_file.c_str(),
                                                nullptr) == 1,
                profile.trusted_ca_file);
    }
    if (!profile.client_certificate_file.empty()) {
        require(::SSL_CTX_use_certificate_chain_file(context_.get(),
                                                     profile.client_certificate_file.c_str()) == 1,
                profile.client_certificate_file);
        require(::SSL_CTX_use_PrivateKey_file(context_.get(), profile.client_key_file.c_str(),
                                              SSL_FILETYPE_PEM) == 1,
                profile.client_key_file);
    }
}

TlsSocket::TlsSocket(const TlsSettings& settings, int fd, const std::string& address)
    : ssl_(::SSL_new(settings.context()), &::SSL_free) {
    require(ssl_ != nullptr && ::SSL_set_fd(ssl_.get(), fd) == 1, "TLS");
    ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(ssl_.get()), address.c_str());
    ::SSL_set_connect_state(ssl_.get());
}

IoResult TlsSocket::result_of(int code) {
    switch (::SSL_get_error(ssl_.get(), code)) {
        case SSL_ERROR_WANT_READ:
            return IoResult::WantRead;
        case SSL_ERROR_WANT_WRITE:
            return IoResult::WantWrite;
        case SSL_ERROR_ZERO_RETURN:
            error_ = "the receiver closed the connection";
            return IoResult::Closed;
        default: {
            const long verified = ::SSL_get_verify_result(ssl_.get());
            error_ = verified == X509_V_OK
                         ? openssl_reason()
                         : "its certificate is not accepted: " +
                               std::string(::X509_verify_cert_error_string(verified));
            ::ERR_clear_error();
            return IoResult::Closed;
        }
    }
}

IoResult TlsSocket::handshake() {
    ::ERR_clear_error();
    const int code = ::SSL_do_handshake(ssl_.get());
    return code == 1 ? IoResult::Done : result_of(code);
}

IoResult TlsSocket::write(std::string_view bytes, std::size_t& written) {
    ::ERR_clear_error();
    written = 0;
    const int code = ::SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &written);
    return code == 1 ? IoResult::Done : result_of(code);
}

IoResult TlsSocket::read_and_discard() {
    std::array<char, 1024> ignored{};
    for (;;) {
        ::ERR_clear_error();
        std::size_t size = 0;
        const int code = ::SSL_read_ex(ssl_.get(), ignored.data(), ignored.size(), &size);
        if (code != 1) {
            const IoResult result = result_of(code);
            return result == IoResult::Closed ? result : IoResult::Done;
        }
    }
}

}  // namespace eti::control
