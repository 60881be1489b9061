// The XML form of a configuration, with the vendor's conventions.
#pragma once

#include "config/candidate/text_parser.h"

#include <string>
#include <string_view>
#include <unordered_set>

namespace eti::config {

// Nodes of one tree that differ from another, with everything above them.
using ChangedNodes = std::unordered_set<const ConfigNode*>;

struct XmlOptions {
    const ChangedNodes* changed = nullptr;  // get junos:changed="changed"; null: none
    bool mask = false;                      // secrets as /* SECRET-DATA */
};

// write_xml answers <configuration> with what is below top, a whole tree. indent is a number of
// levels.
std::string write_xml(const ConfigNode& top, const XmlOptions& options = {}, unsigned indent = 0);
// write_xml_reply is what "| display xml" prints: <rpc-reply> around it, with the banner's
// "[edit services]".
std::string write_xml_reply(const ConfigNode& top, const XmlOptions& options,
                            const std::string& banner);

// read_xml reads <configuration>, bare or within an <rpc-reply>, as statements below a
// level. Document type declarations, and with them entities of one's own, are
// refused; such a text, and one that is not well-formed, has a null root.
ParsedText read_xml(const Model& model, std::string_view text, const Level& level);

}  // namespace eti::config
