#include "config/candidate/reading.h"
#include "config/forms/element.h"
#include "config/forms/json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace eti::config {
namespace {

// Value is one JSON value with the place where it starts.
struct Value {
    enum class Kind { Null, True, False, Text, Object, Array };

    Kind kind = Kind::Null;
    std::string name;  // in an object
    std::string text;  // of strings and numbers
    std::size_t offset = 0;
    std::vector<Value> below;
};

// Counting tells how far the library has read: it names no places itself.
struct Counting {
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    const char* at = nullptr;
    const char** reached = nullptr;

    reference operator*() const { return *at; }
    Counting& operator++() {
        *reached = ++at;
        return *this;
    }
    bool operator==(const Counting& other) const { return at == other.at; }
    bool operator!=(const Counting& other) const { return at != other.at; }
};

// ValueBuilder takes the library's events. Answering false stops it.
class ValueBuilder : public nlohmann::json_sax<nlohmann::json> {
  public:
    ValueBuilder(std::string_view text, Value& root) : text_(text), reached_(text.data()) {
        path_.push_back(&root);
    }

    bool run() {
        Counting begin{text_.data(), &reached_};
        Counting end{text_.data() + text_.size(), &reached_};
        return nlohmann::json::sax_parse(begin, end, this);
    }

    std::size_t offset() const { return offset_; }  // of the error
    const std::string& complaint() const { return complaint_; }

    bool null() override { return add(Value::Kind::Null, {}); }
    bool boolean(bool value) override {
        return add(value ? Value::Kind::True : Value::Kind::False, {});
    }
    bool number_integer(number_integer_t value) override {
        return add(Value::Kind::Text, std::to_string(value));
    }
    bool number_unsigned(number_unsigned_t value) override {
        return add(Value::Kind::Text, std::to_string(value));
    }
    bool number_float(number_float_t /*value*/, const string_t& text) override {
        return add(Value::Kind::Text, text);
    }
    bool string(string_t& value) override { return add(Value::Kind::Text, std::move(value)); }
    bool binary(binary_t& /*value*/) override { return false; }
    bool start_object(std::size_t /*size*/) override { return descend(Value::Kind::Object); }
    bool start_array(std::size_t /*size*/) override { return descend(Value::Kind::Array); }
    bool end_object() override { return ascend(); }
    bool end_array() override { return ascend(); }
    bool key(string_t& name) override {
        token_start();
        name_ = std::move(name);
        name_offset_ = offset_;
        return true;
    }
    bool parse_error(std::size_t position, const std::string& /*last_token*/,
                     const nlohmann::json::exception& error) override {
        offset_ = position == 0 ? 0 : position - 1;
        // The library's sentence starts with its own number and place.
        const std::string what = error.what();
        const std::size_t start = what.find("syntax error ");
        return refuse(start == std::string::npos ? what : what.substr(start + 13));
    }

  private:
    bool refuse(const std::string& why) {
        complaint_ = why;
        return false;
    }

    // A token starts at the first character after the one before it that separates nothing.
    void token_start() {
        std::size_t at = seen_;
        while (at < text_.size() &&
               std::string_view(" \t\r\n,:").find(text_[at]) != std::string_view::npos) {
            ++at;
        }
        offset_ = at;
        seen_ = static_cast<std::size_t>(reached_ - text_.data());
    }

    bool add(Value::Kind kind, std::string text) {
        token_start();
        if (++values_ > kMaxElements) {
            return refuse("too many values");
        }
        Value value;
        value.kind = kind;
        value.text = std::move(text);
        value.name = std::exchange(name_, {});
        value.offset = path_.back()->kind == Value::Kind::Object ? name_offset_ : offset_;
        path_.back()->below.push_back(std::move(value));
        return true;
    }
    bool descend(Value::Kind kind) {
        if (path_.size() > kMaxElementDepth) {
            token_start();
            return refuse("values are nested too deeply");
        }
        if (!add(kind, {})) {
            return false;
        }
        path_.push_back(&path_.back()->below.back());
        return true;
    }
    bool ascend() {
        token_start();
        path_.pop_back();
        return true;
    }

    std::string_view text_;
    const char* reached_;   // by the library
    std::size_t seen_ = 0;  // end of the token before
    std::size_t offset_ = 0;
    std::string name_;
    std::size_t name_offset_ = 0;
    std::vector<Value*> path_;  // a value does not move while something is added below it
    std::size_t values_ = 0;
    std::string complaint_;
};

// Places turns offsets, which come in rising order but for errors, into lines and columns.
class Places {
  public:
    explicit Places(std::string_view text) {
        for (std::size_t at = 0; at != std::string_view::npos; at = text.find('\n', at)) {
            starts_.push_back(at == 0 && starts_.empty() ? 0 : ++at);
        }
    }
    Position position(std::size_t offset) const {
        const auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
        return {static_cast<std::size_t>(next - starts_.begin()), offset - *std::prev(next) + 1};
    }

  private:
    std::vector<std::size_t> starts_;
};

// ElementBuilder reads the vendor's conventions out of values.
class ElementBuilder {
  public:
    explicit ElementBuilder(const Places& places) : places_(places) {}

    Element object(Value& value) {
        Element element = start(value);
        for (Value& member : value.below) {
            if (member.name == "@") {
                take_properties(member, element);
            } else if (!member.name.starts_with("@")) {
                add_member(member, element);
            }
        }
        for (const Value& member : value.below) {
            if (member.name.size() > 1 && member.name[0] == '@') {
                take_side_properties(member, element);
            }
        }
        return element;
    }

    const std::optional<TextError>& refusal() const { return refusal_; }

  private:
    Element start(const Value& value) const {
        Element element;
        element.name = value.name;
        element.position = places_.position(value.offset);
        return element;
    }

    void add_member(Value& member, Element& into) {
        if (member.kind != Value::Kind::Array) {
            add_one(member, into);
            return;
        }
        for (Value& item : member.below) {
            item.name = member.name;
            add_one(item, into);
        }
    }

    void add_one(Value& value, Element& into) {
        switch (value.kind) {
            case Value::Kind::Object:
                into.children.push_back(object(value));
                return;
            case Value::Kind::Null:
                into.children.push_back(start(value));
                return;
            case Value::Kind::Text:
                into.children.push_back(start(value));
                into.children.back().text = std::move(value.text);
                return;
            default:
                complain(value, "unexpected kind of value");
        }
    }

    // "@name" belongs to the only element of that name, or holds one item for each of them.
    void take_side_properties(const Value& member, Element& parent) {
        std::vector<Element*> elements;
        for (Element& child : parent.children) {
            if (std::string_view(member.name).substr(1) == child.name) {
                elements.push_back(&child);
            }
        }
        if (elements.empty()) {  // it is only spoken of, as in a deletion
            parent.children.push_back(start(member));
            parent.children.back().name.erase(0, 1);
            elements.push_back(&parent.children.back());
        }
        if (member.kind == Value::Kind::Object && elements.size() == 1) {
            take_properties(member, *elements[0]);
        } else if (member.kind == Value::Kind::Array && elements.size() == member.below.size()) {
            for (std::size_t i = 0; i < elements.size(); ++i) {
                if (member.below[i].kind != Value::Kind::Null) {
                    take_properties(member.below[i], *elements[i]);
                }
            }
        } else {
            complain(member, "needs properties for each value of that name");
        }
    }

    void take_properties(const Value& properties, Element& element) {
        if (properties.kind != Value::Kind::Object) {
            complain(properties, "expecting an object of properties");
            return;
        }
        for (const Value& property : properties.below) {
            if (property.name == "comment" && property.kind == Value::Kind::Text) {
                element.comment = without_marks(property.text);
                continue;
            }
            if (property.kind == Value::Kind::False) {
                continue;
            }
            const std::string_view value =
                property.kind == Value::Kind::True ? "true" : std::string_view(property.text);
            if (const auto why = set_attribute(element, property.name, value)) {
                complain(property, *why);
            }
        }
    }

    void complain(const Value& value, const std::string& why) {
        if (!refusal_) {
            const Position at = places_.position(value.offset);
            refusal_ = TextError{at.line, at.column, {}, "'" + value.name + "': " + why};
        }
    }

    const Places& places_;
    std::optional<TextError> refusal_;  // the first
};

Value* find_configuration(Value& document) {
    if (document.kind == Value::Kind::Object) {
        for (Value& member : document.below) {
            if (member.name == "configuration" && member.kind == Value::Kind::Object) {
                return &member;
            }
        }
    }
    return nullptr;
}

}  // namespace

ParsedText read_json(const Model& model, std::string_view text, const Level& level) {
    if (text.size() > kMaxTextSize) {
        return broken(
            {1, 1, {}, "the text is larger than " + std::to_string(kMaxTextSize >> 20) + " MiB"});
    }
    const Places places(text);
    Value document;
    ValueBuilder values(text, document);
    if (!values.run()) {
        const Position at = places.position(values.offset());
        return broken({at.line, at.column, {}, "cannot read the JSON text: " + values.complaint()});
    }
    Value* configuration = find_configuration(document.below.front());
    if (configuration == nullptr) {
        return broken({1, 1, {}, "expecting {\"configuration\": {...}}"});
    }
    ElementBuilder builder(places);
    const Element root = builder.object(*configuration);
    return builder.refusal() ? broken(*builder.refusal()) : read_elements(model, level, root);
}

}  // namespace eti::config
