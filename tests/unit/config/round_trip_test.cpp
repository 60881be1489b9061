// Whatever is shown can be loaded: random configurations through every form and back.
#include "config/candidate/reading.h"
#include "config/candidate/statement_text.h"
#include "config/candidate/text_printer.h"
#include "config/forms/compare.h"
#include "config/forms/json.h"
#include "config/forms/load.h"
#include "config/forms/xml.h"
#include "tests/support/config_generator.h"
#include "tests/unit/config/load.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <set>
#include <string>

namespace eti::config {
namespace {

using eti::testing::ConfigGenerator;

const Model& model() {
    static const Model instance(testing::kYangDirectory);
    return instance;
}

// How many configurations are tried; the release build is asked for 10,000.
unsigned rounds(unsigned otherwise) {
    const char* asked = std::getenv("ETI_ROUND_TRIPS");
    return asked == nullptr ? otherwise : static_cast<unsigned>(std::strtoul(asked, nullptr, 10));
}

std::string curly(const ConfigNode& root) {
    PrintOptions options;
    options.mask = false;
    return print_text(root, options);
}

std::string set_lines(const ConfigNode& root) {
    PrintOptions options;
    options.mask = false;
    return print_set(root, {}, options);
}

void expect_loads(const ConfigNode& root, const std::string& text, LoadMode mode,
                  const std::string& why) {
    ConfigNode loaded;
    const LoadResult result = load(model(), loaded, mode, text, "shown", {});
    EXPECT_TRUE(result.errors.empty()) << why << ": " << result.errors.front() << "\n" << text;
    EXPECT_TRUE(loaded.same(root)) << why << "\n"
                                   << text << "\ncame back with\n"
                                   << compare(root, loaded);
}

TEST(RoundTrip, EveryFormOfAValidConfigurationLoadsBack) {
    const unsigned count = rounds(60);
    for (unsigned seed = 1; seed <= count && !::testing::Test::HasFailure(); ++seed) {
        const auto root = ConfigGenerator(model(), seed).valid();
        const std::string why = "seed " + std::to_string(seed);
        expect_loads(*root, curly(*root), LoadMode::Override, why + ", curly");
        expect_loads(*root, set_lines(*root), LoadMode::Set, why + ", set");
        expect_loads(*root, write_xml(*root), LoadMode::Override, why + ", xml");
        expect_loads(*root, write_xml_reply(*root, {}, "[edit]"), LoadMode::Merge, why + ", reply");
        expect_loads(*root, write_json(*root), LoadMode::Override, why + ", json");
    }
}

TEST(RoundTrip, StatementsThatDoNotFitTogetherLoadBackToo) {
    const unsigned count = rounds(100);
    for (unsigned seed = 1; seed <= count && !::testing::Test::HasFailure(); ++seed) {
        const auto root = ConfigGenerator(model(), 1'000'000 + seed).any();
        const std::string why = "seed " + std::to_string(seed);
        expect_loads(*root, curly(*root), LoadMode::Merge, why + ", curly");
        expect_loads(*root, set_lines(*root), LoadMode::Set, why + ", set");
        expect_loads(*root, write_xml(*root), LoadMode::Replace, why + ", xml");
        expect_loads(*root, write_json(*root), LoadMode::Update, why + ", json");
    }
}

TEST(RoundTrip, AComparisonIsAPatch) {
    const unsigned count = rounds(150);
    for (unsigned seed = 1; seed <= count && !::testing::Test::HasFailure(); ++seed) {
        ConfigGenerator generator(model(), 2'000'000 + seed);
        const auto before = generator.any();
        const auto after = seed % 5 == 0 ? generator.any() : generator.changed(*before);
        const std::string patch = compare(*before, *after, false);
        EXPECT_EQ(patch.empty(), before->same(*after)) << "seed " << seed;
        const auto patched = before->clone();
        const auto errors = apply_patch(model(), *patched, patch);
        EXPECT_TRUE(errors.empty())
            << "seed " << seed << ": " << listed(errors.front(), "patch") << "\n"
            << patch;
        EXPECT_TRUE(patched->same(*after)) << "seed " << seed << "\n"
                                           << patch << "\nleaves\n"
                                           << compare(*patched, *after);
    }
}

// A type without a plausible value would quietly be left out of the tests above.
TEST(ConfigGenerator, KnowsAValueForEveryLeafAndKey) {
    ConfigGenerator generator(model(), 1);
    std::set<const void*> seen;
    const std::function<void(Statement)> visit = [&](Statement statement) {
        if (!seen.insert(statement.raw()).second) {
            return;
        }
        for (const Statement& key : statement.keys()) {
            EXPECT_FALSE(generator.values(key).empty()) << statement.name() << " " << key.name();
        }
        if (statement.kind() == Kind::Leaf || statement.kind() == Kind::LeafList) {
            EXPECT_FALSE(generator.values(statement).empty()) << statement.name();
        } else if (statement.kind() != Kind::Flag) {
            for (const Statement& child : model().children(statement)) {
                visit(child);
            }
        }
    };
    for (const Statement& statement : model().children({})) {
        visit(statement);
    }
    EXPECT_GT(seen.size(), 100U);
}

}  // namespace
}  // namespace eti::config
