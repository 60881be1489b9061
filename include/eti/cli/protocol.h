// The control socket's protocol: one JSON object per line, each answered by one line.
//   {"id":1,"operation":"execute"|"complete","line":"show version","mode":"operational"}
//   {"id":1,"ok":true,"host":"eti1","output":"..."}
// A refused execute has ok false, the message in output and, for a bad word, "column": where it
// starts in the line, in bytes from 0. Pipes that are the client's to do come in
// "client":[{"action":"save","argument":"FILE"}]. An answered complete has
// "completions":[{"word":"...","help":"..."}] and "column" for the word they would replace.
#pragma once

#include <cstddef>

namespace eti::cli {

inline constexpr char kDefaultSocket[] = "/run/etid.sock";
inline constexpr std::size_t kMaxRequestBytes = 16 * 1024;
inline constexpr std::size_t kMaxOutputBytes = 8U << 20;
// JSON may need six bytes for one of output; plus the rest of the answer.
inline constexpr std::size_t kMaxAnswerBytes = 6 * kMaxOutputBytes + 64 * 1024;

}  // namespace eti::cli
