// Answers against the schemas of src/api/openapi.json.
#pragma once

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include <string>
#include <utility>

namespace eti::analysis::test {

class Contract {
  public:
    explicit Contract(nlohmann::json openapi) : openapi_(std::move(openapi)) {}

    // why_not is empty when the answer is what the named schema says.
    std::string why_not(const std::string& name, const nlohmann::json& answer) const {
        const nlohmann::json root{{"$ref", "#/components/schemas/" + name},
                                  {"components", openapi_.at("components")}};
        valijson::Schema schema;
        valijson::SchemaParser(valijson::SchemaParser::kDraft7)
            .populateSchema(valijson::adapters::NlohmannJsonAdapter(root), schema);
        valijson::Validator validator;
        valijson::ValidationResults results;
        if (validator.validate(schema, valijson::adapters::NlohmannJsonAdapter(answer), &results)) {
            return {};
        }
        std::string why = "it does not fit " + name;
        valijson::ValidationResults::Error error;
        while (results.popError(error)) {
            for (const std::string& part : error.context) {
                why += part;
            }
            why += ": " + error.description + "\n";
        }
        return why;
    }

  private:
    nlohmann::json openapi_;
};

}  // namespace eti::analysis::test
