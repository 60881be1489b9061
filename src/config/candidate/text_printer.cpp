#include "config/candidate/text_printer.h"

#include "config/candidate/statement_text.h"

#include <algorithm>

namespace eti::config {
namespace {

bool is_inner(const ConfigNode& node) {
    return node.statement.kind() == Kind::Container || node.statement.kind() == Kind::List;
}

bool is_plain(const ConfigNode& node) {
    return !node.inactive && !node.protect && node.comment.empty();
}

bool reaches(const ConfigNode& node, const std::vector<std::string>& path, std::size_t from) {
    if (from == path.size()) {
        return true;
    }
    return std::any_of(node.children().begin(), node.children().end(), [&](const auto& child) {
        return child->statement.name() == path[from] && reaches(*child, path, from + 1);
    });
}

class TextPrinter {
  public:
    explicit TextPrinter(const PrintOptions& options) : options_(options) {}

    void below(const ConfigNode& node, unsigned level) {
        const auto& children = node.children();
        for (std::size_t i = 0; i < children.size();) {
            i = statement(children, i, level);
        }
    }

    // statement prints the child at an index, values of a leaf-list together, and answers the
    // index of the next.
    std::size_t statement(const ConfigNode::Children& children, std::size_t at, unsigned level) {
        std::size_t end = at + 1;
        if (joins(*children[at])) {
            while (end < children.size() && joins(*children[end]) &&
                   children[end]->statement.raw() == children[at]->statement.raw()) {
                ++end;
            }
        }
        if (end - at > 1) {
            values(children, at, end, level);
        } else {
            one(*children[at], level);
        }
        return end;
    }

    void one(const ConfigNode& node, unsigned level) {
        if (hidden(node) || (node.children().empty() && !node.statement.may_stand_alone())) {
            return;
        }
        before(node, level);
        begin_line(node, level);
        text_.append(words_of(node, options_.mask));
        if (!is_inner(node) || node.children().empty()) {
            end_line(node);
        } else if (on_one_line(node)) {
            for (const ConfigNode* child : typed_order(node)) {
                text_.append(" ").append(words_of(*child, options_.mask));
            }
            end_line(node);
        } else {
            text_.append(" {\n");
            warn(node, level + 1);
            below(node, level + 1);
            indent(node, level);
            text_.append("}\n");
        }
    }

    std::string take() { return std::move(text_); }

  private:
    bool hidden(const ConfigNode& node) const { return options_.hidden && options_.hidden(node); }

    std::string note(const ConfigNode& node) const {
        return options_.note ? options_.note(node) : std::string();
    }

    // Values stand in one pair of brackets unless something is said about one of them alone.
    bool joins(const ConfigNode& node) const {
        return node.statement.kind() == Kind::LeafList && is_plain(node) && !hidden(node) &&
               note(node).empty() && !options_.mark;
    }

    void values(const ConfigNode::Children& children, std::size_t at, std::size_t end,
                unsigned level) {
        begin_line(*children[at], level);
        text_.append(children[at]->statement.keyword()).append(" [");
        for (std::size_t i = at; i < end; ++i) {
            text_.append(" ").append(quoted(children[i]->values[0]));
        }
        text_.append(" ]");
        end_line(*children[at]);
    }

    bool on_one_line(const ConfigNode& node) const {
        return node.statement.extension("oneliner") &&
               std::all_of(node.children().begin(), node.children().end(), [&](const auto& child) {
                   return !is_inner(*child) && is_plain(*child) && !hidden(*child) &&
                          note(*child).empty() && !options_.mark;
               });
    }

    // A value without a keyword can only be read where it comes first.
    static std::vector<const ConfigNode*> typed_order(const ConfigNode& node) {
        std::vector<const ConfigNode*> order;
        for (const auto& child : node.children()) {
            const bool first = child->statement.keyword().empty();
            order.insert(first ? order.begin() : order.end(), child.get());
        }
        return order;
    }

    void before(const ConfigNode& node, unsigned level) {
        if (!node.comment.empty()) {
            indent(node, level);
            text_.append("/* ").append(node.comment).append(" */\n");
        }
        const std::string lines = note(node);
        for (std::size_t start = 0; start < lines.size();) {
            const std::size_t end = lines.find('\n', start) + 1;
            indent(node, level);
            text_.append(lines, start, end - start);
            start = end;
        }
    }

    void warn(const ConfigNode& node, unsigned level) {
        const std::string missing = options_.warnings ? missing_of(node) : std::string();
        if (!missing.empty()) {
            indent(node, level);
            text_.append("## Warning: missing mandatory statement(s): ").append(missing) += '\n';
        }
    }

    void indent(const ConfigNode& node, unsigned level) {
        if (options_.mark) {
            text_.append(options_.mark(node));
        }
        text_.append(4UL * level, ' ');
    }

    void begin_line(const ConfigNode& node, unsigned level) {
        indent(node, level);
        text_.append(node.inactive ? "inactive: " : "").append(node.protect ? "protect: " : "");
    }

    void end_line(const ConfigNode& node) {
        text_.append(";").append(node.statement.secret() ? " ## SECRET-DATA\n" : "\n");
    }

    const PrintOptions& options_;
    std::string text_;
};

class SetPrinter {
  public:
    explicit SetPrinter(const PrintOptions& options) : options_(options) {}

    void below(const ConfigNode& node, const std::string& path) {
        for (const auto& child : node.children()) {
            one(*child, path);
        }
    }

    void one(const ConfigNode& node, const std::string& prefix) {
        if ((options_.hidden && options_.hidden(node)) ||
            (node.children().empty() && !node.statement.may_stand_alone())) {
            return;
        }
        const std::string words = words_of(node, options_.mask);
        const std::string path = prefix.empty() ? words : prefix + " " + words;
        if (is_inner(node) && !node.children().empty()) {
            below(node, path);
        } else {
            line("set", path);
        }
        if (!node.comment.empty()) {
            line("annotate", path + " " + quoted(node.comment));
        }
        if (node.inactive) {
            line("deactivate", path);
        }
        if (node.protect) {
            protects_.append("protect ").append(path).append("\n");
        }
    }

    std::string take() { return std::move(text_.append(protects_)); }

  private:
    void line(std::string_view verb, const std::string& rest) {
        text_.append(verb).append(" ").append(rest).append("\n");
    }

    const PrintOptions& options_;
    std::string text_;
    std::string protects_;  // last, as nothing above or below may change after it
};

}  // namespace

std::string missing_of(const ConfigNode& node) {
    std::string names;
    for (const Statement::Mandatory& must : node.statement.mandatory()) {
        if (!reaches(node, must.path, 0)) {
            names.append(names.empty() ? "" : ", ").append(must.name);
        }
    }
    return names;
}

std::string print_text(const ConfigNode& node, const PrintOptions& options, unsigned level) {
    TextPrinter printer(options);
    if (node.top() || is_inner(node)) {
        printer.below(node, level);
    } else {
        printer.one(node, level);
    }
    return printer.take();
}

std::string print_statement(const ConfigNode& node, const PrintOptions& options, unsigned level) {
    TextPrinter printer(options);
    printer.one(node, level);
    return printer.take();
}

std::string print_set(const ConfigNode& node, const std::string& prefix,
                      const PrintOptions& options) {
    SetPrinter printer(options);
    printer.below(node, prefix);
    return printer.take();
}

std::string print_set_statement(const ConfigNode& node, const std::string& prefix,
                                const PrintOptions& options) {
    SetPrinter printer(options);
    printer.one(node, prefix);
    return printer.take();
}

}  // namespace eti::config
