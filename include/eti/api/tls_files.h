// The service's TLS identity: files of the operator, or a small CA of its own.
#pragma once

#include <string>

namespace eti::analysis {

// make_tls_files writes DIR/ca.pem, DIR/server.pem and DIR/server.key unless they are there. The
// certificate names host (an address or a name), localhost and the loopback addresses.
// Throws std::runtime_error with the file and the remedy.
void make_tls_files(const std::string& directory, const std::string& host);

}  // namespace eti::analysis
