// Every command's reply is what its shape says, and docs/schema/cli holds that shape's schema.
// ETI_WRITE_SCHEMAS=1 writes the files anew.
#include "cli/commands/commands.h"
#include "cli/configuration/operational.h"
#include "cli/shape.h"
#include "tests/support/fixed_backend.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace eti::cli {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(ETI_SOURCE_DIR) / "docs/schema/cli";

std::filesystem::path schema_file(const Command& command) {
    std::string name(command.path);
    std::replace(name.begin(), name.end(), ' ', '-');
    return kFolder / (name + ".json");
}

// check names the first element that the shape does not have, or that is missing.
std::string check(const Element& element, const Shape& shape) {
    for (const Element& child : element.children) {
        const Shape* known = shape.child(child.name);
        if (known == nullptr) {
            return shape.name + " has no " + child.name;
        }
        if (const std::string why = check(child, *known); !why.empty()) {
            return why;
        }
    }
    for (const Shape& child : shape.children) {
        const auto count = std::count_if(element.children.begin(), element.children.end(),
                                         [&](const Element& e) { return e.name == child.name; });
        if (!child.list && count > 1) {
            return shape.name + " has more than one " + child.name;
        }
        if (!child.list && !child.optional && count == 0) {
            return shape.name + " lacks " + child.name;
        }
    }
    const bool digits = element.value.find_first_not_of("0123456789") == std::string::npos;
    return shape.number && (!digits || element.value.empty()) ? shape.name + " is no number" : "";
}

// Every command with a reply of its own; what is done to the operator's session has none.
std::vector<Command> commands_with_replies() {
    std::vector<Command> commands = all_commands();
    for (Command& command : configuration_commands()) {
        if (!command.shape.empty()) {
            commands.push_back(std::move(command));
        }
    }
    return commands;
}

void fill(FixedBackend& backend) {
    metadata::Record record;
    record.id = 42;
    backend.recent.add(record, nullptr);
    backend.checks = {{"TLS", true, "answered 200"}};
    backend.fixed.log_streams = {{"siem", "udp", true, 0, 1, 0, {}}};
    policy::ZonePair pair;
    pair.from = "trust";
    pair.to = "untrust";
    pair.rules.emplace_back().name = "web";
    backend.fixed.policy = std::make_shared<const policy::Policy>(std::vector{pair});
    backend.fixed.link.last_error = "x";
}

OptionValues required_values(const Command& command) {
    const std::map<std::string_view, std::string> samples{
        {"<id>", "42"}, {"category-name", "CC"},        {"feed-name", "cc_cert_sha1"}, {"<a>", "1"},
        {"<b>", "0"},   {"address-name", "ID-fffc181a"}};
    OptionValues values;
    for (const Option& option : command.options) {
        if (option.required && samples.contains(option.key())) {
            values[option.key()] = samples.at(option.key());
        }
        if (option.keyword == "detail") {
            values["detail"];
        }
    }
    return values;
}

TEST(Schema, RepliesHaveTheirShapes) {
    FixedBackend backend;
    fill(backend);
    std::size_t answered = 0;
    for (const Command& command : commands_with_replies()) {
        SCOPED_TRACE(command.path);
        const Shape shape = parse_shape(command.shape);
        EXPECT_FALSE(command.rpc.empty());
        EXPECT_FALSE(command.help.empty());
        const OptionValues values = required_values(command);
        Reply reply;
        try {
            reply = command.run(
                {backend.fixed, backend.listing, backend.checks, values, backend, true});
        } catch (const std::runtime_error&) {
            continue;  // refused with a sentence, whatever is asked
        }
        ++answered;
        EXPECT_EQ(reply.tree.name, shape.name);
        EXPECT_EQ(check(reply.tree, shape), "");
    }
    EXPECT_GT(answered, 40U);
}

TEST(Schema, PublishedSchemasAreThoseOfTheCommands) {
    const bool write = std::getenv("ETI_WRITE_SCHEMAS") != nullptr;
    if (write) {
        std::filesystem::remove_all(kFolder);
        std::filesystem::create_directories(kFolder);
    }
    std::size_t count = 0;
    for (const Command& command : commands_with_replies()) {
        SCOPED_TRACE(command.path);
        const std::string schema =
            render_schema(command.path, command.help, parse_shape(command.shape));
        ++count;
        if (write) {
            std::ofstream(schema_file(command)) << schema;
        }
        std::ifstream file(schema_file(command));
        EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), schema);
    }
    const auto files = std::distance(std::filesystem::directory_iterator(kFolder), {});
    EXPECT_EQ(static_cast<std::size_t>(files), count) << "a file of a command that is gone";
}

}  // namespace
}  // namespace eti::cli
