#include "config/model.h"

#include "config/schema_info.h"
#include "eti/config/store.h"

#include <libyang/libyang.h>

#include <algorithm>
#include <deque>

namespace eti::config {
namespace {

constexpr const char* kVendorModule = "openeti-junos";
constexpr const char* kOwnModule = "openeti";  // augments the vendor's, which it imports

Kind kind_of(const lysc_node* node) {
    switch (node->nodetype) {
        case LYS_LIST:
            return Kind::List;
        case LYS_LEAFLIST:
            return Kind::LeafList;
        case LYS_LEAF:
            return reinterpret_cast<const lysc_node_leaf*>(node)->type->basetype == LY_TYPE_EMPTY
                       ? Kind::Flag
                       : Kind::Leaf;
        default:
            return Kind::Container;
    }
}

std::vector<std::string_view> split(std::string_view words) {
    std::vector<std::string_view> parts;
    while (!words.empty()) {
        const std::size_t end = std::min(words.find(' '), words.size());
        parts.push_back(words.substr(0, end));
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return parts;
}

}  // namespace

// Nodes below each statement, in the order of the modules; a deque, as libyang points into it.
struct Model::Schema {
    std::deque<SchemaInfo> infos;
    std::vector<Statement> top;

    SchemaInfo& add(Statement statement);
    std::vector<Statement> add_below(const lysc_node* parent, const lysc_module* module);
    void add_universal();
};

std::string last_message(const ly_ctx* context) {
    const ly_err_item* item = ly_err_last(context);
    return item == nullptr || item->msg == nullptr ? "no reason given" : item->msg;
}

SchemaInfo& Model::Schema::add(Statement statement) {
    SchemaInfo& info = infos.emplace_back();
    info.order = infos.size();
    const_cast<lysc_node*>(statement.raw())->priv = &info;
    info.kind = kind_of(statement.raw());
    if (const auto words = statement.extension("key-keywords")) {
        info.key_keywords = split(*words);
        info.keyword = info.key_keywords.at(0);
    } else if (!statement.extension("elided") && !statement.extension("positional")) {
        info.keyword = statement.name();
    }
    const lysc_node* parent = lysc_data_parent(statement.raw());
    info.universal = statement.extension("universal").has_value() ||
                     (parent != nullptr && Statement(parent).universal());
    info.hierarchy = statement.extension("hierarchy").has_value();
    info.secret = statement.extension("secret").has_value();
    return info;
}

std::vector<Statement> Model::Schema::add_below(const lysc_node* parent,
                                                const lysc_module* module) {
    std::vector<Statement> found;
    for (const lysc_node* node = nullptr;
         (node = lys_getnext(node, parent, module, 0)) != nullptr;) {
        SchemaInfo& info = add(Statement(node));
        if (lysc_is_key(node)) {
            static_cast<SchemaInfo*>(parent->priv)->keys.emplace_back(node);
        } else {
            found.emplace_back(node);
        }
        if ((node->nodetype & (LYS_CONTAINER | LYS_LIST)) != 0) {
            info.children = add_below(node, nullptr);
        }
    }
    return found;
}

// Statements of every level come last where words are looked up, first where they are shown.
void Model::Schema::add_universal() {
    std::vector<Statement> universal;
    std::vector<Statement> hierarchy;
    std::vector<Statement> plain;
    for (const Statement& statement : top) {
        (statement.universal()   ? universal
         : statement.hierarchy() ? hierarchy
                                 : plain)
            .push_back(statement);
    }
    for (SchemaInfo& info : infos) {
        const bool inner = info.kind == Kind::Container || info.kind == Kind::List;
        if (info.hierarchy) {
            info.children = plain;
        }
        if (inner && !info.universal) {
            info.children.insert(info.children.end(), universal.begin(), universal.end());
        }
    }
    top = plain;
    top.insert(top.end(), hierarchy.begin(), hierarchy.end());
    top.insert(top.end(), universal.begin(), universal.end());
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
    schema_ = std::make_unique<Schema>();
    schema_->top = schema_->add_below(
        nullptr, ly_ctx_get_module_implemented(context_, kVendorModule)->compiled);
    schema_->add_universal();
}

Model::~Model() {
    ly_ctx_destroy(context_);
}

const std::vector<Statement>& Model::children(Statement parent) const {
    return parent.raw() == nullptr ? schema_->top
                                   : static_cast<const SchemaInfo*>(parent.raw()->priv)->children;
}

Statement Model::child(Statement parent, std::string_view name) const {
    for (const Statement& child : children(parent)) {
        if (child.name() == name) {
            return child;
        }
    }
    return {};
}

}  // namespace eti::config
