// What a worker counts. The enum, the show commands and the metrics come from this one table.
#pragma once

#include "eti/base/counters.h"

#include <array>
#include <cstdint>

// X(Name, "name", "one line of help")
#define ETI_WORKER_COUNTERS(X)                                                                     \
    X(PacketsReceived, "packets-received", "frames received from ports")                           \
    X(PacketsForwarded, "packets-forwarded", "frames given to a port, resets included")            \
    X(PacketsHandedOver, "packets-handed-over", "frames given to the worker that owns the flow")   \
    X(HandoverFull, "handover-full", "frames not inspected: their owner's ring was full")          \
    X(TransmitFull, "transmit-full", "frames lost: the transmit queue stayed full")                \
    X(ResetsSent, "resets-sent", "TCP resets sent for blocked sessions")                           \
    X(ResetsLost, "resets-lost", "TCP resets not sent: no buffer, or none fits")                   \
    X(DroppedCertificate, "dropped-certificate", "frames of sessions with a listed certificate")   \
    X(DroppedInfectedHost, "dropped-infected-host", "frames of infected hosts")                    \
    X(DroppedUnjudged, "dropped-unjudged", "frames of sessions that could not be judged")          \
    X(DroppedContradicting, "dropped-contradicting", "segments that rewrote undecided bytes")      \
    X(SegmentsNotBelieved, "segments-not-believed",                                                \
      "segments and datagrams their receiver ignores, forwarded")                                  \
    X(NotIp, "not-ip", "frames that are not IP, forwarded")                                        \
    X(OtherIp, "other-ip", "IP packets that are neither TCP nor UDP")                              \
    X(Fragments, "fragments", "IP fragments; the one that completes a datagram is inspected")      \
    X(FragmentsOverBudget, "fragments-over-budget", "fragments forwarded uninspected: no memory")  \
    X(DroppedFragments, "dropped-fragments", "fragments of datagrams that contradict themselves")  \
    X(FragmentsTinyFirst, "fragments-tiny-first", "of those, first fragments that cut headers")    \
    X(FragmentsRepeated, "fragments-repeated", "fragments whose bytes were there already")         \
    X(FragmentsMalformed, "fragments-malformed", "fragments their receiver ignores, forwarded")    \
    X(FragmentsDamaged, "fragments-damaged", "fragments cut by the capture or with a bad header")  \
    X(FragmentsTooDeep, "fragments-too-deep",                                                      \
      "datagrams not inspected: fragments in tunnels in fragments")                                \
    X(DatagramsCompleted, "fragmented-datagrams-completed", "datagrams put together, inspected")   \
    X(DatagramsEvicted, "fragmented-datagrams-evicted",                                            \
      "datagrams in fragments not inspected: they made room for younger ones")                     \
    X(DatagramsTimedOut, "fragmented-datagrams-timed-out",                                         \
      "datagrams in fragments that were never whole")                                              \
    X(Malformed, "malformed", "packets with contradicting lengths, forwarded uninspected")         \
    X(FlowsCreated, "flows-created", "flow entries made")                                          \
    X(FlowsExpired, "flows-expired", "flow entries given back")                                    \
    X(UdpFlowsFull, "udp-flows-full", "UDP packets without an entry: half the table is for TCP")   \
    X(FlowTableFull, "flow-table-full", "packets forwarded uninspected: no free flow entry")       \
    X(SessionTableFull, "session-table-full", "sessions forwarded uninspected: no free state")     \
    X(SessionsInspected, "sessions-inspected", "TLS sessions recognised under a policy")           \
    X(SessionsWhitelisted, "sessions-whitelisted", "TLS sessions to allowlisted servers")          \
    X(SessionsDetected, "sessions-detected", "sessions detected by a list or a later verdict")     \
    X(SessionsBlocked, "sessions-blocked", "sessions cut because of a listed certificate")         \
    X(BlockedNotReady, "blocked-service-not-ready", "sessions cut: the analysis service was away") \
    X(BlockedSubmission, "blocked-submission-timeout",                                             \
      "sessions cut: records waited for too long")                                                 \
    X(BlockedResources, "blocked-out-of-resources", "sessions cut: a table or budget was full")    \
    X(InfectedHostAttempts, "infected-host-attempts", "attempts of infected hosts, folded")        \
    X(AttemptsUnreported, "attempts-unreported", "attempts without a record: too many a second")   \
    X(NotTls, "not-tls", "TCP flows whose first bytes are not TLS")                                \
    X(NotQuicOrDtls, "not-quic-or-dtls", "UDP flows whose first datagrams are neither")            \
    X(TlsMalformed, "tls-malformed", "TLS sessions whose framing was lost, forwarded")             \
    X(StreamOverBudget, "stream-over-budget", "sessions given up: too many early segments")        \
    X(BytesOverBudget, "bytes-over-budget", "sessions given up: handshake above the byte limit")   \
    X(MessageOverBudget, "message-over-budget", "sessions given up: no assembly memory")           \
    X(HashStatesFull, "hash-states-full", "certificates not hashed: all hash states in use")       \
    X(CertificateBuffersFull, "certificate-buffers-full", "certificates not copied: no buffer")    \
    X(CertificateTooLong, "certificate-too-long", "certificates not copied: above the limit")      \
    X(NamesOverBudget, "names-over-budget", "name server answers not read: no assembly memory")    \
    X(CertificatesVisible, "certificates-visible", "sessions that showed a certificate")           \
    X(CertificatesHidden, "certificates-hidden", "TLS 1.3 sessions: the certificate is hidden")    \
    X(EndedCertificate, "ended-certificate", "sessions that ended: certificate seen")              \
    X(EndedResumed, "ended-resumed", "sessions that ended: resumed, no certificate sent")          \
    X(EndedTls13, "ended-tls13", "sessions that ended: certificate hidden by TLS 1.3")             \
    X(EndedQuic, "ended-quic", "sessions that ended: QUIC")                                        \
    X(EndedNoServerHello, "ended-no-server-hello", "sessions that ended: no ServerHello")          \
    X(EndedIncomplete, "ended-incomplete", "sessions that ended inside the handshake")             \
    X(EndedGap, "ended-gap", "sessions that ended: bytes of the handshake never crossed")          \
    X(EndedBudget, "ended-budget", "sessions that ended: a limit was reached")                     \
    X(RecordsWritten, "records-written", "metadata records given to the control thread")           \
    X(RecordRingFull, "record-ring-full", "metadata records lost: the control thread is behind")   \
    X(SessionsLostRing, "sessions-lost-ring", "of those, last records: sessions nobody hears of")  \
    X(DnsRingFull, "dns-ring-full",                                                                \
      "name server answers not remembered: the control thread is behind")                          \
    X(CertificateRingFull, "certificate-ring-full", "certificates to be sent again later")

namespace eti::inspect {

enum class Counter : uint8_t {
#define ETI_COUNTER_NAME(name, text, help) name,
    ETI_WORKER_COUNTERS(ETI_COUNTER_NAME)
#undef ETI_COUNTER_NAME
        kCount
};
inline constexpr std::size_t kCounterCount = static_cast<std::size_t>(Counter::kCount);

inline constexpr std::array<CounterText, kCounterCount> kCounterTexts{{
#define ETI_COUNTER_TEXT(name, text, help) {text, help},
    ETI_WORKER_COUNTERS(ETI_COUNTER_TEXT)
#undef ETI_COUNTER_TEXT
}};

using Counters = CounterBlock<Counter, kCounterCount>;  // worker: w | control: r

}  // namespace eti::inspect
