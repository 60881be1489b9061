#include "config/model.h"

#include "eti/config/store.h"

#include <libyang/libyang.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace eti::config {
namespace {

constexpr const char* kVendorModule = "openeti-junos";
constexpr const char* kOwnModule = "openeti";  // augments the vendor's, which it imports

std::string last_message(const ly_ctx* context) {
    const ly_err_item* item = ly_err_last(context);
    return item == nullptr || item->msg == nullptr ? "no reason given" : item->msg;
}

const lysc_type* type_of(const lysc_node* node) {
    const lysc_type* type = nullptr;
    if (node->nodetype == LYS_LEAF) {
        type = reinterpret_cast<const lysc_node_leaf*>(node)->type;
    } else {
        type = reinterpret_cast<const lysc_node_leaflist*>(node)->type;
    }
    while (type->basetype == LY_TYPE_LEAFREF) {
        type = reinterpret_cast<const lysc_type_leafref*>(type)->realtype;
    }
    return type;
}

uint64_t largest(LY_DATA_TYPE type) {
    switch (type) {
        case LY_TYPE_UINT8:
            return std::numeric_limits<uint8_t>::max();
        case LY_TYPE_UINT16:
            return std::numeric_limits<uint16_t>::max();
        case LY_TYPE_UINT32:
            return std::numeric_limits<uint32_t>::max();
        default:
            return std::numeric_limits<uint64_t>::max();
    }
}

std::string number_complaint(const lysc_type* type, const std::string& value) {
    if (value.find_first_not_of("0123456789") != std::string::npos) {
        return "Invalid numeric value: '" + value + "'";
    }
    const lysc_range* range = reinterpret_cast<const lysc_type_num*>(type)->range;
    uint64_t low = 0;
    uint64_t high = largest(type->basetype);
    if (range != nullptr) {
        low = range->parts[0].min_u64;
        high = range->parts[LY_ARRAY_COUNT(range->parts) - 1].max_u64;
    }
    return "Value " + value + " is not within range (" + std::to_string(low) + ".." +
           std::to_string(high) + ")";
}

std::string enum_complaint(const lysc_type* type, const std::string& value) {
    const lysc_type_bitenum_item* items = reinterpret_cast<const lysc_type_enum*>(type)->enums;
    std::string names;
    for (std::size_t i = 0; i < LY_ARRAY_COUNT(items); ++i) {
        names += (i == 0 ? "" : ", ") + std::string(items[i].name);
    }
    return "syntax error: unknown value '" + value + "'; expecting one of: " + names;
}

std::string string_complaint(const ly_ctx* context, const lysc_type* type,
                             const std::string& value) {
    const lysc_range* length = reinterpret_cast<const lysc_type_str*>(type)->length;
    if (length != nullptr) {
        const uint64_t low = length->parts[0].min_u64;
        const uint64_t high = length->parts[LY_ARRAY_COUNT(length->parts) - 1].max_u64;
        if (value.size() < low || value.size() > high) {
            return "Must be a string of " + std::to_string(low) + " to " + std::to_string(high) +
                   " characters";
        }
    }
    return last_message(context) + ": '" + value + "'";
}

bool is_key(const lysc_node* node) {
    return lysc_is_key(node);
}

// The choice a case belongs to, or null when the node is in no case.
const lysc_node* case_of(const lysc_node* node) {
    return node->parent != nullptr && node->parent->nodetype == LYS_CASE ? node->parent : nullptr;
}

// The data part of a libyang error path, which reads: Schema location "...", data location "...".
std::string data_path(const ly_err_item* item) {
    const std::string path = item == nullptr || item->path == nullptr ? "" : item->path;
    constexpr std::string_view kMark = "ata location \"";
    const std::size_t start = path.find(kMark);
    if (start == std::string::npos) {
        return path.starts_with('/') ? path : std::string();
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

std::string_view Statement::name() const {
    return node_ == nullptr ? "" : node_->name;
}

Kind Statement::kind() const {
    switch (node_ == nullptr ? LYS_CONTAINER : node_->nodetype) {
        case LYS_LIST:
            return Kind::List;
        case LYS_LEAFLIST:
            return Kind::LeafList;
        case LYS_LEAF:
            return type_of(node_)->basetype == LY_TYPE_EMPTY ? Kind::Flag : Kind::Leaf;
        default:
            return Kind::Container;
    }
}

bool Statement::may_stand_alone() const {
    return node_ != nullptr && !lysc_is_np_cont(node_);
}

std::string_view Statement::description() const {
    return node_ == nullptr || node_->dsc == nullptr ? "" : node_->dsc;
}

std::vector<Statement> Statement::keys() const {
    std::vector<Statement> keys;
    if (kind() == Kind::List) {
        for (const lysc_node* child = lysc_node_child(node_); child != nullptr && is_key(child);
             child = child->next) {
            keys.emplace_back(child);
        }
    }
    return keys;
}

std::optional<std::string_view> Statement::extension(std::string_view name) const {
    if (node_ != nullptr) {
        for (std::size_t i = 0; i < LY_ARRAY_COUNT(node_->exts); ++i) {
            if (node_->exts[i].def->name == name) {
                const char* argument = node_->exts[i].argument;
                return argument == nullptr ? "" : argument;
            }
        }
    }
    return std::nullopt;
}

std::optional<std::string> Statement::complaint(const std::string& value) const {
    ly_ctx* context = node_->module->ctx;
    ly_err_clean(context, nullptr);
    const LY_ERR error =
        lyd_value_validate(context, node_, value.c_str(), value.size(), nullptr, nullptr, nullptr);
    if (error == LY_SUCCESS || error == LY_EINCOMPLETE) {  // a reference is looked up at the end
        return std::nullopt;
    }
    const lysc_type* type = type_of(node_);
    switch (type->basetype) {
        case LY_TYPE_UINT8:
        case LY_TYPE_UINT16:
        case LY_TYPE_UINT32:
        case LY_TYPE_UINT64:
            return number_complaint(type, value);
        case LY_TYPE_ENUM:
            return enum_complaint(type, value);
        case LY_TYPE_STRING:
            return string_complaint(context, type, value);
        default:
            return last_message(context);
    }
}

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
    std::string words = parent().words();
    const auto add = [&](std::string_view word) {
        words.append(words.empty() ? "" : " ").append(word);
    };
    const Statement self = statement();
    const auto keywords = self.extension("key-keywords");
    if (keywords) {
        std::size_t start = 0;
        for (const Statement& key : self.keys()) {
            const std::size_t end = std::min(keywords->find(' ', start), keywords->size());
            add(keywords->substr(start, end - start));
            add(text(key.name()));
            start = end + 1;
        }
        return words;
    }
    if (!self.extension("elided") && !self.extension("positional")) {
        add(self.name());
    }
    if (self.kind() == Kind::List || self.kind() == Kind::Leaf || self.kind() == Kind::LeafList) {
        add(value());
    }
    return words;
}

Tree::Data::~Data() {
    lyd_free_all(first);
}

Tree::Tree(const Model& model, std::string file)
    : model_(&model), file_(std::move(file)), data_(std::make_unique<Data>()) {}

Tree::~Tree() = default;

lyd_node* Tree::siblings(Node parent) const {
    return parent ? lyd_child(parent.raw()) : data_->first;
}

Node Tree::remember(Node parent, lyd_node* node, Position position) {
    if (!parent) {
        lyd_insert_sibling(data_->first, node, &data_->first);
    }
    data_->positions.emplace(node, position);
    return Node(node);
}

// A second case of a choice is a contradiction in the file; the later line is the one to name.
void Tree::reject_other_case(Node parent, Statement statement, Position position) const {
    for (const lysc_node* own = case_of(statement.raw()); own != nullptr;
         own = case_of(own->parent)) {
        for (lyd_node* other = siblings(parent); other != nullptr; other = other->next) {
            for (const lysc_node* theirs = case_of(other->schema); theirs != nullptr;
                 theirs = case_of(theirs->parent)) {
                if (theirs->parent == own->parent && theirs != own) {
                    fail(position, "'" + std::string(statement.name()) + "' excludes '" +
                                       other->schema->name + "' of line " +
                                       std::to_string(this->position(Node(other)).line));
                }
            }
        }
    }
}

Node Tree::container(Node parent, Statement statement, Position position) {
    lyd_node* node = nullptr;
    if (lyd_find_sibling_val(siblings(parent), statement.raw(), nullptr, 0, &node) == LY_SUCCESS) {
        return Node(node);
    }
    if (lyd_new_inner(parent.raw(), statement.raw()->module, statement.raw()->name, 0, &node) !=
        LY_SUCCESS) {
        fail(position, last_message(model_->raw()));
    }
    return remember(parent, node, position);
}

Node Tree::entry(Node parent, Statement list, const std::vector<KeyValue>& keys) {
    const Position position = keys.at(0).position;
    const std::string which = predicates(list, keys);
    lyd_node* node = nullptr;
    if (lyd_find_sibling_val(siblings(parent), list.raw(), which.c_str(), which.size(), &node) ==
        LY_SUCCESS) {
        return Node(node);
    }
    if (lyd_new_list2(parent.raw(), list.raw()->module, list.raw()->name, which.c_str(), 0,
                      &node) != LY_SUCCESS) {
        fail(position, last_message(model_->raw()));
    }
    std::size_t i = 0;
    for (lyd_node* key = lyd_child(node); key != nullptr && i < keys.size(); key = key->next) {
        data_->positions.emplace(key, keys[i++].position);
    }
    return remember(parent, node, position);
}

Node Tree::leaf(Node parent, Statement statement, const std::string& value, Position position) {
    const bool many = statement.kind() == Kind::LeafList;
    lyd_node* node = nullptr;
    if (lyd_find_sibling_val(siblings(parent), statement.raw(), many ? value.c_str() : nullptr,
                             many ? value.size() : 0, &node) == LY_SUCCESS) {
        if (!many && statement.kind() == Kind::Leaf) {  // as on the vendor's line, the last wins
            lyd_change_term(node, value.c_str());
            data_->positions[node] = position;
        }
        return Node(node);
    }
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
        const auto found = data_->positions.find(node.raw());
        if (found != data_->positions.end()) {
            return found->second;
        }
    }
    return {};
}

void Tree::fail(Node node, const std::string& reason) const {
    fail(position(node), reason);
}

void Tree::fail(Position position, const std::string& reason) const {
    throw ConfigError(file_, position.line, position.column, reason);
}

Model::Model(const std::string& yang_directory) {
    ly_log_options(LY_LOSTORE);  // messages are asked for, never printed
    const auto refuse = [&](const std::string& reason) {
        ly_ctx_destroy(context_);
        throw ConfigError(
            yang_directory, 0, 0,
            "cannot load the configuration model: " + reason + "; name its folder in ETI_YANG_DIR");
    };
    if (ly_ctx_new(yang_directory.c_str(), LY_CTX_NO_YANGLIBRARY | LY_CTX_DISABLE_SEARCHDIR_CWD,
                   &context_) != LY_SUCCESS) {
        refuse("no such folder");
    }
    if (ly_ctx_load_module(context_, kOwnModule, nullptr, nullptr) == nullptr) {
        refuse(last_message(context_));
    }
}

Model::~Model() {
    ly_ctx_destroy(context_);
}

std::vector<Statement> Model::children(Statement parent) const {
    const lys_module* module =
        parent.raw() == nullptr ? ly_ctx_get_module_implemented(context_, kVendorModule) : nullptr;
    std::vector<Statement> found;
    const lysc_node* node = nullptr;
    while ((node = lys_getnext(node, parent.raw(), module == nullptr ? nullptr : module->compiled,
                               0)) != nullptr) {
        if (!is_key(node)) {
            found.emplace_back(node);
        }
    }
    return found;
}

}  // namespace eti::config
