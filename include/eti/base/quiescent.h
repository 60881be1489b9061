// Grace periods: when may an object that readers saw be freed? Wraps DPDK's rte_rcu_qsbr.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>

namespace eti {

// QuiescentDomain knows a fixed set of readers, numbered from 0. Readers report quiescent states;
// the one owner (the control thread) retires objects, which are freed once every online reader
// has been quiescent after the retirement. Destruction frees what is left: no reader may run then.
class QuiescentDomain {
  public:
    explicit QuiescentDomain(unsigned readers);
    ~QuiescentDomain();
    QuiescentDomain(const QuiescentDomain&) = delete;
    QuiescentDomain& operator=(const QuiescentDomain&) = delete;

    // reader: between online and offline it must call quiescent regularly.
    void online(unsigned reader);
    void offline(unsigned reader);
    void quiescent(unsigned reader);

    // owner: takes the object; frees it in a later reclaim. Never waits.
    void retire(std::shared_ptr<const void> object);
    // owner: frees what no reader can see any more; returns how many objects are still waiting.
    std::size_t reclaim();

  private:
    struct Retired {
        uint64_t token;
        std::shared_ptr<const void> object;
    };
    struct FreeAligned {
        void operator()(void* memory) const;
    };
    std::unique_ptr<void, FreeAligned> qsbr_;
    std::deque<Retired> retired_;
};

}  // namespace eti
