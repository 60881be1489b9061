// Assertions. Never used on packet content: the network may send anything.
#pragma once

namespace eti {

[[noreturn]] void check_failed(const char* expression, const char* file, int line);

}  // namespace eti

// ETI_CHECK holds in every build: start-up and control-side invariants.
#define ETI_CHECK(expression) \
    ((expression) ? static_cast<void>(0) : ::eti::check_failed(#expression, __FILE__, __LINE__))

// ETI_ASSERT holds in debug builds only: hot-path invariants.
#ifdef NDEBUG
#define ETI_ASSERT(expression) static_cast<void>(false && (expression))
#else
#define ETI_ASSERT(expression) ETI_CHECK(expression)
#endif
