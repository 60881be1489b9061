#include "config/forms/element.h"

#include "config/candidate/statement_text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace eti::config {
namespace {

constexpr std::size_t kMaxErrors = 100;
constexpr std::string_view kBlanks = " \t\r\n";

bool blank(const std::string& text) {
    return text.find_first_not_of(kBlanks) == std::string::npos;
}

// A value on a line of its own is indented; a value proper has no line feeds.
std::string value_of(const Element& element) {
    const std::string& text = element.text;
    if (text.find('\n') == std::string::npos) {
        return text;
    }
    const std::size_t first = std::min(text.find_first_not_of(kBlanks), text.size());
    return text.substr(first, text.find_last_not_of(kBlanks) + 1 - first);
}

bool is_key(Statement list, std::string_view name) {
    const auto& keys = list.keys();
    return std::any_of(keys.begin(), keys.end(),
                       [&](const Statement& key) { return key.name() == name; });
}

// ElementReader turns elements into statements, by walking the schema along with them.
class ElementReader {
  public:
    ElementReader(const Model& model, ParsedText& parsed) : model_(model), parsed_(parsed) {}

    void below(const Element& element, ConfigNode& node, bool in_group) {
        if (!blank(element.text)) {
            complain(element, "holds statements, not the text '" + value_of(element) + "'");
        }
        for (const Element& child : element.children) {
            if (!is_key(node.statement, child.name)) {
                read(child, node, in_group);
            }
        }
    }

  private:
    void read(const Element& element, ConfigNode& parent, bool in_group) {
        const Statement statement = model_.child(parent.statement, element.name);
        if (statement.raw() == nullptr) {
            return fail(element, "syntax error: unknown statement '" + element.name + "'");
        }
        if (const auto sentence = statement.extension("refused")) {
            return fail(element, std::string(*sentence));
        }
        const auto values = values_of(element, statement, in_group);
        if (!values) {
            return;
        }
        ConfigNode* node = add(element, parent, statement, *values);
        if (node == nullptr || element.tag == ParsedText::Tag::Delete) {
            return;
        }
        if (statement.kind() == Kind::Container || statement.kind() == Kind::List) {
            below(element, *node, in_group || statement.hierarchy());
            if (!element.tag && node->children().empty() && !statement.may_stand_alone()) {
                parent.take(*node);
            }
        } else if (!element.children.empty()) {
            complain(element.children.front(), "is not expected within '" + element.name + "'");
        }
    }

    ConfigNode* add(const Element& element, ConfigNode& parent, Statement statement,
                    const std::vector<std::string>& values) {
        const std::vector<std::size_t> columns(values.size(), element.position.column);
        const Step step{statement, values, columns, element.position.column, Step::kLevel};
        try {
            ConfigNode& node =
                apply_steps(parent, {step}, element.position.line, Contradiction::Refuse);
            node.inactive = element.inactive;
            node.protect = element.protect;
            node.comment = element.comment;
            if (element.tag) {
                parsed_.tags[&node] = *element.tag;
            }
            return &node;
        } catch (const ContradictionError& error) {
            fail(element, error.what());
            return nullptr;
        }
    }

    // A statement to be deleted may lack its values.
    std::optional<std::vector<std::string>> values_of(const Element& element, Statement statement,
                                                      bool in_group) {
        std::vector<std::string> values;
        switch (statement.kind()) {
            case Kind::Container:
                break;
            case Kind::Flag:
                if (!blank(element.text)) {
                    complain(element, "takes no value, not '" + value_of(element) + "'");
                    return std::nullopt;
                }
                break;
            case Kind::List:
                return keys_of(element, statement, in_group);
            default:
                if (element.tag == ParsedText::Tag::Delete && blank(element.text)) {
                    break;
                }
                values.push_back(value_of(element));
                if (!good_value(element, statement, values[0], false)) {
                    return std::nullopt;
                }
        }
        return values;
    }

    std::optional<std::vector<std::string>> keys_of(const Element& element, Statement list,
                                                    bool in_group) {
        std::vector<std::string> values;
        for (const Statement& key : list.keys()) {
            const auto found =
                std::find_if(element.children.begin(), element.children.end(),
                             [&](const Element& child) { return child.name == key.name(); });
            if (found == element.children.end()) {
                if (element.tag == ParsedText::Tag::Delete && values.empty()) {
                    return values;
                }
                complain(element, "lacks its '" + std::string(key.name()) + "'");
                return std::nullopt;
            }
            values.push_back(value_of(*found));
            if (!good_value(*found, key, values.back(), in_group)) {
                return std::nullopt;
            }
        }
        return values;
    }

    bool good_value(const Element& element, Statement statement, const std::string& value,
                    bool in_group) {
        if (statement.secret() && value == kSecret) {
            complain(element, "the value is hidden in this text");
            return false;
        }
        if (const auto complaint = check_value(statement, value, in_group)) {
            complain(element, *complaint);
            return false;
        }
        return true;
    }

    void complain(const Element& element, const std::string& why) {
        fail(element, "'" + element.name + "': " + why);
    }
    void fail(const Element& element, const std::string& message) {
        if (parsed_.errors.size() < kMaxErrors) {
            parsed_.errors.push_back(
                {element.position.line, element.position.column, element.name, message});
        }
    }

    const Model& model_;
    ParsedText& parsed_;
};

std::optional<std::string> set_operation(Element& element, std::string_view value) {
    if (value == "replace") {
        element.tag = ParsedText::Tag::Replace;
    } else if (value == "delete" || value == "remove") {
        element.tag = ParsedText::Tag::Delete;
    } else if (value != "merge" && value != "create" && value != "none") {
        return "unknown operation '" + std::string(value) + "'";
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> set_attribute(Element& element, std::string_view name,
                                         std::string_view value) {
    const std::size_t colon = name.find(':');
    if (name.substr(colon + 1) == "operation") {  // of NETCONF, with any prefix
        return set_operation(element, value);
    }
    if (colon != std::string_view::npos || name == "xmlns") {
        return std::nullopt;
    }
    if (value == name || value == "true") {
        if (name == "inactive") {
            element.inactive = true;
            return std::nullopt;
        }
        if (name == "protect") {
            element.protect = true;
            return std::nullopt;
        }
        if (name == "active") {
            element.tag = ParsedText::Tag::Active;
            return std::nullopt;
        }
        if (name == "replace" || name == "delete") {
            return set_operation(element, name);
        }
    }
    return "unknown attribute '" + std::string(name) + "' with the value '" + std::string(value) +
           "'";
}

std::string with_marks(const std::string& comment) {
    return "/* " + comment + " */";
}

std::string without_marks(std::string_view text) {
    std::string plain;
    for (const char c : text) {
        if (c > ' ' && c <= '~') {
            plain.push_back(c);
        } else if (!plain.empty() && plain.back() != ' ') {
            plain.push_back(' ');
        }
    }
    const bool marked = plain.starts_with("/*");
    plain.erase(0, marked ? 2 : 0);
    plain.erase(0, plain.find_first_not_of(' '));
    const std::size_t end = plain.find("*/");  // nothing after it could be shown
    plain.erase(std::min(end, plain.size()));
    while (plain.ends_with(' ')) {
        plain.pop_back();
    }
    return plain;
}

ParsedText read_elements(const Model& model, const Level& level, const Element& root) {
    ParsedText parsed;
    ElementReader(model, parsed).below(root, make_level(*parsed.root, level), level.in_group());
    return parsed;
}

ParsedText broken(TextError why) {
    ParsedText parsed;
    parsed.root = nullptr;
    parsed.errors.push_back(std::move(why));
    return parsed;
}

}  // namespace eti::config
