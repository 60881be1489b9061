#include "eti/api/context.h"
#include "eti/api/page.h"

#include <spdlog/spdlog.h>

#include <memory>

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

Response get_ready(ApiContext& context) {
    infected_version(context.reader);
    return {200, "application/json", R"({"status":"ready"})", {}};
}

asio::awaitable<Response> route_hosts(ApiContext& context, Request& request) {
    if (request.path.size() == 2) {
        co_return request.method == "GET" ? get_hosts(context, request) : wrong_method("GET");
    }
    const std::string ip = request.path[2];
    if (request.method == "GET") {
        co_return get_host(context, ip);
    }
    if (request.method == "PATCH") {
        co_return co_await patch_host(context, request, ip);
    }
    co_return wrong_method("GET, PATCH");
}

asio::awaitable<Response> route_allowlist(ApiContext& context, Request& request) {
    if (request.path.size() == 3) {
        if (request.method == "DELETE") {
            co_return co_await delete_allowlist(context, request.path[2]);
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

Response route_get(ApiContext& context, const Request& request) {
    const std::string& name = request.path[1];
    const bool item = request.path.size() == 3;
    if (name == "feeds") {
        return item ? get_feed(context, request, request.path[2]) : get_manifest(context, request);
    }
    if (name == "servers") {
        return item ? get_server(context, request.path[2]) : get_servers(context, request);
    }
    if (name == "sessions" && !item) {
        return get_sessions(context, request);
    }
    if (name == "verdicts" && item) {
        return get_verdict(context, request.path[2]);
    }
    return unknown_path();
}

asio::awaitable<Response> route(ApiContext& context, Request& request) {
    const bool get = request.method == "GET";
    if (request.path.size() == 1 && request.path[0] == "healthz") {
        co_return Response{200, "application/json", R"({"status":"ok"})", {}};
    }
    if (request.path.size() == 1 && request.path[0] == "readyz") {
        co_return get_ready(context);
    }
    if (is_page(request)) {
        co_return page_answer(request);
    }
    if (request.path.size() < 2 || request.path.size() > 3 || request.path[0] != "v1") {
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
    Response response = route_get(context, request);
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

asio::awaitable<Response> handle_request(ApiContext& context, Request& request) {
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

}  // namespace eti::analysis
