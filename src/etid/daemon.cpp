#include "daemon.h"

#include "eti/cli/backend.h"
#include "eti/cli/command_server.h"
#include "eti/cli/interpreter.h"
#include "eti/config/store.h"
#include "eti/config/workspace.h"
#include "eti/control/controller.h"
#include "eti/control/link_checker.h"
#include "eti/control/restart_reasons.h"
#include "eti/control/uplink_sink.h"
#include "eti/dataplane/dataplane.h"
#include "eti/inspect/tables.h"
#include "eti/uplink/diagnostics.h"
#include "eti/uplink/uplink.h"
#include "live.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <system_error>

namespace eti {
namespace {

constexpr int kConfigurationError = 2;

// Signals arrive as a descriptor of the control loop. Constructed before any thread, so that all
// threads inherit the mask.
class Signals {
  public:
    Signals() {
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGTERM);
        sigaddset(&set, SIGINT);
        ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
        std::signal(SIGPIPE, SIG_IGN);
        fd_ = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
        if (fd_ < 0) {
            throw std::system_error(errno, std::generic_category(), "signalfd");
        }
    }
    ~Signals() { ::close(fd_); }
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    int fd() const { return fd_; }

  private:
    int fd_ = -1;
};

std::string random_boot_id() {
    std::random_device device;
    std::array<char, 17> text{};
    std::snprintf(text.data(), text.size(), "%08x%08x", device(), device());
    return text.data();
}

void make_state_directory(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) {
        throw std::runtime_error("cannot make the state folder '" + path + "': " + error.message() +
                                 "; name another with --state");
    }
    std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);
}

control::DataplaneView view_of(dataplane::Dataplane& dataplane, inspect::Tables& tables,
                               QuiescentDomain& domain) {
    control::DataplaneView view{
        {},
        {},
        {domain, tables.policy, tables.blocklist, tables.infected_hosts, tables.allowlist},
        {}};
    const auto shares = dataplane.workers();
    for (dataplane::WorkerShare* share : shares) {
        view.workers.push_back({&share->records, &share->certificates, &share->sessions,
                                &share->session_request, &share->dns_answers, &share->timing});
    }
    view.counters.texts.assign(inspect::kCounterTexts.begin(), inspect::kCounterTexts.end());
    view.counters.read = [shares](unsigned worker, std::size_t counter) {
        return shares[worker]->counters.get(static_cast<inspect::Counter>(counter));
    };
    view.ports = [&dataplane] { return dataplane.port_status(); };
    return view;
}

std::vector<std::string> commit_warnings(const config::Settings& running,
                                         const config::Settings& next) {
    std::vector<std::string> warnings = control::restart_reasons(running, next);
    for (std::string& missing : control::missing_files(next)) {
        warnings.push_back(std::move(missing));
    }
    return warnings;
}

config::Workspace::Hooks hooks_of(Live& live, cli::CommandServer& server,
                                  control::Controller& controller, const SteadyWallClock& clock) {
    config::Workspace::Hooks hooks;
    hooks.restart_reasons = commit_warnings;
    hooks.apply = [&live](const config::Settings& next) { live.apply(next); };
    hooks.announce = [&server](const std::string& text) {
        spdlog::warn("{}", text);
        server.announce(text);
    };
    hooks.impact = [&controller](const config::Settings& next) { return controller.impact(next); };
    hooks.clock = [&clock] { return clock.now(); };
    return hooks;
}

void run(const DaemonOptions& options, const std::string& version) {
    const Signals signals;
    make_state_directory(options.state);
    config::Workspace workspace(config::default_yang_directory(), options.state, options.config);
    for (const std::string& notice : workspace.notices()) {
        spdlog::warn("configuration: {}", notice);
    }
    const config::Settings settings = workspace.settings();  // what the ports and tables are for
    for (const std::string& warning : settings.warnings) {
        spdlog::warn("configuration: {}", warning);
    }
    const std::string boot = random_boot_id();
    const SteadyWallClock clock;

    QuiescentDomain domain(settings.workers);
    inspect::Tables tables(domain, std::make_shared<policy::Policy>(settings.policy));
    dataplane::Dataplane dataplane(settings, tables, domain);
    for (const std::string& note : dataplane.notes()) {
        spdlog::info("{}", note);
    }

    uplink::Options base;
    base.boot = boot;
    base.state_directory = options.state;
    const uplink::Options link = link_options(base, settings);
    uplink::Uplink uplink(link);
    control::UplinkSink sink(uplink);
    control::Controller controller({settings,
                                    view_of(dataplane, tables, domain),
                                    sink,
                                    &uplink.events(),
                                    {settings.host_name, boot},
                                    version,
                                    [&clock] { return clock.now(); },
                                    [&uplink] { uplink.refresh_feeds(); },
                                    options.state + "/privacy.key"});
    // The last good tables are in force before the first packet passes.
    uplink::StoredState stored = uplink::load_stored_state(link);
    for (const std::string& problem : stored.problems) {
        spdlog::warn("{}", problem);
    }
    controller.restore(std::move(stored));
    for (const std::string& problem : controller.problems()) {
        spdlog::warn("{}", problem);
    }

    Live live(controller, uplink, link);
    control::LinkChecker link_checker(controller.loop(), [&live](const std::string& host) {
        return [options = live.options(), host] { return uplink::diagnose(options, host); };
    });
    cli::ControllerBackend backend(controller,
                                   {&workspace, &link_checker, options.state + "/audit.log"});
    cli::Interpreter interpreter(backend);
    cli::CommandServer server(controller.loop(), interpreter, backend, options.socket);
    workspace.attach(hooks_of(live, server, controller, clock));
    controller.loop().add_tick([&] {
        workspace.tick(clock.now());
        return false;
    });
    controller.loop().add(signals.fd(), EPOLLIN, [&](uint32_t) {
        dataplane.stop();
        controller.loop().stop();
    });

    dataplane.start();
    uplink.start();
    spdlog::info("{} forwards {} wire(s) with {} worker(s); control socket {}", version,
                 settings.wires.size(), settings.workers, options.socket);
    ::sd_notify(0, "READY=1");
    controller.run();

    ::sd_notify(0, "STOPPING=1");
    while (!dataplane.stopped()) {
        controller.turn();
    }
    controller.finish();
    uplink.stop();
    spdlog::info("stopped");
}

}  // namespace

int run_daemon(const DaemonOptions& options, const std::string& version) {
    spdlog::set_default_logger(spdlog::stderr_color_mt("etid"));
    try {
        run(options, version);
        return 0;
    } catch (const config::ConfigError& error) {
        spdlog::error("{}", error.what());
        return kConfigurationError;
    } catch (const std::exception& error) {
        spdlog::error("{}", error.what());
        return 1;
    }
}

}  // namespace eti
