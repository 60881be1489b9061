// The configuration model and trees over it. Besides model.cpp, statement.cpp and tree.cpp the only
// file that knows libyang, and only by the names of its types.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct ly_ctx;
struct lyd_node;
struct lysc_node;

namespace eti::config {

enum class Kind { Container, List, Leaf, LeafList, Flag };

// Position is a place in the file, from 1; {0, 0}: nowhere.
struct Position {
    std::size_t line = 0;
    std::size_t column = 0;
};

// Statement is one node of the schema: a keyword that may be typed. Cheap to copy; lives as long
// as the Model. A null Statement is the top of the hierarchy.
class Statement {
  public:
    Statement() = default;
    explicit Statement(const lysc_node* node) : node_(node) {}

    std::string_view name() const;
    // keyword is the word it is typed by: for 'from-zone A to-zone B' the first; empty for a value
    // that follows its parent directly.
    std::string_view keyword() const;
    Kind kind() const;
    bool may_stand_alone() const;  // needs nothing after it: all but plain containers
    std::string_view description() const;
    const std::vector<Statement>& keys() const;  // of a list, in order
    // key_keyword is the word typed before key number i of 'from-zone A to-zone B'; empty: none.
    std::string_view key_keyword(std::size_t i) const;
    std::size_t order() const;     // smaller is shown first
    bool ordered_by_user() const;  // the order of entries or values has a meaning
    bool universal() const;        // allowed at every level, or below such a statement
    bool hierarchy() const;        // the whole hierarchy is allowed below it
    bool secret() const;
    bool numeric() const;  // its value is a whole number
    bool in_choice() const;
    // excludes answers whether the two are different cases of one choice.
    bool excludes(Statement other) const;
    // extension answers the argument of an oe: extension, "" when it has none.
    std::optional<std::string_view> extension(std::string_view name) const;
    // complaint says why value is not legal here; nothing when it is.
    std::optional<std::string> complaint(const std::string& value) const;

    // What a value may be: its names, its range with unit ("50..500 milliseconds"), its default,
    // and the lists, by names from the top, whose entries it may name.
    struct Name {
        std::string_view name;
        std::string_view description;
    };
    std::vector<Name> names() const;
    std::string range() const;
    std::string_view default_value() const;
    std::vector<std::vector<std::string>> targets() const;
    // mandatory answers what must be below this statement.
    struct Mandatory {
        std::vector<std::string> path;
        std::string_view name;  // as the vendor shows it: in quotes
    };
    std::vector<Mandatory> mandatory() const;

    const lysc_node* raw() const { return node_; }

  private:
    const lysc_node* node_ = nullptr;
};

// Node is one statement of a tree with its value. Cheap to copy; lives as long as the Tree. Every
// question to a null Node has the empty answer.
class Node {
  public:
    Node() = default;
    explicit Node(lyd_node* node) : node_(node) {}
    explicit operator bool() const { return node_ != nullptr; }

    Statement statement() const;
    std::string_view value() const;  // canonical; of a list entry: its first key
    bool typed() const;              // not filled in by a default
    Node parent() const;
    Node child(std::string_view name) const;
    std::vector<Node> children() const;                       // without keys
    std::vector<Node> children(std::string_view name) const;  // in the order of the tree
    // entry answers the entry of a list with this one key, or a null Node.
    Node entry(std::string_view list, std::string_view key) const;
    bool has(std::string_view name) const { return static_cast<bool>(child(name)); }
    std::string_view text(std::string_view name) const { return child(name).value(); }
    // words is the statement as typed from the top, without "set".
    std::string words() const;

    lyd_node* raw() const { return node_; }

  private:
    lyd_node* node_ = nullptr;
};

// KeyValue is one key of a list entry and where it was typed.
struct KeyValue {
    std::string value;
    Position position;
};

class Model;

// Tree is one configuration. Values given to it must have passed Statement::complaint.
class Tree {
  public:
    Tree(const Model& model, std::string file);  // the model must outlive the tree
    ~Tree();
    Tree(Tree&&) noexcept = default;
    Tree(const Tree&) = delete;
    Tree& operator=(const Tree&) = delete;

    // Each of these makes one node below parent (null: at the top), which has none like it.
    Node container(Node parent, Statement statement, Position position);
    Node entry(Node parent, Statement list, const std::vector<KeyValue>& keys);
    Node leaf(Node parent, Statement statement, const std::string& value, Position position);

    // validate adds defaults and checks references and constraints. Throws ConfigError.
    void validate();
    Node top(std::string_view name) const;
    std::vector<Node> tops() const;
    // position answers where the node, or its nearest typed ancestor, was typed.
    Position position(Node node) const;
    // fail throws ConfigError for the node.
    [[noreturn]] void fail(Node node, const std::string& reason) const;
    [[noreturn]] void fail(Position position, const std::string& reason) const;

  private:
    struct Data {  // on the heap: libyang keeps pointers into the tree while it moves
        lyd_node* first = nullptr;
        std::deque<Position> positions;  // libyang's nodes point to theirs
        ~Data();
    };

    Node remember(Node parent, lyd_node* node, Position position);
    [[noreturn]] void fail_validation() const;

    const Model* model_;
    std::string file_;
    std::unique_ptr<Data> data_;
};

// Model is the schema, loaded once and used for any number of trees, by one thread.
class Model {
  public:
    explicit Model(const std::string& yang_directory);  // throws ConfigError
    ~Model();
    Model(const Model&) = delete;
    Model& operator=(const Model&) = delete;

    // children are the statements allowed below one (null: at the top), without a list's keys;
    // those allowed everywhere come last.
    const std::vector<Statement>& children(Statement parent) const;
    // child answers the one with this node name, or a null Statement.
    Statement child(Statement parent, std::string_view name) const;

    ly_ctx* raw() const { return context_; }

  private:
    struct Schema;

    ly_ctx* context_ = nullptr;
    std::unique_ptr<Schema> schema_;
};

}  // namespace eti::config
