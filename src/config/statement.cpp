// What the schema says about one statement.
#include "config/model.h"
#include "config/schema_info.h"

#include <libyang/libyang.h>

#include <algorithm>
#include <limits>

namespace eti::config {
namespace {

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

struct Range {
    uint64_t low = 0;
    uint64_t high = 0;
};

bool is_number(const lysc_type* type) {
    return type->basetype == LY_TYPE_UINT8 || type->basetype == LY_TYPE_UINT16 ||
           type->basetype == LY_TYPE_UINT32 || type->basetype == LY_TYPE_UINT64;
}

Range range_of(const lysc_type* type) {
    const lysc_range* range = reinterpret_cast<const lysc_type_num*>(type)->range;
    if (range == nullptr) {
        return {0, largest(type->basetype)};
    }
    return {range->parts[0].min_u64, range->parts[LY_ARRAY_COUNT(range->parts) - 1].max_u64};
}

std::string text_of(Range range) {
    return std::to_string(range.low) + ".." + std::to_string(range.high);
}

std::string number_complaint(const lysc_type* type, const std::string& value) {
    if (value.find_first_not_of("0123456789") != std::string::npos) {
        return "Invalid numeric value: '" + value + "'";
    }
    return "Value " + value + " is not within range (" + text_of(range_of(type)) + ")";
}

std::string enum_complaint(const lysc_type* type, const std::string& value) {
    const lysc_type_bitenum_item* items = reinterpret_cast<const lysc_type_enum*>(type)->enums;
    std::string names;
    for (std::size_t i = 0; i < LY_ARRAY_COUNT(items); ++i) {
        names.append(i == 0 ? "" : ", ").append(items[i].name);
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

// The case of a choice the node is in, or null.
const lysc_node* case_of(const lysc_node* node) {
    return node->parent != nullptr && node->parent->nodetype == LYS_CASE ? node->parent : nullptr;
}

const SchemaInfo& info(const lysc_node* node) {
    static const SchemaInfo kTop;
    return node == nullptr ? kTop : *static_cast<const SchemaInfo*>(node->priv);
}

// Words of a path without prefixes: "/oj:a/oj:b" and "../oj:b" alike.
std::vector<std::string> path_names(std::string_view path) {
    std::vector<std::string> names;
    for (std::size_t start = 0; start < path.size();) {
        const std::size_t end = std::min(path.find('/', start), path.size());
        const std::string_view step = path.substr(start, end - start);
        if (!step.empty()) {
            names.emplace_back(step.substr(step.find(':') + 1));  // npos + 1: no prefix
        }
        start = end + 1;
    }
    return names;
}

std::vector<std::string> names_down_to(const lysc_node* node) {
    std::vector<std::string> names;
    for (; node != nullptr; node = lysc_data_parent(node)) {
        names.insert(names.begin(), node->name);
    }
    return names;
}

// The list a reference looks in: a path may start at the top or at the leaf itself.
std::vector<std::string> reference_target(const lysc_node* leaf, std::string_view path) {
    std::vector<std::string> names = path_names(path);
    if (names.empty()) {
        return {};
    }
    names.pop_back();  // the key
    if (path.starts_with('/')) {
        return names;
    }
    const lysc_node* at = leaf;
    while (!names.empty() && names.front() == "..") {
        at = lysc_data_parent(at);
        names.erase(names.begin());
    }
    std::vector<std::string> all = names_down_to(at);
    all.insert(all.end(), names.begin(), names.end());
    return all;
}

bool is_term(const lysc_node* node) {
    return node != nullptr && (node->nodetype & (LYS_LEAF | LYS_LEAFLIST)) != 0;
}

constexpr std::string_view kMandatory = "Missing mandatory statement: ";

}  // namespace

std::string_view Statement::name() const {
    return node_ == nullptr ? "" : node_->name;
}

std::string_view Statement::keyword() const {
    return info(node_).keyword;
}

Kind Statement::kind() const {
    return info(node_).kind;
}

std::string_view Statement::key_keyword(std::size_t i) const {
    const auto& words = info(node_).key_keywords;
    return i < words.size() ? words[i] : std::string_view();
}

std::size_t Statement::order() const {
    return info(node_).order;
}

bool Statement::ordered_by_user() const {
    return node_ != nullptr && lysc_is_userordered(node_);
}

bool Statement::universal() const {
    return info(node_).universal;
}

bool Statement::hierarchy() const {
    return info(node_).hierarchy;
}

bool Statement::secret() const {
    return info(node_).secret;
}

bool Statement::numeric() const {
    return is_term(node_) && is_number(type_of(node_));
}

bool Statement::in_choice() const {
    return case_of(node_) != nullptr;
}

bool Statement::excludes(Statement other) const {
    for (const lysc_node* own = case_of(node_); own != nullptr; own = case_of(own->parent)) {
        for (const lysc_node* theirs = case_of(other.node_); theirs != nullptr;
             theirs = case_of(theirs->parent)) {
            if (theirs->parent == own->parent && theirs != own) {
                return true;
            }
        }
    }
    return false;
}

bool Statement::may_stand_alone() const {
    return node_ != nullptr && !lysc_is_np_cont(node_);
}

std::string_view Statement::description() const {
    return node_ == nullptr || node_->dsc == nullptr ? "" : node_->dsc;
}

const std::vector<Statement>& Statement::keys() const {
    return info(node_).keys;
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

std::vector<Statement::Name> Statement::names() const {
    std::vector<Name> names;
    if (is_term(node_) && type_of(node_)->basetype == LY_TYPE_ENUM) {
        const lysc_type_bitenum_item* items =
            reinterpret_cast<const lysc_type_enum*>(type_of(node_))->enums;
        for (std::size_t i = 0; i < LY_ARRAY_COUNT(items); ++i) {
            names.push_back({items[i].name, items[i].dsc == nullptr ? "" : items[i].dsc});
        }
    }
    return names;
}

std::string Statement::range() const {
    if (!is_term(node_) || !is_number(type_of(node_))) {
        return {};
    }
    const char* units = node_->nodetype == LYS_LEAF
                            ? reinterpret_cast<const lysc_node_leaf*>(node_)->units
                            : reinterpret_cast<const lysc_node_leaflist*>(node_)->units;
    const std::string text = text_of(range_of(type_of(node_)));
    return units == nullptr ? text : text + " " + units;
}

std::string_view Statement::default_value() const {
    if (node_ == nullptr || node_->nodetype != LYS_LEAF) {
        return {};
    }
    const lyd_value* value = reinterpret_cast<const lysc_node_leaf*>(node_)->dflt;
    const char* text =
        value == nullptr ? nullptr : lyd_value_get_canonical(node_->module->ctx, value);
    return text == nullptr ? "" : text;
}

std::vector<std::vector<std::string>> Statement::targets() const {
    std::vector<std::vector<std::string>> targets;
    if (!is_term(node_)) {
        return targets;
    }
    const lysc_type* type = node_->nodetype == LYS_LEAF
                                ? reinterpret_cast<const lysc_node_leaf*>(node_)->type
                                : reinterpret_cast<const lysc_node_leaflist*>(node_)->type;
    if (type->basetype == LY_TYPE_LEAFREF) {
        const auto* reference = reinterpret_cast<const lysc_type_leafref*>(type);
        targets.push_back(reference_target(node_, lyxp_get_expr(reference->path)));
    }
    for (std::size_t i = 0; i < LY_ARRAY_COUNT(node_->exts); ++i) {
        if (std::string_view(node_->exts[i].def->name) == "refers") {
            targets.push_back(path_names(node_->exts[i].argument));
        }
    }
    return targets;
}

std::vector<Statement::Mandatory> Statement::mandatory() const {
    std::vector<Mandatory> found;
    const lysc_must* musts = node_ == nullptr ? nullptr : lysc_node_musts(node_);
    for (std::size_t i = 0; i < LY_ARRAY_COUNT(musts); ++i) {
        const std::string_view message = musts[i].emsg == nullptr ? "" : musts[i].emsg;
        const std::string_view condition = lyxp_get_expr(musts[i].cond);
        if (message.starts_with(kMandatory) && condition.find(' ') == std::string_view::npos) {
            found.push_back({path_names(condition), message.substr(kMandatory.size())});
        }
    }
    return found;
}

}  // namespace eti::config
