// A worker must not allocate: both allocators are watched while a connection is read.
#include "connection_fixture.h"
#include "tests/support/allocation_counter.h"

#include <cstdlib>
#include <new>

namespace eti::quic {
namespace {

using test::allocations;

class Counts : public ConnectionVisitor {
  public:
    void client_hello(const tls::ClientHello&) override { ++hellos; }
    void server_hello(const tls::ServerHello&) override { ++hellos; }
    void close(Direction, uint64_t) override {}
    void packet(Direction, PacketType, std::size_t) override {}
    unsigned hellos = 0;
};

TEST(Allocation, ThereIsNoneAfterStartUp) {
    ASSERT_TRUE(test::counting);
    const std::vector<Bytes> pieces = crypto_pieces(quic_client_hello("quic.example", 6000), 1100);
    std::vector<Datagram> datagrams = {server(server_first())};
    for (const Bytes& piece : pieces) {
        datagrams.insert(datagrams.begin(), client(quic_initial({}, piece)));
    }
    datagrams.push_back(client(quic_initial({.key_id = Bytes(8, 1)}, {1})));
    datagrams.push_back(server(server_first()));
    datagrams.push_back(client(quic_short()));

    Crypto crypto;
    tls::AssemblyPool pool(2, 2);
    Connection connection;
    Counts counts;
    OPENSSL_free(OPENSSL_malloc(1));
    ASSERT_GT(allocations, 0U) << "the counter sees nothing";
    const std::size_t after_start = allocations;
    for (unsigned round = 0; round < 10; ++round) {
        connection.reset(pool);
        for (const Datagram& datagram : datagrams) {
            connection.feed(datagram.direction, datagram.bytes, crypto, pool, counts);
        }
    }
    connection.release(pool);
    EXPECT_EQ(allocations, after_start);
    EXPECT_EQ(counts.hellos, 20U);
}

}  // namespace
}  // namespace eti::quic

void* operator new(std::size_t bytes) {
    ++eti::test::allocations;
    void* memory = std::malloc(bytes);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return memory;
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
