#include "eti/api/context.h"
#include "eti/api/page.h"

#include <spdlog/spdlog.h>

#include <map>
#include <memory>
#include <set>

namespace eti::analysis {
namespace {

// The route's answer to a path it has but a method it has not.
Response wrong_method(std::string_view allowed) {
    Response response = problem(405, "this path takes " + std::string(allowed));
    response.headers.emplace_back("Allow", allowed);
    return response;
}

Response unknown_path() {
    return problem(404, "there is nothing at this path; the API's paths begin with /v1/");
}

asio::awaitable<Response> route_hosts(ApiContext& context, Request& request) {
    if (request.path.size() == 2) {
        if (request.method == "GET") {
            co_return co_await get_hosts(context, request);
        }
        co_return wrong_method("GET");
    }
    const std::string ip = request.path[2];
    if (request.method == "GET") {
        PageQuery query = [&](Stores& stores) { return get_host(context, stores, request, ip); };
        co_return co_await on_page_thread(context, std::move(query));
    }
    if (request.method == "PATCH") {
        co_return co_await patch_host(context, request, ip);
    }
    co_return wrong_method("GET, PATCH");
}

asio::awaitable<Response> route_allowlist(ApiContext& context, Request& request) {
    if (request.path.size() == 3) {
        if (request.method == "DELETE") {
            co_return co_await delete_allowlist(context, request, request.path[2]);
        }
        co_return wrong_method("DELETE");
    }
    if (request.method == "GET") {
        co_return get_allowlist(context);
    }
    if (request.method == "POST") {
        co_return co_await post_allowlist(context, request);
    }
    co_return wrong_method("GET, POST");
}

asio::awaitable<Response> route_servers(ApiContext& context, const Request& request) {
    const auto& path = request.path;
    const bool get = request.method == "GET";
    if (path.size() == 4 && path[3] == "false-positive") {
        if (request.method == "POST") {
            co_return co_await post_false_positive(context, request, path[2]);
        }
        if (request.method == "DELETE") {
            co_return co_await delete_false_positive(context, request, path[2]);
        }
        co_return wrong_method("POST, DELETE");
    }
    if (path.size() > 3) {
        co_return unknown_path();
    }
    if (!get) {
        co_return wrong_method("GET");
    }
    if (path.size() == 3) {
        co_return co_await get_server(context, request, path[2]);
    }
    co_return co_await get_servers(context, request);
}

asio::awaitable<Response> route_feed(ApiContext& context, const Request& request) {
    const bool rollback = request.path.size() == 4 && request.path[3] == "rollback";
    if (request.method != (rollback ? "POST" : "GET")) {
        co_return wrong_method(rollback ? "POST" : "GET");
    }
    if (rollback) {
        co_return co_await roll_back_feed(context, request);
    }
    PageQuery feed = [&](Stores& stores) { return get_feed(context, stores, request); };
    co_return co_await on_page_thread(context, std::move(feed));
}

asio::awaitable<Response> route_export(ApiContext& context, const Request& request) {
    if (request.method != "GET") {
        co_return wrong_method("GET");
    }
    PageQuery list = [&](Stores& stores) { return get_export(context, stores, request); };
    co_return co_await on_page_thread(context, std::move(list));
}

// Queries that only read, by name; those with an item behind the name take it.
using Getter = Response (*)(ApiContext&, Stores&, const Request&);
const std::map<std::string_view, Getter>& getters() {
    static const std::map<std::string_view, Getter> all{
        {"sensors", &get_sensors}, {"audit", &get_audit}, {"status", &get_status}};
    return all;
}

asio::awaitable<Response> route_get(ApiContext& context, const Request& request) {
    const std::string& name = request.path[1];
    const bool item = request.path.size() == 3;
    if (name == "feeds" && !item) {
        co_return get_manifest(context, request);
    }
    if (name == "sessions" && !item) {
        co_return co_await get_sessions(context, request);
    }
    if (name == "verdicts" && item) {
        PageQuery verdict = [&](Stores& stores) {
            return get_verdict(context, stores, request, request.path[2]);
        };
        co_return co_await on_page_thread(context, std::move(verdict));
    }
    if (name == "events" && !item) {
        co_return get_events(context, request);
    }
    if (name == "me" && !item) {
        co_return get_me(context, request);
    }
    const auto getter = getters().find(name);
    if (getter != getters().end() && !item) {
        PageQuery query = [&](Stores& stores) { return getter->second(context, stores, request); };
        co_return co_await on_page_thread(context, std::move(query));
    }
    co_return unknown_path();
}

asio::awaitable<Response> route_top(ApiContext& context, const Request& request) {
    const std::string& name = request.path[0];
    if (name == "healthz") {
        co_return Response{200, "application/json", R"({"status":"ok"})", {}};
    }
    if (name == "readyz") {
        co_return get_ready(context, context.reader);
    }
    if (name == "metrics") {
        co_return get_metrics(context, context.reader, request);
    }
    co_return unknown_path();
}

asio::awaitable<Response> route(ApiContext& context, Request& request) {
    const bool get = request.method == "GET";
    if (is_page(request)) {
        co_return page_answer(request);
    }
    if (request.path.size() == 1) {
        co_return co_await route_top(context, request);
    }
    if (request.path.size() < 2 || request.path.size() > 4 || request.path[0] != "v1") {
        co_return unknown_path();
    }
    if (request.path[1] == "servers") {
        co_return co_await route_servers(context, request);
    }
    if (request.path[1] == "feeds" && request.path.size() > 2) {
        co_return co_await route_feed(context, request);
    }
    if (request.path[1] == "export" && request.path.size() > 2) {
        co_return co_await route_export(context, request);
    }
    if (request.path.size() > 3) {
        co_return unknown_path();
    }
    const std::string& name = request.path[1];
    const bool item = request.path.size() == 3;
    if (name == "records" && !item) {
        if (request.method == "POST") {
            co_return co_await post_records(context, request);
        }
        co_return wrong_method("POST");
    }
    if (name == "infected-hosts" && !item) {
        if (get) {
            co_return co_await get_infected_hosts(context, request);
        }
        co_return wrong_method("GET");
    }
    if (name == "hosts") {
        co_return co_await route_hosts(context, request);
    }
    if (name == "allowlist") {
        co_return co_await route_allowlist(context, request);
    }
    if ((name == "login" || name == "logout") && !item) {
        if (request.method != "POST") {
            co_return wrong_method("POST");
        }
        if (name == "login") {
            co_return co_await post_login(context, request);
        }
        co_return co_await post_logout(context, request);
    }
    Response response = co_await route_get(context, request);
    if (!get && response.status != 404) {
        co_return wrong_method("GET");
    }
    co_return response;
}

Response busy(int status, const char* seconds, const char* why) {
    Response response = problem(status, why);
    response.headers.emplace_back("Retry-After", seconds);
    return response;
}

}  // namespace

asio::awaitable<void> in_store(ApiContext& context, Writer::Job job, std::size_t bytes) {
    const auto executor = co_await asio::this_coro::executor;
    auto start = [&](auto handler) {
        // A shared handler, because std::function wants to copy what it holds.
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        const auto done = [shared, executor](std::exception_ptr error) {
            asio::post(executor, [shared, error] { std::move (*shared)(error); });
        };
        if (!context.writer.submit(std::move(job), done, bytes)) {
            done(std::make_exception_ptr(RequestError(429, "the queue of batches is full")));
        }
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(
        std::move(start), asio::use_awaitable);
}

asio::awaitable<Response> on_page_thread(ApiContext& context, PageQuery query) {
    const auto executor = co_await asio::this_coro::executor;
    const auto answer = std::make_shared<Response>();
    auto start = [&, answer](auto handler) {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        asio::post(context.page_thread,
                   [&context, query = std::move(query), answer, shared, executor] {
                       std::exception_ptr error;
                       try {
                           *answer = query(context.page_reader);
                       } catch (...) {
                           error = std::current_exception();
                       }
                       asio::post(executor, [shared, error] { std::move (*shared)(error); });
                   });
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(
        std::move(start), asio::use_awaitable);
    co_return std::move(*answer);
}

namespace {

asio::awaitable<Response> answer_request(ApiContext& context, Request& request) {
    try {
        co_return co_await route(context, request);
    } catch (const RequestError& error) {
        co_return error.status() == 429 ? busy(429, "1", error.what())
                                        : problem(error.status(), error.what());
    } catch (const StorageError& error) {
        spdlog::error("{} /{}: {}", request.method, request.path.empty() ? "" : request.path.back(),
                      error.what());
        co_return busy(503, "10", error.what());
    } catch (const std::exception& error) {
        spdlog::error("{}: {}", request.method, error.what());
        co_return problem(500, "the service failed at this request; its log has the reason");
    }
}

// A route is the path's template: what was asked for has no place in a label.
std::string route_template(const Request& request) {
    static const std::set<std::string_view> kNames{
        "records",  "infected-hosts", "hosts",  "allowlist", "servers", "feeds",
        "sessions", "verdicts",       "events", "me",        "sensors", "audit",
        "status",   "login",          "logout", "export"};
    const auto& path = request.path;
    if (path.size() == 1 && (path[0] == "healthz" || path[0] == "readyz" || path[0] == "metrics")) {
        return "/" + path[0];
    }
    if (path.size() < 2 || path[0] != "v1" || !kNames.contains(path[1])) {
        return "other";
    }
    return "/v1/" + path[1] + (path.size() > 2 ? "/{id}" : "");
}

void note_request(ApiContext& context, const Request& request, const Response& response,
                  std::chrono::steady_clock::time_point begin) {
    static const std::set<std::string_view> kMethods{"GET", "HEAD", "POST", "PATCH", "DELETE"};
    const std::string route = route_template(request);
    const std::string method = kMethods.contains(request.method) ? request.method : "other";
    ++context.metrics.requests[{route, method, response.status}];
    context.metrics.durations[route].observe(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
}

}  // namespace

asio::awaitable<Response> handle_request(ApiContext& context, Request& request) {
    const auto begin = std::chrono::steady_clock::now();
    Response response = co_await answer_request(context, request);
    note_request(context, request, response, begin);
    co_return response;
}

}  // namespace eti::analysis
