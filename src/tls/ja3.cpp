#include "eti/tls/fingerprint.h"
#include "eti/tls/registry.h"
#include "tls/extensions.h"
#include "tls/text_writer.h"

namespace eti::tls {
namespace {

// One comma-separated field: values joined by dashes.
class Field {
  public:
    explicit Field(TextWriter& text) : text_(text) { text_.put(','); }
    void add(uint16_t value) {
        if (!first_) {
            text_.put('-');
        }
        first_ = false;
        text_.decimal(value);
    }

  private:
    TextWriter& text_;
    bool first_ = true;
};

void put_values(TextWriter& text, wire::Reader values) {
    Field field(text);
    for (uint16_t value = 0; values.u16(value);) {
        if (!is_grease(value)) {
            field.add(value);
        }
    }
}

std::string_view result(const TextWriter& text) {
    return text.overflow() ? std::string_view{} : text.since(0);
}

}  // namespace

std::string_view ja3_text(const ClientHello& hello, std::span<char> buffer) {
    if (hello.ssl2_form) {
        return {};
    }
    TextWriter text(buffer);
    text.decimal(hello.version);
    put_values(text, hello.cipher_suites);
    Field extensions(text);
    for_each_extension(hello.extensions, [&extensions](uint16_t type, wire::Reader) {
        if (!is_grease(type)) {
            extensions.add(type);
        }
    });
    put_values(text, hello.supported_groups);
    Field point_formats(text);
    wire::Reader formats = hello.point_formats;
    for (uint8_t format = 0; formats.u8(format);) {
        point_formats.add(format);
    }
    return result(text);
}

std::string_view ja3s_text(const ServerHello& hello, std::span<char> buffer) {
    TextWriter text(buffer);
    text.decimal(hello.version);
    Field cipher(text);
    cipher.add(hello.cipher_suite);
    Field extensions(text);
    for_each_extension(hello.extensions,
                       [&extensions](uint16_t type, wire::Reader) { extensions.add(type); });
    return result(text);
}

}  // namespace eti::tls
