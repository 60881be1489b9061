// One line of NDJSON to the whole record, as the extractor and the model take it. What a line says
// wrongly or not at all is absent; nothing in it can fail the caller.
//
// A record read back has the vector of the record that was written, but for what its line does not
// hold: bytes of the server's name that are no UTF-8, and, until its bytes are learned, version,
// number of extensions, size and issuer's URL of the certificate.
#pragma once

#include "eti/metadata/certificate_summary.h"
#include "eti/metadata/record.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eti::analysis {

struct FullRecord {
    metadata::Record record;                           // its id stays 0: key stands for it
    std::string key;                                   // sensor and id
    std::optional<metadata::CertificateSummary> leaf;  // what the record tells of its certificate
};

struct CertificateLine {
    Sha1Digest sha1{};
    std::vector<uint8_t> der;
};

// RecordReader keeps simdjson's buffers; one thread at a time.
class RecordReader {
  public:
    static constexpr std::size_t kMaxLineBytes = 256UL << 10;

    enum class Kind : uint8_t { Session, Certificate, Other };

    RecordReader();
    ~RecordReader();
    RecordReader(const RecordReader&) = delete;
    RecordReader& operator=(const RecordReader&) = delete;

    // read fills session or certificate and says which; Other: neither, or no JSON object. A
    // session has an id, a start since 1970 and two addresses, a certificate no more bytes than
    // sensors send, else it is Other.
    Kind read(std::string_view line, FullRecord& session, CertificateLine& certificate);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace eti::analysis
