#include "config/set_lines.h"

#include "config/candidate/check.h"
#include "config/candidate/reading.h"

namespace eti::config {

Tree parse_set_lines(const Model& model, std::string_view text, const std::string& file) {
    return build_tree(model, *read_configuration(model, text, file), file);
}

}  // namespace eti::config
