// A text that its copies share.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace eti::intel {

// SharedText never changes; a copy costs one count and no memory.
class SharedText {
  public:
    SharedText() = default;
    SharedText(std::string text) : text_(std::make_shared<const std::string>(std::move(text))) {}
    SharedText(const char* text) : SharedText(std::string(text)) {}

    operator std::string_view() const { return text_ ? *text_ : std::string_view(); }
    std::string text() const { return std::string(std::string_view(*this)); }

    friend bool operator==(const SharedText& one, std::string_view other) {
        return std::string_view(one) == other;
    }

  private:
    std::shared_ptr<const std::string> text_;
};

}  // namespace eti::intel
