// The metrics are read by the strict parser of python3-prometheus-client where it is installed.
#include "cli/metrics.h"

#include "tests/support/fixed_backend.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace eti::cli {
namespace {

control::Status busy_status() {
    control::Status status = sample_status();
    status.statistics.counters.push_back({"ended-tls13", "x", 4});
    status.statistics.counters.push_back({"sessions-blocked", "x", 6});
    status.statistics.records_drained = 10;
    status.spool_limit_bytes = 1024;
    status.process.cpu_seconds = 1.5;
    status.workers[0].flows = 7;
    status.workers[0].timing.busy_ns = 1'500'000'000;
    status.workers[0].timing.stalls = 2;
    status.workers[0].timing.residence[0] = 3;
    status.workers[0].timing.residence[12] = 1;
    status.workers[0].timing.residence_ns = 40'000'000;
    return status;
}

TEST(Metrics, ShowTheCountersOfTheCommands) {
    const std::string text = render_metrics(busy_status(), CommitStatus{{5, 2, 1}, true});
    for (const char* line :
         {"# TYPE eti_build info\n",
          "eti_build_info{version=\"0.1.0\"} 1\n",
          "# TYPE eti_sessions_inspected counter\n",
          "eti_sessions_inspected_total 10\n",
          "eti_sessions_by_visibility_total{visibility=\"tls13\"} 4\n",
          "eti_sessions_blocked_total{reason=\"certificate\"} 6\n",
          "eti_sessions_blocked_total{reason=\"infected-host\"} 0\n",
          "eti_records_submitted_total{result=\"success\"} 8\n",
          "eti_records_lost_total{reason=\"rejected\"} 2\n",
          "eti_ledger_imbalance{ledger=\"records\"} 0\n",
          "# UNIT eti_spool_bytes bytes\n",
          "eti_port_up{port=\"ge-0/0/1\"} 0\n",
          "eti_feed_version{feed=\"cc_cert_sha1\"} 20241125\n",
          "eti_feed_entries{feed=\"cc_cert_sha1\",hash=\"sha1\"} 10\n",
          "eti_feed_rejected_total{feed=\"cc_cert_sha1\",reason=\"size\"} 3\n",
          "eti_feed_rejected_total{feed=\"cc_cert_sha1\",reason=\"expired\"} 0\n",
          "eti_session_table_entries{worker=\"0\"} 7\n",
          "eti_session_table_limit{worker=\"0\"} 65536\n",
          "eti_worker_busy_seconds_total{worker=\"0\"} 1.5\n",
          "eti_worker_stalls_total{worker=\"0\"} 2\n",
          "eti_packet_residence_seconds_bucket{worker=\"0\",le=\"1e-06\"} 3\n",
          "eti_packet_residence_seconds_bucket{worker=\"0\",le=\"0.025\"} 3\n",
          "eti_packet_residence_seconds_bucket{worker=\"0\",le=\"+Inf\"} 4\n",
          "eti_packet_residence_seconds_count{worker=\"0\"} 4\n",
          "eti_packet_residence_seconds_sum{worker=\"0\"} 0.04\n",
          "eti_commits_total{result=\"failure\"} 2\n",
          "eti_commit_confirmed_pending 1\n",
          "process_cpu_seconds_total 1.5\n"}) {
        EXPECT_NE(text.find(line), std::string::npos) << line;
    }
    EXPECT_TRUE(text.ends_with("\n# EOF\n"));
    EXPECT_EQ(text.find("10.0.1.10"), std::string::npos) << "no address is a label";
}

TEST(Metrics, TheStrictParserTakesThem) {
    if (::system("/usr/bin/python3 -c 'import prometheus_client' 2>/dev/null") != 0) {
        GTEST_SKIP() << "python3-prometheus-client is not installed";
    }
    std::string name = (std::filesystem::temp_directory_path() / "eti-metrics-XXXXXX").string();
    const std::filesystem::path folder = ::mkdtemp(name.data());
    std::ofstream(folder / "metrics") << render_metrics(busy_status(), CommitStatus{});
    const std::string command =
        "/usr/bin/python3 -c 'import sys\n"
        "from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse\n"
        "families = list(parse(open(sys.argv[1]).read()))\n"
        "sys.exit(0 if len(families) > 30 else 3)' " +
        (folder / "metrics").string();
    EXPECT_EQ(WEXITSTATUS(::system(command.c_str())), 0);
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace eti::cli
