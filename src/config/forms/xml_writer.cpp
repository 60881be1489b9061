#include "config/candidate/statement_text.h"
#include "config/forms/element.h"
#include "config/forms/xml.h"

namespace eti::config {
namespace {

constexpr const char* kNamespace = "http://xml.juniper.net/junos/24.4R1/junos";

class XmlWriter {
  public:
    XmlWriter(const XmlOptions& options, unsigned indent) : options_(options), depth_(indent) {}

    std::string run(const ConfigNode& top) {
        open("configuration", {});
        for (const auto& child : top.children()) {
            write(*child);
        }
        close("configuration");
        return std::move(out_);
    }

  private:
    void write(const ConfigNode& node) {
        if (!node.comment.empty()) {
            write_leaf("junos:comment", {}, with_marks(node.comment));
        }
        const std::string_view name = node.statement.name();
        const std::string attributes = attributes_of(node);
        if (node.statement.kind() == Kind::Leaf || node.statement.kind() == Kind::LeafList) {
            const bool hidden = options_.mask && node.statement.secret();
            write_leaf(name, attributes, hidden ? kSecret : std::string_view(node.values.at(0)));
        } else if (node.values.empty() && node.children().empty()) {
            line("<").append(name).append(attributes).append("/>\n");
        } else {
            open(name, attributes);
            write_keys(node);
            for (const auto& child : node.children()) {
                write(*child);
            }
            close(name);
        }
    }

    void write_keys(const ConfigNode& node) {
        std::size_t i = 0;
        for (const Statement& key : node.statement.keys()) {
            write_leaf(key.name(), {}, node.values.at(i++));
        }
    }

    std::string attributes_of(const ConfigNode& node) const {
        std::string text = node.inactive ? " inactive=\"inactive\"" : "";
        text += node.protect ? " protect=\"protect\"" : "";
        if (options_.changed != nullptr && options_.changed->count(&node) != 0) {
            text += " junos:changed=\"changed\"";
        }
        return text;
    }

    void open(std::string_view name, std::string_view attributes) {
        line("<").append(name).append(attributes).append(">\n");
        ++depth_;
    }
    void close(std::string_view name) {
        --depth_;
        line("</").append(name).append(">\n");
    }
    void write_leaf(std::string_view name, std::string_view attributes, std::string_view value) {
        line("<").append(name).append(attributes).append(">");
        escape(value);
        out_.append("</").append(name).append(">\n");
    }

    std::string& line(std::string_view start) {
        return out_.append(depth_ * 4UL, ' ').append(start);
    }

    void escape(std::string_view text) {
        for (const char c : text) {
            if (c == '&') {
                out_ += "&amp;";
            } else if (c == '<') {
                out_ += "&lt;";
            } else if (c == '>') {
                out_ += "&gt;";
            } else {
                out_ += c;
            }
        }
    }

    const XmlOptions& options_;
    std::size_t depth_;
    std::string out_;
};

}  // namespace

std::string write_xml(const ConfigNode& top, const XmlOptions& options, unsigned indent) {
    return XmlWriter(options, indent).run(top);
}

std::string write_xml_reply(const ConfigNode& top, const XmlOptions& options,
                            const std::string& banner) {
    return std::string("<rpc-reply xmlns:junos=\"") + kNamespace + "\">\n" +
           write_xml(top, options, 1) + "    <cli>\n        <banner>" + banner +
           "</banner>\n    </cli>\n</rpc-reply>\n";
}

}  // namespace eti::config
