// ingest_load URL RECORDS SERVERS FIRST popular|even|fill: posts batches of session records on
// kept-alive connections and prints what was acknowledged, as JSON. Servers are drawn from SERVERS
// addresses by Zipf's law, as clients choose them (popular), or evenly, the worst case for a store;
// with "fill" each is met in turn. FIRST is the number of the first session, so that runs follow
// each other.
#include <curl/curl.h>
#include <zstd.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr long kRecordsInBatch = 100;
constexpr int kConnections = 16;

struct Job {
    std::string url;
    long records = 0;
    long servers = 1;
    long first = 0;
    std::string draw;
};

std::string time_text(std::time_t seconds) {
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[40];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.123456Z", &parts);
    return text;
}

// About what a TLS 1.2 session with its first packets is.
void append_record(std::string& out, long session, long server, std::time_t now) {
    char text[2048];
    const int size = std::snprintf(
        text, sizeof text,
        R"({"v":1,"type":"session","phase":"end","id":"bench/1/%ld","sensor":"bench","start":"%s",)"
        R"("end":"%s","community_id":"1:LQU9qZlK+B5F3KDmev6m5PMibrg=","client":{"ip":"10.%ld.%ld.%ld","port":%ld},)"
        R"("server":{"ip":"%ld.%ld.%ld.%ld","port":443},"transport":"tcp","protocol":"tls",)"
        R"("zones":{"from":"trust","to":"untrust"},"policy":"p1","visibility":"certificate",)"
        R"("tls":{"version":"TLS 1.2","sni":"www.host-%ld.example","alpn_offered":["h2","http/1.1"],)"
        R"("alpn":"h2","cipher":49199,"resumed":false,"ja3":"771000000000000000000000000000%02lx",)"
        R"("ja4":"t13d1516h2_8daaf6152771_b0da82dd16%02lx","ech":"none"},"certificate":{"sha1":)"
        R"("00000000000000000000000000000000%08lx","inherited":false,"subject":"CN=www.host-%ld.example",)"
        R"("issuer":"CN=Any CA","key":"RSA","bits":2048,"self_signed":false},"traffic":{"packets_out":12,)"
        R"("packets_in":15,"bytes_out":2210,"bytes_in":14012,"payload_out":1400,"payload_in":13022,)"
        R"("duration_us":812345,"rtt_us":20123,"splt":[[517,0],[-1460,21034],[-1460,12],[-812,40],)"
        R"([93,3012],[-51,20122],[402,310],[-1460,24022],[-1460,20],[-1460,18],[-612,10]],)"
        R"("gaps":[3,1,0,2]},"action":"permit","reason":"none"})"
        "\n",
        session, time_text(now).c_str(), time_text(now).c_str(), session % 4, session / 4 % 16,
        session / 64 % 16, 1024 + session % 60000, 1 + server / 16777216 % 200,
        server / 65536 % 256, server / 256 % 256, server % 256, server, server % 8, server % 32,
        server, server);
    out.append(text, static_cast<std::size_t>(size));
}

long draw_server(const Job& job, long session, std::mt19937_64& random) {
    if (job.draw == "fill") {
        return session % job.servers;
    }
    if (job.draw == "even") {
        return static_cast<long>(random() % static_cast<uint64_t>(job.servers));
    }
    // Rank r with a probability of about 1 / r.
    const double part = std::uniform_real_distribution<double>(0, 1)(random);
    return static_cast<long>(std::pow(static_cast<double>(job.servers), part)) - 1;
}

std::string packed_batch(const Job& job, long batch, std::mt19937_64& random) {
    std::string lines;
    const std::time_t now = std::time(nullptr);
    for (long i = 0; i < kRecordsInBatch; ++i) {
        const long session = job.first + batch * kRecordsInBatch + i;
        append_record(lines, session, draw_server(job, session, random), now);
    }
    std::string packed(ZSTD_compressBound(lines.size()), '\0');
    packed.resize(ZSTD_compress(packed.data(), packed.size(), lines.data(), lines.size(), 3));
    return packed;
}

std::size_t ignore(char*, std::size_t one, std::size_t size, void*) {
    return one * size;
}

// Posts until no batch is left; a batch that was throttled is sent again.
void run(const Job& job, std::atomic<long>& next, std::atomic<long>& acknowledged,
         std::atomic<long>& throttled) {
    CURL* curl = curl_easy_init();
    std::mt19937_64 random(std::random_device{}());
    const long batches = job.records / kRecordsInBatch;
    for (long batch = next++; batch < batches; batch = next++) {
        const std::string body = packed_batch(job, batch, random);
        const std::string key =
            "Idempotency-Key: bench/1/" + std::to_string(job.first) + "-" + std::to_string(batch);
        long status = 429;
        while (status == 429) {
            curl_slist* headers = curl_slist_append(nullptr, "Content-Encoding: zstd");
            headers = curl_slist_append(headers, key.c_str());
            curl_easy_setopt(curl, CURLOPT_URL, job.url.c_str());
            curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
            curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
            curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
            curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &ignore);
            const CURLcode result = curl_easy_perform(curl);
            curl_slist_free_all(headers);
            if (result != CURLE_OK) {
                std::fprintf(stderr, "ingest_load: %s\n", curl_easy_strerror(result));
                std::exit(1);
            }
            curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
            throttled += status == 429 ? 1 : 0;
        }
        if (status != 202) {
            std::fprintf(stderr, "ingest_load: status %ld\n", status);
            std::exit(1);
        }
        acknowledged += kRecordsInBatch;
    }
    curl_easy_cleanup(curl);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 6) {
        std::fprintf(stderr, "usage: ingest_load URL RECORDS SERVERS FIRST popular|even|fill\n");
        return 2;
    }
    const Job job{argv[1], std::atol(argv[2]), std::atol(argv[3]), std::atol(argv[4]), argv[5]};
    curl_global_init(CURL_GLOBAL_ALL);
    std::atomic<long> next{0};
    std::atomic<long> acknowledged{0};
    std::atomic<long> throttled{0};
    const auto begin = std::chrono::steady_clock::now();
    std::vector<std::thread> threads;
    for (int i = 0; i < kConnections; ++i) {
        threads.emplace_back([&] { run(job, next, acknowledged, throttled); });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    std::printf("{\"records\": %ld, \"seconds\": %.3f, \"throttled\": %ld}\n", acknowledged.load(),
                seconds.count(), throttled.load());
}
