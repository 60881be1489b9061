#include "eti/api/context.h"
#include "eti/api/json_answer.h"
#include "eti/ingest/encoding.h"
#include "eti/store/users.h"

namespace eti::analysis {
namespace {

using nlohmann::json;

constexpr std::chrono::hours kLoginLasts{12};

std::string text_of(const json& body, const char* name, std::size_t most) {
    const auto found = body.find(name);
    if (found == body.end() || !found->is_string() ||
        found->get_ref<const std::string&>().size() > most) {
        throw RequestError(422, "'" + std::string(name) + "' must be a text");
    }
    return found->get<std::string>();
}

std::string set_cookie(const ApiContext& context, const std::string& secret, int64_t seconds) {
    return "openeti=" + secret +
           "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(seconds) +
           (context.always_login ? "; Secure" : "");
}

json me_json(ApiContext& context, const std::string& user, Realm realm) {
    return {{"user", user.empty() ? json() : json(user)},
            {"login_required", login_required(context)},
            {"realm", realm_name(context.reader.database, realm)}};
}

}  // namespace

asio::awaitable<Response> post_login(ApiContext& context, const Request& request) {
    const json body = json_body(request);
    const std::string user = text_of(body, "user", 200);
    const std::string password = text_of(body, "password", 1000);
    const auto found = std::make_shared<std::optional<Identity>>();
    // A password's hash takes long on purpose: not on the thread that serves everyone.
    PageQuery check = [user, password, found](Stores& stores) {
        *found = login_identity(stores.database, user + ":" + password);
        if (!*found) {
            *found = check_password(stores.database, user, password);
        }
        return Response{};
    };
    co_await on_page_thread(context, std::move(check));
    if (!*found) {
        ++context.metrics.auth_failures["login"];
        throw RequestError(401, "user or password is wrong; DIR/login has the first start's");
    }
    const std::string secret = random_hex(32);
    const Timestamp expires = context.now() + kLoginLasts;
    const Identity identity = **found;
    Writer::Job job = [&database = context.writer.database(), identity, secret, expires](Engine&) {
        save_login(database, identity, secret, expires);
    };
    co_await in_store(context, std::move(job));
    Response response = json_answer(me_json(context, identity.name, identity.realm));
    response.headers.emplace_back(
        "Set-Cookie", set_cookie(context, secret, std::chrono::seconds(kLoginLasts).count()));
    co_return response;
}

asio::awaitable<Response> post_logout(ApiContext& context, const Request& request) {
    const std::string secret = cookie_of(request);
    Writer::Job job = [&database = context.writer.database(), secret](Engine&) {
        remove_login(database, secret);
    };
    co_await in_store(context, std::move(job));
    Response response{204, "", "", {}};
    response.headers.emplace_back("Set-Cookie", set_cookie(context, "", 0));
    co_return response;
}

Response get_me(ApiContext& context, const Request& request) {
    return json_answer(me_json(context, request.actor, request.realm));
}

}  // namespace eti::analysis
