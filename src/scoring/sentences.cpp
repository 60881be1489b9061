#include "eti/scoring/behaviour.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>

namespace eti::analysis {
namespace {

using features::Feature;

struct YesNo {
    Feature feature;
    const char* yes;
    const char* no;
};
constexpr std::array kYesNo{
    YesNo{Feature::self_signed, "certificate is self-signed", "certificate is not self-signed"},
    YesNo{Feature::self_issued, "certificate names itself as issuer",
          "certificate has another issuer"},
    YesNo{Feature::chain_verifies, "certificate chain verifies",
          "certificate chain does not verify"},
    YesNo{Feature::issuer_known, "issuer is a known authority", "issuer is not a known authority"},
    YesNo{Feature::name_matches, "certificate is for the server's name",
          "certificate is not for the server's name"},
    YesNo{Feature::wildcard, "certificate covers a wildcard", "certificate covers no wildcard"},
    YesNo{Feature::organization, "certificate names an organization",
          "certificate names no organization"},
    YesNo{Feature::same_organization, "issuer and subject are the same organization",
          "issuer is another organization"},
    YesNo{Feature::cn_address, "common name is an address", "common name is no address"},
    YesNo{Feature::cn_plain, "common name has no dot", "common name has a dot"},
    YesNo{Feature::certificate, "a certificate was seen", "no certificate was seen"},
    YesNo{Feature::sni, "client names the server", "client names no server"},
    YesNo{Feature::sni_common_tld, "server's name has a common top-level domain",
          "server's name has an uncommon top-level domain"},
    YesNo{Feature::sni_deep, "server's name has more than three labels",
          "server's name has three labels or fewer"},
    YesNo{Feature::dynamic_dns, "server's name is of a dynamic DNS service",
          "server's name is of no dynamic DNS service"},
    YesNo{Feature::free_authority, "certificate is of a free authority",
          "certificate is of no free authority"},
    YesNo{Feature::port_443, "port is 443", "port is not 443"},
    YesNo{Feature::port_high, "port is 1024 or above", "port is below 1024"},
    YesNo{Feature::server_first, "server sends the first message",
          "client sends the first message"},
    YesNo{Feature::last_out, "client sends the last message", "server sends the last message"},
};

// One %s for the value with its unit, or with what is counted. Shares are percent, what the table
// calls log is taken back.
struct Amount {
    Feature feature;
    const char* text;
    std::string_view one = {};  // what is counted
};
constexpr std::array kAmounts{
    Amount{Feature::duration, "session lasts %s"},
    Amount{Feature::bytes_out, "client sends %s in all"},
    Amount{Feature::bytes_in, "server sends %s in all"},
    Amount{Feature::messages_out, "client sends %s", "message"},
    Amount{Feature::messages_in, "server sends %s", "message"},
    Amount{Feature::longest_gap, "longest silence is %s"},
    Amount{Feature::largest_out, "client's largest message has %s"},
    Amount{Feature::largest_in, "server's largest message has %s"},
    Amount{Feature::spread_out, "sizes of the client's messages spread by %s"},
    Amount{Feature::spread_in, "sizes of the server's messages spread by %s"},
    Amount{Feature::same_out, "%s of the client's messages have one size"},
    Amount{Feature::same_in, "%s of the server's messages have one size"},
    Amount{Feature::answer_time, "server answers after %s"},
    Amount{Feature::start_delay, "first message comes %s after the handshake"},
    Amount{Feature::out_1, "client's first message has %s"},
    Amount{Feature::in_1, "server's first message has %s"},
    Amount{Feature::out_2, "client's second message has %s"},
    Amount{Feature::in_2, "server's second message has %s"},
    Amount{Feature::out_3, "client's third message has %s"},
    Amount{Feature::in_3, "server's third message has %s"},
    Amount{Feature::time_2, "second message follows after %s"},
    Amount{Feature::time_3, "third message follows after %s"},
    Amount{Feature::time_4, "fourth message follows after %s"},
    Amount{Feature::time_5, "fifth message follows after %s"},
    Amount{Feature::sni_length, "server's name has %s", "character"},
    Amount{Feature::sni_labels, "server's name has %s", "label"},
    Amount{Feature::sni_entropy, "server's second-level label has %s bits of entropy a letter"},
    Amount{Feature::sni_digits, "server's second-level label is %s digits"},
    Amount{Feature::sni_vowels, "server's second-level label is %s vowels"},
    Amount{Feature::validity, "certificate is made for %s", "day"},
    Amount{Feature::age, "certificate is %s old", "day"},
    Amount{Feature::left, "certificate is valid for another %s", "day"},
    Amount{Feature::names, "certificate has %s", "alternative name"},
    Amount{Feature::chain_length, "server sends a chain of %s", "certificate"},
    Amount{Feature::subject_attributes, "certificate's subject has %s", "attribute"},
    Amount{Feature::cn_entropy, "common name has %s bits of entropy a letter"},
};

template <typename Row, std::size_t N>
const Row* row_of(const std::array<Row, N>& rows, Feature feature) {
    const auto found = std::ranges::find(rows, feature, &Row::feature);
    return found == rows.end() ? nullptr : &*found;
}

template <typename... Values>
std::string printed(const char* format, Values... values) {
    std::array<char, 160> text{};
    std::snprintf(text.data(), text.size(), format, values...);
    return text.data();
}

std::string number(double value) {
    return printed(value >= 10 || value == std::floor(value) ? "%.0f" : "%.1f", value);
}

std::string seconds(double value) {
    return value < 1 ? printed("%.0f ms", value * 1000) : number(value) + " s";
}

std::string counted(double value, std::string_view one) {
    std::string text = number(value);
    const bool single = text == "1";
    return text.append(" ").append(one).append(single ? "" : "s");
}

std::string amount(float value, std::string_view unit) {
    const double plain = unit.starts_with("log") ? std::pow(10.0, double{value}) - 1 : value;
    return unit == "log s"       ? seconds(plain)
           : unit == "log bytes" ? counted(std::round(plain), "byte")
           : unit == "0..1"      ? printed("%.0f %%", plain * 100)
                                 : number(plain);
}

}  // namespace

bool is_plain(Feature feature) {
    return row_of(kYesNo, feature) != nullptr;
}

std::string sentence(Feature feature, float value) {
    const auto& row = features::feature_table()[static_cast<std::size_t>(feature)];
    if (std::isnan(value)) {
        return std::string(row.definition) + ": not seen";
    }
    if (const YesNo* text = row_of(kYesNo, feature)) {
        return value > 0 ? text->yes : text->no;
    }
    if (feature == Feature::ratio) {
        return value > 0 ? "client sends more than the server"
                         : "server sends more than the client";
    }
    if (feature == Feature::age && value < 0) {
        return "certificate is not valid yet";
    }
    if (feature == Feature::age && value < 1) {
        return "certificate is " + counted(double{value} * 24, "hour") + " old";
    }
    if (feature == Feature::left && value < 0) {
        return "certificate expired " + counted(-double{value}, "day") + " ago";
    }
    const Amount* known = row_of(kAmounts, feature);
    if (known == nullptr) {
        return std::string(row.definition) + ": " + amount(value, row.unit);
    }
    const std::string text =
        known->one.empty() ? amount(value, row.unit) : counted(double{value}, known->one);
    return printed(known->text, text.c_str());
}

}  // namespace eti::analysis
