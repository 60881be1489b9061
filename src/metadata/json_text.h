// JSON text written straight into a string: one line, always valid UTF-8.
#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <cstdint>
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
        separate();
        out_.append(1, '"').append(name).append("\":");
        comma_ = false;
        return *this;
    }
    void text(std::string_view bytes) {
        separate();
        append_json_string(out_, bytes);
    }
    void boolean(bool value) {
        separate();
        out_.append(value ? "true" : "false");
    }
    template <std::integral T>
    void number(T value) {
        separate();
        std::array<char, 24> digits;
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
        out_.append(digits.data(), end);
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
