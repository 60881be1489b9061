// base, metadata: a record into the worker's ring, and out of it.
#include "eti/base/record_ring.h"
#include "eti/metadata/record.h"
#include "inputs.h"

namespace eti::bench {
namespace {

void commit(benchmark::State& state) {
    RecordRing<metadata::Record> ring(256);
    metadata::Record record;
    record.client_hello.sni.assign("www.example.com");
    uint64_t taken = 0;
    for (auto _ : state) {
        metadata::Record* slot = ring.reserve();
        *slot = record;
        slot->id = taken;
        ring.commit();
        taken += ring.front()->id == taken ? 1U : 0U;
        ring.release();
    }
    expect(state, taken == static_cast<uint64_t>(state.iterations()) && ring.size() == 0);
    state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(sizeof record));
}

BENCHMARK(commit)->Name("base.record_commit_release");

}  // namespace
}  // namespace eti::bench
