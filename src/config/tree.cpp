// Trees over the model.
#include "config/candidate/check.h"
#include "config/candidate/statement_text.h"
#include "config/model.h"
#include "config/schema_info.h"
#include "eti/base/check.h"
#include "eti/config/store.h"

#include <libyang/libyang.h>

#include <utility>

namespace eti::config {
namespace {

// The data part of a libyang error path, which reads: Schema location "...", data location "...".
std::string data_path(const ly_err_item* item) {
    const std::string path = item == nullptr || item->path == nullptr ? "" : item->path;
    constexpr std::string_view kMark = "ata location \"";
    const std::size_t start = path.find(kMark);
    if (start == std::string::npos) {
        return {};
    }
    const std::size_t from = start + kMark.size();
    const std::size_t end = path.find("\"", from);
    return path.substr(from, end - from);
}

// One predicate per key. The name types allow no quotes, so one of the two kinds always fits.
std::string predicates(const Statement& list, const std::vector<KeyValue>& keys) {
    const std::vector<Statement> names = list.keys();
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const char quote = keys[i].value.find('\'') == std::string::npos ? '\'' : '"';
        text.append("[").append(names[i].name()).append("=");
        text.append(1, quote).append(keys[i].value).append(1, quote).append("]");
    }
    return text;
}

}  // namespace

Statement Node::statement() const {
    return Statement(node_ == nullptr ? nullptr : node_->schema);
}

std::string_view Node::value() const {
    if (node_ == nullptr) {
        return {};
    }
    const lyd_node* term = node_->schema->nodetype == LYS_LIST ? lyd_child(node_) : node_;
    const char* value = lyd_get_value(term);
    return value == nullptr ? std::string_view() : value;
}

bool Node::typed() const {
    return node_ != nullptr && (node_->flags & LYD_DEFAULT) == 0;
}

Node Node::parent() const {
    return Node(node_ == nullptr ? nullptr : lyd_parent(node_));
}

Node Node::child(std::string_view name) const {
    for (lyd_node* child = lyd_child(node_); child != nullptr; child = child->next) {
        if (child->schema->name == name) {
            return Node(child);
        }
    }
    return {};
}

std::vector<Node> Node::children() const {
    std::vector<Node> nodes;
    for (lyd_node* child = lyd_child_no_keys(node_); child != nullptr; child = child->next) {
        nodes.emplace_back(child);
    }
    return nodes;
}

std::vector<Node> Node::children(std::string_view name) const {
    std::vector<Node> nodes;
    for (const Node& child : children()) {
        if (child.statement().name() == name) {
            nodes.push_back(child);
        }
    }
    return nodes;
}

Node Node::entry(std::string_view list, std::string_view key) const {
    const lysc_node* schema = node_ == nullptr ? nullptr : lysc_node_child(node_->schema);
    while (schema != nullptr && schema->name != list) {
        schema = schema->next;
    }
    lyd_node* found = nullptr;
    if (schema != nullptr) {
        const std::string which = predicates(Statement(schema), {{std::string(key), {}}});
        lyd_find_sibling_val(lyd_child(node_), schema, which.c_str(), which.size(), &found);
    }
    return Node(found);
}

std::string Node::words() const {
    if (node_ == nullptr) {
        return {};
    }
    const Statement self = statement();
    std::vector<std::string> values;
    for (const Statement& key : self.keys()) {
        values.emplace_back(text(key.name()));
    }
    if (self.kind() == Kind::Leaf || self.kind() == Kind::LeafList) {
        values.emplace_back(value());
    }
    const std::string above = parent().words();
    return above + (above.empty() ? "" : " ") + words_of(self, values, true);
}

Tree::Data::~Data() {
    lyd_free_all(first);
}

Tree::Tree(const Model& model, std::string file)
    : model_(&model), file_(std::move(file)), data_(std::make_unique<Data>()) {}

Tree::~Tree() = default;

Node Tree::remember(Node parent, lyd_node* node, Position position) {
    if (!parent) {
        lyd_insert_sibling(data_->first, node, &data_->first);
    }
    node->priv = &data_->positions.emplace_back(position);
    return Node(node);
}

Node Tree::container(Node parent, Statement statement, Position position) {
    lyd_node* node = nullptr;
    if (lyd_new_inner(parent.raw(), statement.raw()->module, statement.raw()->name, 0, &node) !=
        LY_SUCCESS) {
        fail(position, last_message(model_->raw()));
    }
    return remember(parent, node, position);
}

Node Tree::entry(Node parent, Statement list, const std::vector<KeyValue>& keys) {
    ETI_CHECK(keys.size() == list.keys().size() && keys.size() <= 2);
    const char* second = keys.size() == 2 ? keys[1].value.c_str() : nullptr;
    lyd_node* node = nullptr;
    if (lyd_new_list(parent.raw(), list.raw()->module, list.raw()->name, 0, &node,
                     keys[0].value.c_str(), second) != LY_SUCCESS) {
        fail(keys[0].position, last_message(model_->raw()));
    }
    std::size_t i = 0;
    for (lyd_node* key = lyd_child(node); key != nullptr && i < keys.size(); key = key->next) {
        key->priv = &data_->positions.emplace_back(keys[i++].position);
    }
    return remember(parent, node, keys[0].position);
}

Node Tree::leaf(Node parent, Statement statement, const std::string& value, Position position) {
    lyd_node* node = nullptr;
    if (lyd_new_term(parent.raw(), statement.raw()->module, statement.raw()->name, value.c_str(), 0,
                     &node) != LY_SUCCESS) {
        fail(position, last_message(model_->raw()));
    }
    return remember(parent, node, position);
}

void Tree::validate() {
    ly_err_clean(model_->raw(), nullptr);
    if (lyd_validate_all(&data_->first, model_->raw(), LYD_VALIDATE_NO_STATE, nullptr) !=
        LY_SUCCESS) {
        fail_validation();
    }
}

// A leafref's target and a list's bound have no message of their own in YANG; the others say
// theirs.
void Tree::fail_validation() const {
    const ly_err_item* item = ly_err_last(model_->raw());
    const std::string message = last_message(model_->raw());
    const std::string path = data_path(item);
    lyd_node* node = nullptr;
    if (data_->first != nullptr && !path.empty()) {
        const LY_ERR found = lyd_find_path(data_->first, path.c_str(), 0, &node);
        node = found == LY_SUCCESS || found == LY_EINCOMPLETE ? node : nullptr;
    }
    const bool unresolved = item != nullptr && item->apptag != nullptr &&
                            std::string_view(item->apptag) == "instance-required";
    const auto wording = Node(node).statement().extension("undefined");
    fail(Node(node), unresolved && wording ? std::string(*wording) : message);
}

Node Tree::top(std::string_view name) const {
    for (const Node& node : tops()) {
        if (node.statement().name() == name) {
            return node;
        }
    }
    return {};
}

std::vector<Node> Tree::tops() const {
    std::vector<Node> nodes;
    for (lyd_node* node = data_->first; node != nullptr; node = node->next) {
        nodes.emplace_back(node);
    }
    return nodes;
}

Position Tree::position(Node node) const {
    for (; node; node = node.parent()) {
        if (node.raw()->priv != nullptr) {
            return *static_cast<const Position*>(node.raw()->priv);
        }
    }
    return {};
}

void Tree::fail(Node node, const std::string& reason) const {
    const Position place = position(node);
    const bool part =
        node && node.parent() &&
        (node.statement().extension("reported-by-parent") || lysc_is_key(node.raw()->schema));
    const Node shown = part ? node.parent() : node;
    const std::string path = shown.parent().words();
    std::string word = shown.words();
    if (!path.empty()) {
        word.erase(0, path.size() + 1);
    }
    throw CheckFailed(ConfigError(file_, place.line, place.column, reason),
                      {path.empty() ? "[edit]" : "[edit " + path + "]", word, reason});
}

void Tree::fail(Position position, const std::string& reason) const {
    throw ConfigError(file_, position.line, position.column, reason);
}

}  // namespace eti::config
