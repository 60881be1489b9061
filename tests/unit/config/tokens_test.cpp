#include "config/tokens.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace eti::config {
namespace {

// Words joined by '|', each with the column of its first character and one past its last.
std::string shown(const std::vector<Token>& tokens) {
    std::string text;
    for (const Token& token : tokens) {
        const char* mark = token.kind == Token::Kind::Word ? "" : "*";
        text += (text.empty() ? "" : "|") + token.text + mark + "@" + std::to_string(token.column) +
                "-" + std::to_string(token.end);
    }
    return text;
}

TEST(SplitLine, WordsAndTheirColumns) {
    struct Case {
        const char* why;
        std::string line;
        const char* expected;
    };
    const Case cases[] = {
        {"an empty line", "", ""},
        {"blanks only", " \t \r", ""},
        {"a comment", "# set system", ""},
        {"a comment after blanks", "  # x", ""},
        {"a comment after words", "set a # b", "set@1-4|a@5-6"},
        {"'#' inside a word is a character", "a#b", "a#b@1-4"},
        {"a carriage return ends the line", "set a\r", "set@1-4|a@5-6"},
        {"tabs are blanks, one column each", "\ta\tb", "a@2-3|b@4-5"},
        {"brackets stand alone", "[ a b ]", "[*@1-2|a@3-4|b@5-6|]*@7-8"},
        {"brackets without blanks", "[a b]", "[*@1-2|a@2-3|b@4-5|]*@5-6"},
        {"brackets inside a word belong to it", "http://[::1]:80/", "http://[::1]:80/@1-17"},
        {"quotes hold blanks", "x \"a b\" c", "x@1-2|a b@3-8|c@9-10"},
        {"quotes hold nothing", "\"\"", "@1-3"},
        {"quotes hold a '#' and brackets", "\"# [ ]\"", "# [ ]@1-8"},
        {"a backslash keeps the next character", R"("a\"b\\")", "a\"b\\@1-9"},
    };
    for (const Case& c : cases) {
        std::vector<Token> tokens;
        EXPECT_FALSE(split_line(c.line, tokens).has_value()) << c.why;
        EXPECT_EQ(shown(tokens), c.expected) << c.why;
    }
}

TEST(SplitLine, Errors) {
    struct Case {
        const char* why;
        std::string line;
        std::size_t column;
        const char* reason;
    };
    const Case cases[] = {
        {"an open quote", "a \"b c", 3, "missing closing quote"},
        {"an open quote after a backslash", "a \"b\\", 3, "missing closing quote"},
        {"a backslash before the last quote", "a \"b\\\"", 3, "missing closing quote"},
        {"a NUL", std::string("a b\0c", 5), 4, "invalid character"},
        {"a control character in quotes", "\"a\x01\"", 3, "invalid character"},
        {"an escaped control character", "\"a\\\x01\"", 4, "invalid character"},
        {"not ASCII", "a \xc3\xa4", 3, "invalid character"},
        {"too long", std::string(kMaxLineLength + 1, 'a'), kMaxLineLength + 1, "line is longer"},
    };
    for (const Case& c : cases) {
        std::vector<Token> tokens;
        const auto error = split_line(c.line, tokens);
        ASSERT_TRUE(error.has_value()) << c.why;
        EXPECT_EQ(error->column, c.column) << c.why;
        EXPECT_TRUE(error->reason.starts_with(c.reason)) << c.why << ": " << error->reason;
    }
}

TEST(SplitLine, CommentsMayHoldAnything) {
    std::vector<Token> tokens;
    EXPECT_FALSE(split_line("set # \x01\xff \"", tokens).has_value());
    EXPECT_EQ(tokens.size(), 1U);
}

TEST(SplitLine, ALineOfTheLargestSizeIsRead) {
    std::vector<Token> tokens;
    EXPECT_FALSE(split_line(std::string(kMaxLineLength, 'a'), tokens).has_value());
    EXPECT_EQ(tokens.at(0).text.size(), kMaxLineLength);
}

}  // namespace
}  // namespace eti::config
