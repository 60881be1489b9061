#include "config/candidate/reading.h"
#include "config/forms/element.h"
#include "config/forms/xml.h"

#include <expat.h>

#include <algorithm>
#include <utility>

namespace eti::config {
namespace {

constexpr std::string_view kComment = "junos:comment";

// XmlParser builds the elements of a document. Nothing may be thrown through the library, so the
// first error is kept and stops it.
class XmlParser {
  public:
    XmlParser() : parser_(XML_ParserCreate(nullptr)) {}
    ~XmlParser() { XML_ParserFree(parser_); }
    XmlParser(const XmlParser&) = delete;
    XmlParser& operator=(const XmlParser&) = delete;

    // run answers whether the text is well-formed and has no more than there may be.
    bool run(std::string_view text) {
        XML_SetUserData(parser_, this);
        XML_SetElementHandler(parser_, on_start, on_end);
        XML_SetCharacterDataHandler(parser_, on_text);
        XML_SetStartDoctypeDeclHandler(parser_, on_doctype);
        path_.emplace_back();
        const auto status = XML_Parse(parser_, text.data(), static_cast<int>(text.size()), 1);
        if (status != XML_STATUS_OK && !refused_) {
            refuse(XML_ErrorString(XML_GetErrorCode(parser_)));
        }
        return !refused_;
    }

    // Of a well-formed text: an element without a name around the document's own.
    const Element& document() const { return path_.front(); }
    Position error_position() const { return error_position_; }
    const std::string& error() const { return error_; }

  private:
    static XmlParser& self(void* data) { return *static_cast<XmlParser*>(data); }
    static void on_start(void* data, const char* name, const char** attributes) {
        self(data).start(name, attributes);
    }
    static void on_end(void* data, const char* /*name*/) { self(data).end(); }
    static void on_text(void* data, const char* text, int length) {
        self(data).path_.back().text.append(text, static_cast<std::size_t>(length));
    }
    static void on_doctype(void* data, const char* /*name*/, const char* /*system*/,
                           const char* /*public_id*/, int /*has_subset*/) {
        self(data).refuse("document type declarations are not accepted");
    }

    void start(const char* name, const char** attributes) {
        if (refused_) {
            return;
        }
        if (path_.size() > kMaxElementDepth || ++elements_ > kMaxElements) {
            refuse(path_.size() > kMaxElementDepth ? "elements are nested too deeply"
                                                   : "too many elements");
            return;
        }
        Element element;
        element.name = name;
        element.position = here();
        if (element.name != kComment) {
            element.comment = std::exchange(comment_, {});
        }
        for (; attributes[0] != nullptr; attributes += 2) {
            if (const auto why = set_attribute(element, attributes[0], attributes[1])) {
                refuse("'" + element.name + "': " + *why);
                return;
            }
        }
        path_.push_back(std::move(element));
    }

    void end() {
        if (refused_) {
            return;
        }
        Element done = std::move(path_.back());
        path_.pop_back();
        if (done.name == kComment) {
            comment_ = without_marks(done.text);
            return;
        }
        comment_.clear();  // of nothing, when it was the last within its parent
        Element& parent = path_.back();
        parent.children.push_back(std::move(done));
    }

    Position here() const {
        return {XML_GetCurrentLineNumber(parser_), XML_GetCurrentColumnNumber(parser_) + 1};
    }
    void refuse(const std::string& why) {
        refused_ = true;
        error_position_ = here();
        error_ = why;
        XML_StopParser(parser_, XML_FALSE);
    }

    XML_Parser parser_;
    std::vector<Element> path_;  // from the root to the open element
    std::string comment_;        // waits for the element it belongs to
    std::size_t elements_ = 0;
    bool refused_ = false;
    Position error_position_;
    std::string error_;
};

const Element* find_configuration(const Element& element) {
    if (element.name == "configuration") {
        return &element;
    }
    if (element.name.empty() || element.name == "rpc-reply" || element.name == "data" ||
        element.name == "config") {
        for (const Element& child : element.children) {
            if (const Element* found = find_configuration(child)) {
                return found;
            }
        }
    }
    return nullptr;
}

}  // namespace

ParsedText read_xml(const Model& model, std::string_view text, const Level& level) {
    if (text.size() > kMaxTextSize) {
        return broken(
            {1, 1, {}, "the text is larger than " + std::to_string(kMaxTextSize >> 20) + " MiB"});
    }
    XmlParser parser;
    if (!parser.run(text)) {
        return broken({parser.error_position().line,
                       parser.error_position().column,
                       {},
                       "cannot read the XML text: " + parser.error()});
    }
    const Element* root = find_configuration(parser.document());
    if (root == nullptr) {
        const Position at = parser.document().children.front().position;
        return broken({at.line, at.column, {}, "expecting the element <configuration>"});
    }
    return read_elements(model, level, *root);
}

}  // namespace eti::config
