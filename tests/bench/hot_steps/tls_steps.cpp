// tls: framing of a server's flight, hellos, fingerprint texts and their hashes.
#include "eti/digest/hasher.h"
#include "eti/tls/fingerprint.h"
#include "eti/tls/handshake.h"
#include "eti/tls/record.h"
#include "inputs.h"

#include <algorithm>
#include <array>

namespace eti::bench {
namespace {

using Text = std::array<char, 8192>;

std::span<const uint8_t> bytes_of(std::string_view text) {
    return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// frame reads segments as records and those as messages; returns how many messages ended.
unsigned frame(std::span<const uint8_t> flight, tls::AssemblyPool& pool) {
    constexpr std::size_t kSegment = 1400;
    tls::RecordReader records;
    tls::HandshakeReader messages;
    unsigned ended = 0;
    while (!flight.empty()) {
        auto segment = flight.first(std::min(kSegment, flight.size()));
        flight = flight.subspan(segment.size());
        while (!segment.empty()) {
            std::span<const uint8_t> piece;
            if (records.next(segment, piece) != tls::RecordReader::Event::Fragment) {
                continue;
            }
            std::span<const uint8_t> body;
            auto event = messages.next(piece, pool, body);
            while (event != tls::HandshakeReader::Event::NeedMore) {
                const bool header = event == tls::HandshakeReader::Event::Header;
                ended += !header && messages.at_boundary() ? 1U : 0U;
                event = messages.next(piece, pool, body);
            }
        }
    }
    return ended;
}

void framing(benchmark::State& state) {
    const Bytes flight = server_flight();
    tls::AssemblyPool pool(4, 1);
    if (!expect(state, frame(flight, pool) == 4)) {
        return;
    }
    for (auto _ : state) {
        benchmark::DoNotOptimize(frame(flight, pool));
    }
}

void parse_client_hello(benchmark::State& state) {
    const Bytes body = client_hello_body();
    tls::ClientHello hello;
    const auto step = [&] { return tls::parse_client_hello(wire::Reader(body), hello); };
    if (!expect(state, step() == tls::ParseError::None && hello.server_name == "www.example.com")) {
        return;
    }
    for (auto _ : state) {
        benchmark::DoNotOptimize(step());
        benchmark::DoNotOptimize(hello);
    }
}

void parse_server_hello(benchmark::State& state) {
    const Bytes body = server_hello_body();
    tls::ServerHello hello;
    const auto step = [&] { return tls::parse_server_hello(wire::Reader(body), hello); };
    if (!expect(state, step() == tls::ParseError::None && hello.cipher_suite == 0xc02f)) {
        return;
    }
    for (auto _ : state) {
        benchmark::DoNotOptimize(step());
        benchmark::DoNotOptimize(hello);
    }
}

void ja3(benchmark::State& state) {
    const Bytes body = client_hello_body();
    tls::ClientHello hello;
    Text text;
    digest::Hasher hasher;
    if (!expect(state,
                tls::parse_client_hello(wire::Reader(body), hello) == tls::ParseError::None &&
                    tls::ja3_text(hello, text).starts_with("771,4865-4866-4867-"))) {
        return;
    }
    for (auto _ : state) {
        benchmark::DoNotOptimize(hasher.md5(bytes_of(tls::ja3_text(hello, text))));
    }
}

void ja3s(benchmark::State& state) {
    const Bytes body = server_hello_body();
    tls::ServerHello hello;
    Text text;
    digest::Hasher hasher;
    if (!expect(state,
                tls::parse_server_hello(wire::Reader(body), hello) == tls::ParseError::None &&
                    tls::ja3s_text(hello, text) == "771,49199,65281-11-35-23")) {
        return;
    }
    for (auto _ : state) {
        benchmark::DoNotOptimize(hasher.md5(bytes_of(tls::ja3s_text(hello, text))));
    }
}

void ja4(benchmark::State& state) {
    const Bytes body = client_hello_body();
    tls::ClientHello hello;
    tls::Ja4Texts texts;
    Text text;
    digest::Hasher hasher;
    const auto parsed = tls::parse_client_hello(wire::Reader(body), hello);
    if (!expect(state, parsed == tls::ParseError::None && tls::ja4_texts(hello, 't', text, texts) &&
                           texts.prefix == "t13d1514h2")) {
        return;
    }
    for (auto _ : state) {
        benchmark::DoNotOptimize(tls::ja4_texts(hello, 't', text, texts));
        benchmark::DoNotOptimize(hasher.sha256(bytes_of(texts.ciphers)));
        benchmark::DoNotOptimize(hasher.sha256(bytes_of(texts.extensions)));
    }
}

// A certificate as it arrives, in segments.
void sha1(benchmark::State& state) {
    constexpr std::size_t kSegment = 1400;
    const Bytes der(static_cast<std::size_t>(state.range(0)), 0x30);
    digest::Sha1Pool pool(1);
    const auto step = [&] {
        const uint32_t running = pool.begin();
        for (std::size_t at = 0; at < der.size(); at += kSegment) {
            pool.update(running, std::span(der).subspan(at, std::min(kSegment, der.size() - at)));
        }
        return pool.finish(running);
    };
    if (!expect(state, step() == digest::Hasher().sha1(der))) {
        return;
    }
    for (auto _ : state) {
        benchmark::DoNotOptimize(step());
    }
    state.SetBytesProcessed(state.iterations() * state.range(0));
}

BENCHMARK(framing)->Name("tls.framing/server_flight");
BENCHMARK(parse_client_hello)->Name("tls.parse_client_hello");
BENCHMARK(parse_server_hello)->Name("tls.parse_server_hello");
BENCHMARK(ja3)->Name("tls.ja3_md5");
BENCHMARK(ja3s)->Name("tls.ja3s_md5");
BENCHMARK(ja4)->Name("tls.ja4_sha256");
BENCHMARK(sha1)->Name("digest.sha1_streamed")->ArgName("bytes")->Arg(1'000)->Arg(200'000);

}  // namespace
}  // namespace eti::bench
