#include "eti/store/filter.h"

#include "store/filter_term.h"

#include <algorithm>
#include <cctype>

namespace eti::analysis {
namespace {

class Parser {
  public:
    Parser(std::string_view text, int64_t now_us) : text_(text), now_us_(now_us) {}

    Filter whole() {
        Filter filter = any(0);
        if (!at_end()) {
            throw FilterError(place_ + 1, "there is no '(' for this ')'");
        }
        return filter;
    }

  private:
    Filter any(std::size_t depth) {
        Filter filter{Filter::Kind::Any, {}, {}};
        filter.parts.push_back(all(depth));
        while (take_word("OR")) {
            filter.parts.push_back(all(depth));
            if (filter.parts.back().empty() || filter.parts.front().empty()) {
                throw FilterError(place_ + 1, "OR needs a condition on each side");
            }
        }
        return filter.parts.size() == 1 ? std::move(filter.parts.front()) : filter;
    }

    Filter all(std::size_t depth) {
        Filter filter{Filter::Kind::All, {}, {}};
        while (!at_end() && text_[place_] != ')' && !is_word("OR")) {
            filter.parts.push_back(one(depth + 1));
        }
        return filter;
    }

    Filter one(std::size_t depth) {
        if (depth > kMaxFilterDepth) {
            throw FilterError(place_ + 1,
                              "nested more than " + std::to_string(kMaxFilterDepth) + " deep");
        }
        if (take('-') || take_word("NOT")) {
            if (at_end() || text_[place_] == ')') {
                throw FilterError(place_ + 1, "a condition must follow");
            }
            Filter filter{Filter::Kind::Not, {}, {}};
            filter.parts.push_back(one(depth + 1));
            return filter;
        }
        const std::size_t start = place_;
        if (take('(')) {
            Filter filter = any(depth + 1);
            if (at_end() || !take(')')) {
                throw FilterError(start + 1, "this '(' is never closed");
            }
            if (filter.empty()) {
                throw FilterError(start + 1, "there is no condition between '(' and ')'");
            }
            return filter;
        }
        return term();
    }

    Filter term() {
        if (++terms_ > kMaxFilterTerms) {
            throw FilterError(place_ + 1,
                              "more than " + std::to_string(kMaxFilterTerms) + " conditions");
        }
        TermText parts;
        parts.field_column = place_ + 1;
        const std::size_t start = place_;
        while (place_ < text_.size() && std::isalnum(static_cast<unsigned char>(text_[place_]))) {
            ++place_;
        }
        parts.field = text_.substr(start, place_ - start);
        if (!take_operator(parts.op)) {
            place_ = start;  // a word alone
            parts.field = {};
        }
        parts.value_column = place_ + 1;
        parts.value = value(parts.quoted);
        return read_term(parts, now_us_);
    }

    bool take_operator(std::string_view& op) {
        for (const std::string_view each : {">=", "<=", ">", "<", ":", "="}) {
            if (text_.substr(place_).starts_with(each)) {
                op = each;
                place_ += each.size();
                return true;
            }
        }
        return false;
    }

    std::string value(bool& quoted) {
        const std::size_t start = place_;
        quoted = place_ < text_.size() && text_[place_] == '"';
        if (!quoted) {
            while (place_ < text_.size() && !is_blank(text_[place_]) && text_[place_] != ')' &&
                   text_[place_] != '(') {
                ++place_;
            }
            return std::string(text_.substr(start, place_ - start));
        }
        std::string found;
        for (++place_; place_ < text_.size() && text_[place_] != '"'; ++place_) {
            if (text_[place_] == '\\' && place_ + 1 < text_.size()) {
                ++place_;
            }
            found += text_[place_];
        }
        if (place_ == text_.size()) {
            throw FilterError(start + 1, "this quote is never closed");
        }
        ++place_;
        return found;
    }

    static bool is_blank(char c) { return c == ' ' || c == '\t'; }

    bool at_end() {
        while (place_ < text_.size() && is_blank(text_[place_])) {
            ++place_;
        }
        return place_ == text_.size();
    }

    bool take(char c) {
        if (at_end() || text_[place_] != c) {
            return false;
        }
        ++place_;
        return true;
    }

    bool is_word(std::string_view word) {
        const std::size_t end = place_ + word.size();
        return !at_end() && text_.substr(place_, word.size()) == word &&
               (end == text_.size() || is_blank(text_[end]) || text_[end] == '(' ||
                text_[end] == ')');
    }

    bool take_word(std::string_view word) {
        if (at_end() || !is_word(word)) {
            return false;
        }
        place_ += word.size();
        return true;
    }

    std::string_view text_;
    int64_t now_us_;
    std::size_t place_ = 0;
    std::size_t terms_ = 0;
};

}  // namespace

bool TextPattern::matches(std::string_view lower_case) const {
    if (open_start && open_end) {
        return lower_case.find(text) != std::string_view::npos;
    }
    if (open_start) {
        return lower_case.ends_with(text);
    }
    return open_end ? lower_case.starts_with(text) : lower_case == text;
}

Filter parse_filter(std::string_view text, int64_t now_us) {
    if (text.size() > kMaxFilterBytes) {
        throw FilterError(kMaxFilterBytes + 1,
                          "longer than " + std::to_string(kMaxFilterBytes) + " bytes");
    }
    return Parser(text, now_us).whole();
}

}  // namespace eti::analysis
