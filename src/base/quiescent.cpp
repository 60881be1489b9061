#include "eti/base/quiescent.h"

#include "eti/base/check.h"

#include <rte_rcu_qsbr.h>

#include <cstdlib>
#include <cstring>
#include <utility>

namespace eti {
namespace {

rte_rcu_qsbr* qsbr_of(void* memory) {
    return static_cast<rte_rcu_qsbr*>(memory);
}

}  // namespace

void QuiescentDomain::FreeAligned::operator()(void* memory) const {
    std::free(memory);
}

QuiescentDomain::QuiescentDomain(unsigned readers) {
    const unsigned slots = readers == 0 ? 1 : readers;
    const std::size_t bytes = rte_rcu_qsbr_get_memsize(slots);
    const std::size_t rounded = (bytes + RTE_CACHE_LINE_SIZE - 1) & ~(RTE_CACHE_LINE_SIZE - 1UL);
    qsbr_.reset(std::aligned_alloc(RTE_CACHE_LINE_SIZE, rounded));
    ETI_CHECK(qsbr_ != nullptr);
    ETI_CHECK(rte_rcu_qsbr_init(qsbr_of(qsbr_.get()), slots) == 0);
    for (unsigned reader = 0; reader < readers; ++reader) {
        ETI_CHECK(rte_rcu_qsbr_thread_register(qsbr_of(qsbr_.get()), reader) == 0);
    }
}

QuiescentDomain::~QuiescentDomain() = default;

void QuiescentDomain::online(unsigned reader) {
    rte_rcu_qsbr_thread_online(qsbr_of(qsbr_.get()), reader);
}

void QuiescentDomain::offline(unsigned reader) {
    rte_rcu_qsbr_thread_offline(qsbr_of(qsbr_.get()), reader);
}

void QuiescentDomain::quiescent(unsigned reader) {
    rte_rcu_qsbr_quiescent(qsbr_of(qsbr_.get()), reader);
}

void QuiescentDomain::retire(std::shared_ptr<const void> object) {
    retired_.push_back({rte_rcu_qsbr_start(qsbr_of(qsbr_.get())), std::move(object)});
}

std::size_t QuiescentDomain::reclaim() {
    while (!retired_.empty() &&
           rte_rcu_qsbr_check(qsbr_of(qsbr_.get()), retired_.front().token, false) == 1) {
        retired_.pop_front();
    }
    return retired_.size();
}

}  // namespace eti
