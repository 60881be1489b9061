// What HTTP counts, and every metric in OpenMetrics or the older text. I/O thread.
#pragma once

#include "eti/engine/histogram.h"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace eti::analysis {

struct ApiMetrics {
    // By route (a template, never a path that was asked for), method and code.
    std::map<std::tuple<std::string, std::string, int>, uint64_t> requests;
    std::map<std::string, Histogram> durations;
    std::map<std::string, uint64_t> batches{
        {"stored", 0}, {"duplicate", 0}, {"refused", 0}, {"throttled", 0}};
    std::map<std::string, uint64_t> rejected{{"schema", 0}};
    std::map<std::string, uint64_t> auth_failures{{"token", 0}, {"mtls", 0}, {"login", 0}};
    uint64_t accepted = 0;
    uint64_t wire_bytes = 0;
    uint64_t decoded_bytes = 0;
    std::size_t connections = 0;
};

// MetricsText writes families one by one, in both forms.
class MetricsText {
  public:
    explicit MetricsText(bool open_metrics) : open_metrics_(open_metrics) {}

    enum class Type : uint8_t { Counter, Gauge, Info, Histogram };
    void family(std::string_view name, Type type, std::string_view help);
    using Labels = std::vector<std::pair<std::string_view, std::string>>;
    void sample(const Labels& labels, double value);
    void histogram(const Labels& labels, const Histogram& histogram);
    std::string finish();

  private:
    void line(std::string_view suffix, const Labels& labels, double value);

    bool open_metrics_;
    std::string name_;
    Type type_ = Type::Gauge;
    std::string text_;
};

}  // namespace eti::analysis
