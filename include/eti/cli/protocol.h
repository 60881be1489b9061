// The control socket's protocol: one JSON object per line, each answered by one line. A connection
// is a session: it keeps its mode, its candidate and its settings until it closes.
//   {"id":1,"operation":"execute","line":"show version"}
//   {"id":1,"ok":true,"host":"eti1","output":"..."}
// Operations:
//   execute   runs the line.
//   complete  "completions":[{"word","help","marker","user_defined"}] and "column" of the word they
//             would replace. With "key":"?", " " or "\t" also what to do about the key: "insert",
//             the text in place of that word, or "output" to be shown, below a caret under the word
//             where "caret" is true.
//   load      the text an "input" asked for: "line" as it was executed and "bytes", how many
//             follow the request's newline as they are.
//   answer    the operator's words for a "question"; empty: its default.
//   attach    names the operator's program, "client", and "terminal". From then on every answer has
//             "prompt" and "terminal", and {"event":"message","text":"..."} may come at any time.
// Beside "output" an answer may have
//   "column"    of the bad word of a refused line, in bytes from 0
//   "file"      {"path","append","show","what"}: write the output there, with the user's rights
//   "input"     {"file"}: read that file, or the terminal until ^D when empty, and send it by load
//   "question"  {"text","default"}: ask, and send answer
//   "refresh"   seconds: execute the line again and again, until a key
//   "pager"     false: do not stop at full screens
//   "exit"      true: the operator leaves
// "mode":"operational" in a request is accepted and means nothing.
#pragma once

#include <cstddef>

namespace eti::cli {

inline constexpr char kDefaultSocket[] = "/run/etid.sock";
inline constexpr std::size_t kMaxRequestBytes = 16 * 1024;
inline constexpr std::size_t kMaxLoadBytes = 32U << 20;
inline constexpr std::size_t kMaxOutputBytes = 8U << 20;
// JSON may need six bytes for one of output; plus the rest of the answer.
inline constexpr std::size_t kMaxAnswerBytes = 6 * kMaxOutputBytes + 64 * 1024;

}  // namespace eti::cli
