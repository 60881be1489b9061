// Operations on a candidate at a level.
#pragma once

#include "config/candidate/apply.h"
#include "config/tokens.h"
#include "eti/config/edit_session.h"

#include <string>
#include <string_view>
#include <vector>

namespace eti::config {

// Editor changes a tree as one operator's commands say. Arguments are as for EditSession. Every
// member throws EditError and then has changed nothing; columns are those of the arguments.
class Editor {
  public:
    using Warnings = std::vector<std::string>;

    Editor(const Model& model, ConfigNode& root) : model_(model), root_(root) {}

    Warnings set(const Level& level, std::string_view arguments);
    Warnings remove(const Level& level, std::string_view arguments);
    Warnings wildcard_remove(const Level& level, std::string_view arguments);
    Warnings rename(const Level& level, std::string_view arguments);
    Warnings copy(const Level& level, std::string_view arguments);
    Warnings insert(const Level& level, std::string_view arguments);
    Warnings activate(const Level& level, std::string_view arguments);
    Warnings deactivate(const Level& level, std::string_view arguments);
    Warnings protect(const Level& level, std::string_view arguments);
    Warnings unprotect(const Level& level, std::string_view arguments);
    Warnings annotate(const Level& level, std::string_view arguments);
    Warnings replace_pattern(const Level& level, std::string_view arguments);

    // edit answers the level the arguments lead to; it need not exist.
    Level edit(const Level& level, std::string_view arguments) const;
    // found answers what the arguments name: one node, or values of a leaf-list, or the entries of
    // a list without a key; nothing when there is no such statement.
    enum class Lists { Refuse, Allow };
    std::vector<ConfigNode*> found(const Level& level, std::string_view arguments,
                                   Lists lists = Lists::Allow) const;

    // Of one line of a "load set" text; the verb is the first word. The level follows edit, up,
    // top.
    Warnings line(Level& level, std::string_view text);

  private:
    std::vector<ConfigNode*> resolve(const Level& level, const std::vector<Step>& steps) const;
    std::vector<Step> read(const Level& level, const std::vector<Token>& tokens, std::size_t first,
                           std::size_t last, WordParser::Open open) const;
    ConfigNode& entry(const Level& level, const std::vector<Token>& tokens, std::size_t first,
                      std::size_t last) const;
    Warnings mark(const Level& level, std::string_view arguments, bool ConfigNode::*flag,
                  bool value, std::string_view already);
    struct Relation;
    Relation relation(const Level& level, const std::vector<Token>& tokens,
                      std::string_view first_word, std::string_view second_word) const;

    const Model& model_;
    ConfigNode& root_;
};

// words_in splits arguments. Throws EditError.
std::vector<Token> words_in(std::string_view arguments);
// reject_protected throws EditError when a node, one above it or one below it is protected.
void reject_protected(const ConfigNode& node);

}  // namespace eti::config
