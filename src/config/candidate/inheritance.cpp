#include "config/candidate/inheritance.h"

namespace eti::config {

std::function<std::string(const ConfigNode&)> inheritance_notes(const Expansion& expansion) {
    return [&expansion](const ConfigNode& node) -> std::string {
        const auto found = expansion.origins.find(&node);
        if (found == expansion.origins.end()) {
            return {};
        }
        const bool secret = node.statement.secret() || node.values.empty();
        const std::string word = secret ? std::string(node.statement.name()) : node.values.back();
        return "##\n## '" + word + "' was inherited from group '" + found->second + "'\n##\n";
    };
}

}  // namespace eti::config
