// Names of certificates as text.
#pragma once

#include <openssl/x509.h>

#include <string>
#include <vector>

namespace eti::x509 {

inline constexpr std::size_t kMaxAlternativeNames = 100;

// name_text writes a distinguished name as RFC 2253 says, in UTF-8; control characters, NUL
// included, come out as \NN.
std::string name_text(const X509_NAME* name);

// alternative_names appends the DNS names and IP addresses; returns whether there were more than
// kMaxAlternativeNames.
bool alternative_names(const X509* certificate, std::vector<std::string>& names);

}  // namespace eti::x509
