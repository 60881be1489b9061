#include "tests/support/config_generator.h"

#include "config/candidate/editor.h"

#include <algorithm>
#include <utility>

namespace eti::testing {
namespace {

using config::ConfigNode;
using config::Kind;
using config::Statement;

constexpr unsigned kMaxDepth = 12;

// What strings are made of: each leaf takes those its type allows.
const std::vector<std::string>& plausible() {
    static const std::vector<std::string> kTexts{
        "alpha", "beta", "gamma", "delta-4", "x1", "any", "all", "global",
        // addresses, prefixes and ports
        "10.0.0.1", "192.0.2.0/24", "0.0.0.0/0", "2001:db8::1", "2001:db8::/32", "80", "1000-2000",
        // interfaces, devices and names of machines
        "ge-0/0/0", "ge-0/0/1", "ge-0/0/0.0", "ge-0/0/1.0", "veth0", "0000:03:00.0", "eti1",
        "host.example", "*.example.com", "*.a.b.example",
        // files and addresses of services
        "/etc/openeti/file.pem", "https://analysis.example:443", "https://[2001:db8::1]/a?b=c&d",
        "http://127.0.0.1:8080/x", "sha256:abc", "4", "17",
        // hashes of certificates, sizes, ranges
        "da39a3ee5e6b4b0d3255bfef95601890afd80709", "0123456789ABCDEF0123456789abcdef01234567",
        "5m", "192.0.2.1-192.0.2.9",
        // names with the marks of some form in them
        "semi;colon", "brace{d}", "a#b", "<less&more>", "in[dex]", "a]b", "100%", "back\\slash",
        "a:b=c", "/*c*/", "//", "@name", "tick`$x",
        // texts for people
        "two words", "say \"hello\"", "it's", " blanks around ", "a \\ b", "{ ; }", "[ a b ]",
        "# hash", "/* comment */", "<a href=\"x\">&amp;</a>", "]]>", "<!-- x -->", "tab?",
        "~!@#$%^&*"};
    return kTexts;
}

std::vector<std::string> numbers_of(const std::string& range) {
    const std::size_t dots = range.find("..");
    const std::uint64_t low = std::stoull(range);
    const std::uint64_t high = std::stoull(range.substr(dots + 2));
    return {std::to_string(low), std::to_string(high), std::to_string(low + (high - low) / 2),
            std::to_string(low + (high - low) / 7)};
}

bool is_inner(Statement statement) {
    return statement.kind() == Kind::Container || statement.kind() == Kind::List;
}

}  // namespace

const std::vector<std::string>& ConfigGenerator::values(Statement statement) {
    const auto [place, fresh] = values_.try_emplace(statement.raw());
    std::vector<std::string>& values = place->second;
    if (fresh) {
        for (const Statement::Name& name : statement.names()) {
            values.emplace_back(name.name);
        }
        std::vector<std::string> more =
            statement.numeric() ? numbers_of(statement.range()) : plausible();
        for (std::string& text : more) {
            if (statement.names().empty() && !statement.complaint(text)) {
                values.push_back(std::move(text));
            }
        }
    }
    return values;
}

std::string ConfigGenerator::text() {
    static const std::vector<std::string> kWords{
        "why", "this", "\"quoted\"", "it's", "<&>", ";", "{", "}", "[", "]", "#", "\\", "*", "--"};
    std::string text = pick(kWords);
    while (chance(60)) {
        text += " " + pick(kWords);
    }
    return text;
}

void ConfigGenerator::mark(ConfigNode& node) {
    node.inactive = chance(5);
    if (chance(6)) {
        node.comment = text();
    }
}

ConfigNode& ConfigGenerator::add_one(ConfigNode& parent, Statement statement) {
    std::vector<std::string> its_values;
    for (const Statement& key : statement.keys()) {
        its_values.push_back(pick(values(key)));
    }
    if (statement.kind() == Kind::Leaf || statement.kind() == Kind::LeafList) {
        its_values.push_back(pick(values(statement)));
    }
    ConfigNode& node = parent.add(statement, its_values);
    mark(node);
    return node;
}

void ConfigGenerator::add(ConfigNode& parent, Statement statement, unsigned depth) {
    const bool many = statement.kind() == Kind::List || statement.kind() == Kind::LeafList;
    for (std::uint64_t i = many ? 1 + random_() % 3 : 1; i > 0; --i) {
        ConfigNode& node = add_one(parent, statement);
        if (is_inner(statement)) {
            fill(node, depth + 1);
            if (node.children().empty() && !statement.may_stand_alone()) {
                parent.take(node);
            }
        }
    }
}

void ConfigGenerator::fill(ConfigNode& node, unsigned depth) {
    for (const Statement& statement : model_.children(node.statement)) {
        const bool excluded =
            std::any_of(node.children().begin(), node.children().end(),
                        [&](const auto& child) { return statement.excludes(child->statement); });
        const unsigned percent = statement.universal() ? 2 : statement.hierarchy() ? 20 : 40;
        if (!excluded && !statement.extension("refused") && depth < kMaxDepth && chance(percent)) {
            add(node, statement, depth);
        }
    }
}

void ConfigGenerator::collect(const ConfigNode& node, std::vector<std::string>& path,
                              Names& names) {
    for (const auto& child : node.children()) {
        path.emplace_back(child->statement.name());
        if (child->statement.kind() == Kind::List && !child->inactive) {
            names[path].push_back(child->values[0]);
        }
        collect(*child, path, names);
        path.pop_back();
    }
}

void ConfigGenerator::refer(ConfigNode& node, const Names& names) {
    for (std::size_t i = node.children().size(); i-- > 0;) {
        ConfigNode& child = *node.children()[i];
        std::vector<std::string> known;
        for (const auto& target : child.statement.targets()) {
            const auto found = names.find(target);
            if (found != names.end()) {
                known.insert(known.end(), found->second.begin(), found->second.end());
            }
        }
        if (child.statement.keys().empty() && !known.empty()) {
            auto taken = node.take(child);
            taken->values = {pick(known)};
            if (node.find(taken->statement, taken->values) == nullptr) {
                node.place(std::move(taken), i);
            }
            continue;
        }
        refer(child, names);
    }
}

std::unique_ptr<ConfigNode> ConfigGenerator::any() {
    auto root = std::make_unique<ConfigNode>();
    fill(*root, 0);
    Names names;
    std::vector<std::string> path;
    collect(*root, path, names);
    refer(*root, names);
    protect(*root);
    return root;
}

void ConfigGenerator::protect(ConfigNode& node) {
    for (const auto& child : node.children()) {
        child->protect = chance(3);
        protect(*child);
    }
}

void ConfigGenerator::drop_any(ConfigNode& root) {
    ConfigNode* node = &root;
    do {
        node = node->children()[random_() % node->children().size()].get();
    } while (!node->children().empty() && chance(70));
    ConfigNode& parent = *node->parent();
    parent.take(*node);
    config::prune(parent);
}

void ConfigGenerator::drop(ConfigNode& root, const config::CheckError& error) {
    const std::string path = error.path.substr(5, error.path.size() - 6);  // within "[edit" "]"
    const auto before = root.clone();
    try {
        config::Editor(model_, root).remove({}, path + " " + error.word);
    } catch (const config::EditError&) {
        // A group says it.
    }
    if (root.same(*before)) {
        drop_any(root);
    }
}

std::unique_ptr<ConfigNode> ConfigGenerator::valid() {
    auto root = any();
    const auto unprotect = [](auto& self, ConfigNode& node) -> void {
        node.protect = false;
        for (const auto& child : node.children()) {
            self(self, *child);
        }
    };
    unprotect(unprotect, *root);
    while (!root->children().empty()) {
        try {
            config::build_tree(model_, *root, "generated");
            break;
        } catch (const config::CheckFailed& failed) {
            drop(*root, failed.error);
        }
    }
    protect(*root);
    return root;
}

void ConfigGenerator::change(ConfigNode& node, unsigned depth) {
    for (std::size_t i = node.children().size(); i-- > 0;) {
        ConfigNode& child = *node.children()[i];
        if (chance(5)) {
            node.take(child);
            continue;
        }
        if (chance(10)) {
            mark(child);
            child.protect = chance(10);
        }
        change(child, depth + 1);
        if (child.statement.ordered_by_user() && chance(25)) {
            auto taken = node.take(child);
            node.place(std::move(taken), random_() % (node.children().size() + 1));
        }
    }
    for (const Statement& statement : model_.children(node.statement)) {
        const bool excluded =
            std::any_of(node.children().begin(), node.children().end(),
                        [&](const auto& child) { return statement.excludes(child->statement); });
        if (!excluded && !statement.extension("refused") && depth < kMaxDepth && chance(3)) {
            add(node, statement, depth);
        }
    }
}

std::unique_ptr<ConfigNode> ConfigGenerator::changed(const ConfigNode& root) {
    auto copy = root.clone();
    change(*copy, 0);
    const auto tidy = [](auto& self, ConfigNode& node) -> void {
        for (std::size_t i = node.children().size(); i-- > 0;) {
            ConfigNode& child = *node.children()[i];
            self(self, child);
            if (child.children().empty() && !child.statement.may_stand_alone()) {
                node.take(child);
            }
        }
    };
    tidy(tidy, *copy);
    return copy;
}

}  // namespace eti::testing
