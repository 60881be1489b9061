#include "cli/shape.h"

#include "eti/base/check.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>

namespace eti::cli {
namespace {

using Json = nlohmann::ordered_json;

Shape parse_one(std::string_view& text) {
    Shape shape;
    const std::size_t end = std::min(text.find_first_of("*#?{},"), text.size());
    shape.name = text.substr(0, end);
    ETI_CHECK(!shape.name.empty());
    text.remove_prefix(end);
    while (!text.empty() && (text[0] == '*' || text[0] == '#' || text[0] == '?')) {
        shape.list = shape.list || text[0] == '*';
        shape.number = shape.number || text[0] == '#';
        shape.optional = shape.optional || text[0] == '?';
        text.remove_prefix(1);
    }
    if (text.starts_with('{')) {
        do {
            text.remove_prefix(1);
            shape.children.push_back(parse_one(text));
        } while (text.starts_with(','));
        ETI_CHECK(text.starts_with('}'));
        text.remove_prefix(1);
    }
    return shape;
}

Json flat(const Element& element, const Shape& shape);

Json flat_children(const Element& element, const Shape& shape) {
    Json object = Json::object();
    for (const Shape& child : shape.children) {
        if (child.list) {
            object[child.name] = Json::array();
        }
    }
    for (const Element& child : element.children) {
        const Shape* known = shape.child(child.name);
        ETI_CHECK(known != nullptr);
        if (known->list) {
            object[child.name].push_back(flat(child, *known));
        } else {
            object[child.name] = flat(child, *known);
        }
    }
    return object;
}

Json flat(const Element& element, const Shape& shape) {
    if (!shape.children.empty()) {
        return flat_children(element, shape);
    }
    if (shape.number) {
        return std::strtoull(element.value.c_str(), nullptr, 10);
    }
    return element.value;
}

Json flat_schema(const Shape& shape) {
    if (shape.children.empty()) {
        return shape.number ? Json{{"type", "integer"}, {"minimum", 0}} : Json{{"type", "string"}};
    }
    Json object{{"type", "object"}, {"additionalProperties", false}};
    Json required = Json::array();
    for (const Shape& child : shape.children) {
        const Json one = flat_schema(child);
        object["properties"][child.name] =
            child.list ? Json{{"type", "array"}, {"items", one}} : one;
        if (!child.optional) {
            required.push_back(child.name);
        }
    }
    object["required"] = required;
    return object;
}

// Every value of the vendor's form is an array, and so is every group.
Json wrapped_schema(const Shape& shape) {
    Json object{{"type", "object"}, {"additionalProperties", false}};
    if (shape.children.empty()) {
        object["properties"]["data"] = {{"type", "string"}};
    }
    for (const Shape& child : shape.children) {
        object["properties"][child.name] = {{"type", "array"}, {"items", wrapped_schema(child)}};
    }
    return object;
}

Json around(const Shape& shape, const Json& inside) {
    return {{"type", "object"},
            {"properties", {{shape.name, inside}}},
            {"required", Json::array({shape.name})},
            {"additionalProperties", false}};
}

}  // namespace

const Shape* Shape::child(std::string_view child_name) const {
    const auto found = std::find_if(children.begin(), children.end(),
                                    [&](const Shape& c) { return c.name == child_name; });
    return found == children.end() ? nullptr : &*found;
}

Shape parse_shape(std::string_view text) {
    Shape shape = parse_one(text);
    ETI_CHECK(text.empty());
    return shape;
}

std::string render_flat_json(const Element& tree, const Shape& shape) {
    const Json root{{tree.name, flat(tree, shape)}};
    return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string render_schema(std::string_view command, std::string_view help, const Shape& shape) {
    Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                {"title", command},
                {"description", help}};
    schema["oneOf"] =
        Json::array({Json{{"$ref", "#/$defs/flat"}}, Json{{"$ref", "#/$defs/junos"}}});
    schema["$defs"]["flat"] = around(shape, flat_schema(shape));
    schema["$defs"]["flat"]["description"] = "the form of | display json flat";
    schema["$defs"]["junos"] =
        around(shape, {{"type", "array"}, {"items", wrapped_schema(shape)}, {"maxItems", 1}});
    schema["$defs"]["junos"]["description"] = "the form of | display json";
    return schema.dump(2) + "\n";
}

}  // namespace eti::cli
