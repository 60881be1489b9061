// JSON text written straight into a string: one line, always valid UTF-8.
#pragma once

#include "eti/base/hex.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace eti::metadata {

// append_json_string appends bytes of unknown origin as a JSON string. Well-formed UTF-8 passes;
// control characters (C0, DEL, C1) and the line separators U+2028 and U+2029 become \uXXXX; a byte
// that is not UTF-8 becomes the four characters \xNN.
void append_json_string(std::string& out, std::string_view bytes);

// JsonWriter sets the commas and colons. The caller balances begin and end.
class JsonWriter {
  public:
    explicit JsonWriter(std::string& out) : out_(out) {}

    void begin_object() { open('{'); }
    void end_object() { close('}'); }
    void begin_array() { open('['); }
    void end_array() { close(']'); }

    // key takes names of ours, which need no escaping.
    JsonWriter& key(std::string_view name) {
        char* at = extend(name.size() + 3);
        *at++ = '"';
        at = std::copy(name.begin(), name.end(), at);
        *at++ = '"';
        *at = ':';
        comma_ = false;
        return *this;
    }
    void text(std::string_view bytes) {
        separate();
        append_json_string(out_, bytes);
    }
    // hex writes the bytes as a string of lower-case digits.
    void hex(std::span<const uint8_t> bytes) {
        char* at = extend(2 * bytes.size() + 2);
        *at = '"';
        *write_hex(bytes, at + 1) = '"';
    }
    void boolean(bool value) {
        separate();
        out_.append(value ? "true" : "false");
    }
    template <std::integral T>
    void number(T value) {
        std::array<char, 25> text;
        text[0] = ',';
        const auto end = std::to_chars(text.data() + 1, text.data() + text.size(), value).ptr;
        out_.append(text.data() + (comma_ ? 0 : 1), end);
        comma_ = true;
    }

    void text_if_any(std::string_view name, std::string_view bytes) {
        if (!bytes.empty()) {
            key(name).text(bytes);
        }
    }
    void flag_if(std::string_view name, bool value) {
        if (value) {
            key(name).boolean(true);
        }
    }
    template <typename List, typename Write>
    void array(std::string_view name, const List& list, Write write) {
        key(name).begin_array();
        for (const auto& value : list) {
            write(value);
        }
        end_array();
    }

  private:
    // extend makes room behind the separator for so many characters. One step, because most of a
    // record is short keys and numbers.
    char* extend(std::size_t size) {
        const std::size_t at = out_.size();
        const std::size_t comma = comma_ ? 1 : 0;
        out_.resize(at + comma + size, ',');
        comma_ = true;
        return out_.data() + at + comma;
    }
    void separate() {
        if (comma_) {
            out_.push_back(',');
        }
        comma_ = true;
    }
    void open(char bracket) {
        separate();
        out_.push_back(bracket);
        comma_ = false;
    }
    void close(char bracket) {
        out_.push_back(bracket);
        comma_ = true;
    }

    std::string& out_;
    bool comma_ = false;
};

}  // namespace eti::metadata
