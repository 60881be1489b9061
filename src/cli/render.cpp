#include "cli/render.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <ctime>

namespace eti::cli {
namespace {

using Json = nlohmann::ordered_json;

// The release whose element names and grammar the commands follow.
constexpr std::string_view kJunosNamespace = "http://xml.juniper.net/junos/24.4R1/junos";
constexpr std::string_view kBanner = "    <cli>\n        <banner></banner>\n    </cli>\n";

Json json_of(const Element& element) {
    Json object = Json::object();
    if (element.children.empty()) {
        if (!element.value.empty()) {
            object["data"] = element.value;
        }
        return object;
    }
    for (const Element& child : element.children) {
        object[child.name].push_back(json_of(child));
    }
    return object;
}

void append_xml_text(std::string& out, std::string_view text) {
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                // XML 1.0 section 2.2 allows no control characters but these.
                out += (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') ? '?' : c;
        }
    }
}

void append_xml(std::string& out, const Element& element, std::size_t depth,
                const std::string& attributes = {}) {
    const std::string indent(depth * 4, ' ');
    out += indent + "<" + element.name + attributes + ">";
    if (element.children.empty()) {
        append_xml_text(out, element.value);
    } else {
        out += "\n";
        for (const Element& child : element.children) {
            append_xml(out, child, depth + 1);
        }
        out += indent;
    }
    out += "</" + element.name + ">\n";
}

}  // namespace

std::string render_json(const Element& tree) {
    Json root = Json::object();
    root[tree.name].push_back(json_of(tree));
    return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string render_xml(const Element& tree) {
    const std::string name(kJunosNamespace);
    std::string out = "<rpc-reply xmlns:junos=\"" + name + "\">\n";
    append_xml(out, tree, 1, " xmlns=\"" + name + "-eti\"");
    out += std::string(kBanner) + "</rpc-reply>\n";
    return out;
}

std::string render_rpc(const Element& call) {
    std::string out = "<rpc-reply xmlns:junos=\"" + std::string(kJunosNamespace) + "\">\n";
    append_xml(out, Element::group("rpc", {call}), 1);
    out += std::string(kBanner) + "</rpc-reply>\n";
    return out;
}

std::string pad(std::string_view text, std::size_t width) {
    std::string out(text);
    out.append(text.size() < width ? width - text.size() : 1, ' ');
    return out;
}

std::string number_block(const std::vector<LabelledNumber>& rows, std::size_t end) {
    for (const LabelledNumber& row : rows) {
        end = std::max(end, row.label.size() + 1 + std::to_string(row.value).size());
    }
    std::string out;
    for (const LabelledNumber& row : rows) {
        const std::string number = std::to_string(row.value);
        out += row.label;
        out.append(end - row.label.size() - number.size(), ' ');
        out += number + "\n";
    }
    return out;
}

std::string or_unknown(std::string_view text) {
    return text.empty() ? "N/A" : std::string(text);
}

std::string local_time(Timestamp time) {
    if (time == Timestamp{}) {
        return "N/A";
    }
    const auto seconds = static_cast<std::time_t>(
        std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
    std::tm local{};
    ::localtime_r(&seconds, &local);
    char buffer[64];
    return {buffer, std::strftime(buffer, sizeof buffer, "%Y-%m-%d %H:%M:%S %Z", &local)};
}

}  // namespace eti::cli
