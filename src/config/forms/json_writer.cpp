#include "config/candidate/statement_text.h"
#include "config/forms/element.h"
#include "config/forms/json.h"

#include <cstdio>
#include <unordered_map>

namespace eti::config {
namespace {

using Like = std::vector<const ConfigNode*>;

// Nodes of one statement belong into one array, wherever they stand.
std::vector<Like> groups_of(const ConfigNode& node) {
    std::vector<Like> groups;
    std::unordered_map<const void*, std::size_t> places;
    for (const auto& child : node.children()) {
        const auto [place, fresh] = places.try_emplace(child->statement.raw(), groups.size());
        if (fresh) {
            groups.emplace_back();
        }
        groups[place->second].push_back(child.get());
    }
    return groups;
}

bool has_properties(const ConfigNode& node) {
    return node.inactive || node.protect || !node.comment.empty();
}

// What a JSON number can hold exactly, and is written as no other way.
bool plain_number(const std::string& text) {
    return !text.empty() && text.size() <= 18 &&
           text.find_first_not_of("0123456789") == std::string::npos &&
           (text.size() == 1 || text[0] != '0');
}

class JsonWriter {
  public:
    explicit JsonWriter(bool mask) : mask_(mask) {}

    std::string run(const ConfigNode& top) {
        out_ = "{";
        ++depth_;
        key("configuration");
        object(top);
        --depth_;
        line();
        return std::move(out_.append("}\n"));
    }

  private:
    void object(const ConfigNode& node) {
        out_ += "{";
        ++depth_;
        first_ = true;
        if (has_properties(node)) {
            key("@");
            properties(node);
        }
        std::size_t i = 0;
        for (const Statement& name : node.statement.keys()) {
            key(name.name());
            value(name, node.values.at(i++));
        }
        for (const Like& group : groups_of(node)) {
            write(group);
        }
        --depth_;
        line();
        out_ += "}";
        first_ = false;
    }

    void write(const Like& group) {
        const Statement statement = group.front()->statement;
        key(statement.name());
        switch (statement.kind()) {
            case Kind::List:
                array(group, [&](const ConfigNode& node) { object(node); });
                return;
            case Kind::Container:
                if (!group.front()->children().empty() || has_properties(*group.front())) {
                    object(*group.front());
                } else {
                    out_ += "[null]";
                }
                return;
            case Kind::Flag:
                out_ += "[null]";
                break;
            case Kind::Leaf:
                value(statement, group.front()->values.at(0));
                break;
            case Kind::LeafList:
                array(group, [&](const ConfigNode& node) { value(statement, node.values.at(0)); });
                break;
        }
        write_properties(group);
    }

    // Beside a value, or beside the array of values with null where there are none.
    void write_properties(const Like& group) {
        bool any = false;
        for (const ConfigNode* node : group) {
            any = any || has_properties(*node);
        }
        if (!any) {
            return;
        }
        key("@" + std::string(group.front()->statement.name()));
        if (group.front()->statement.kind() != Kind::LeafList) {
            properties(*group.front());
            return;
        }
        array(group, [&](const ConfigNode& node) {
            if (has_properties(node)) {
                properties(node);
            } else {
                out_ += "null";
            }
        });
    }

    void properties(const ConfigNode& node) {
        std::string separator = "{";
        const auto property = [&](std::string_view name) {
            out_.append(separator).append("\"").append(name).append("\": ");
            separator = ", ";
        };
        if (node.inactive) {
            property("inactive");
            out_ += "true";
        }
        if (node.protect) {
            property("protect");
            out_ += "true";
        }
        if (!node.comment.empty()) {
            property("comment");
            string(with_marks(node.comment));
        }
        out_ += "}";
    }

    template <typename Write>
    void array(const Like& group, const Write& write_one) {
        out_ += "[";
        ++depth_;
        first_ = true;
        for (const ConfigNode* node : group) {
            next();
            write_one(*node);
        }
        --depth_;
        line();
        out_ += "]";
        first_ = false;
    }

    void key(std::string_view name) {
        next();
        string(name);
        out_ += ": ";
    }
    void next() {
        out_ += first_ ? "" : ",";
        first_ = false;
        line();
    }
    void line() { out_.append("\n").append(depth_ * 4UL, ' '); }

    void value(Statement statement, const std::string& text) {
        if (mask_ && statement.secret()) {
            string(kSecret);
        } else if (statement.numeric() && plain_number(text)) {
            out_ += text;
        } else {
            string(text);
        }
    }

    void string(std::string_view text) {
        out_ += '"';
        for (const char c : text) {
            if (c == '"' || c == '\\') {
                out_.append(1, '\\').append(1, c);
            } else if (c >= ' ') {
                out_ += c;
            } else {
                char escaped[8];
                std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c));
                out_ += escaped;
            }
        }
        out_ += '"';
    }

    const bool mask_;
    std::string out_;
    std::size_t depth_ = 0;
    bool first_ = true;  // in the object or array being written
};

}  // namespace

std::string write_json(const ConfigNode& top, bool mask) {
    return JsonWriter(mask).run(top);
}

}  // namespace eti::config
