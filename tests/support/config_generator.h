// Random configurations from the schema: no statement of it is named here.
#pragma once

#include "config/candidate/check.h"
#include "config/candidate/config_node.h"

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

namespace eti::testing {

// ConfigGenerator makes the same configurations for the same seed. They have every kind of value,
// references that lead somewhere, groups, inactive and protected statements, and comments.
class ConfigGenerator {
  public:
    ConfigGenerator(const config::Model& model, std::uint64_t seed)
        : model_(model), random_(seed) {}

    // any answers a configuration whose statements are each legal, though not all together.
    std::unique_ptr<config::ConfigNode> any();
    // valid answers one that a commit check accepts.
    std::unique_ptr<config::ConfigNode> valid();
    // changed answers a copy with a few statements added, removed, moved and marked.
    std::unique_ptr<config::ConfigNode> changed(const config::ConfigNode& root);

    // values answers what is put into a leaf or key: all of it passes Statement::complaint.
    const std::vector<std::string>& values(config::Statement statement);

  private:
    bool chance(unsigned percent) { return random_() % 100 < percent; }
    template <typename T>
    const T& pick(const std::vector<T>& from) {
        return from[random_() % from.size()];
    }
    std::string text();

    void fill(config::ConfigNode& node, unsigned depth);
    void add(config::ConfigNode& parent, config::Statement statement, unsigned depth);
    config::ConfigNode& add_one(config::ConfigNode& parent, config::Statement statement);
    void mark(config::ConfigNode& node);
    void change(config::ConfigNode& node, unsigned depth);
    void protect(config::ConfigNode& node);

    // References are made good at the end, when it is known what there is to refer to.
    using Names = std::map<std::vector<std::string>, std::vector<std::string>>;
    void collect(const config::ConfigNode& node, std::vector<std::string>& path, Names& names);
    void refer(config::ConfigNode& node, const Names& names);
    void drop(config::ConfigNode& root, const config::CheckError& error);
    void drop_any(config::ConfigNode& root);

    const config::Model& model_;
    std::mt19937_64 random_;
    std::unordered_map<const void*, std::vector<std::string>> values_;
};

}  // namespace eti::testing
