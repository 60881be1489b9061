// The vendor's hierarchy, statement by statement: each parses, passes the commit check (or is
// refused with its reason), and comes back from every form it is shown in.
#include "config/candidate/text_printer.h"
#include "config/forms/json.h"
#include "config/forms/load.h"
#include "config/forms/xml.h"
#include "tests/unit/config/load.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace eti::config {
namespace {

const Model& model() {
    static const Model instance(testing::kYangDirectory);
    return instance;
}

// What the statements refer to.
const std::string kContext =
    std::string(testing::kWire) + std::string(testing::kMatchAny) + std::string(testing::kPermit) +
    "set services ssl initiation profile cloud-tls\n"
    "set services proxy profile out protocol http host proxy.example port 3128\n"
    "set services advanced-anti-malware policy files verdict-threshold 5\n"
    "set services security-intelligence profile cc category CC\n"
    "set services security-intelligence policy pol1 CC cc\n";

struct Block {
    std::size_t line = 0;  // where it starts in the file
    std::string lines;
    std::string refusal;  // how the reason starts; empty: it is accepted
};

std::vector<Block> blocks_of(const std::string& text) {
    constexpr std::string_view kRefused = "# refused: ";
    std::vector<Block> blocks(1);
    std::istringstream lines(text);
    std::size_t number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        if (line.empty()) {
            blocks.emplace_back();
        } else if (line.starts_with(kRefused)) {
            blocks.back().refusal = line.substr(kRefused.size());
        } else if (line[0] != '#') {
            blocks.back().line = blocks.back().lines.empty() ? number : blocks.back().line;
            blocks.back().lines += line + "\n";
        }
    }
    std::erase_if(blocks, [](const Block& block) { return block.lines.empty(); });
    return blocks;
}

std::vector<Block> blocks() {
    return blocks_of(testing::data_file("vendor_reference.set"));
}

void expect_same(const ConfigNode& root, LoadMode mode, const std::string& text) {
    ConfigNode loaded;
    const LoadResult result = load(model(), loaded, mode, text, "shown", {});
    EXPECT_TRUE(result.errors.empty()) << result.errors.front() << "\n" << text;
    EXPECT_TRUE(loaded.same(root)) << text;
}

TEST(VendorReference, EveryStatementPassesTheCommitCheckOrIsRefusedByName) {
    std::size_t accepted = 0;
    for (const Block& block : blocks()) {
        const auto error = testing::error_of(kContext + block.lines);
        if (block.refusal.empty()) {
            EXPECT_FALSE(error.has_value()) << "line " << block.line << ": " << error->what();
            ++accepted;
        } else {
            ASSERT_TRUE(error.has_value()) << "line " << block.line;
            EXPECT_NE(error->reason.find(block.refusal), std::string::npos)
                << "line " << block.line << ": " << error->reason;
        }
    }
    EXPECT_GT(accepted, 30U);
}

TEST(VendorReference, EveryStatementComesBackFromEveryForm) {
    PrintOptions unmasked;
    unmasked.mask = false;
    for (const Block& block : blocks()) {
        if (!block.refusal.empty()) {
            continue;
        }
        SCOPED_TRACE("line " + std::to_string(block.line));
        ConfigNode root;
        const LoadResult result = load(model(), root, LoadMode::Set, block.lines, "set", {});
        ASSERT_TRUE(result.errors.empty()) << result.errors.front();
        expect_same(root, LoadMode::Set, print_set(root, {}, unmasked));
        expect_same(root, LoadMode::Override, print_text(root, unmasked));
        expect_same(root, LoadMode::Override, write_xml(root));
        expect_same(root, LoadMode::Override, write_json(root));
    }
}

}  // namespace
}  // namespace eti::config
