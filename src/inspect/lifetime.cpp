// Flows from their first packet to their last record.
#include "core.h"

#include <algorithm>
#include <utility>

namespace eti::inspect {
namespace {

uint64_t tick_of(Timestamp time) {
    return static_cast<uint64_t>(
        std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
}

}  // namespace

uint32_t Inspector::Core::create_flow(const Packet& packet) {
    const bool udp = packet.view.protocol == net::kUdp;
    if (udp && udp_flows_ >= flows_.capacity() / 2) {
        counters_.add(Counter::UdpFlowsFull);  // half the table is kept for TCP
        return flow::FlowTable::kNone;
    }
    const uint32_t index = flows_.insert(packet.key, packet.hash);
    if (index == flow::FlowTable::kNone) {
        counters_.add(Counter::FlowTableFull);
        return index;
    }
    udp_flows_ += udp ? 1 : 0;
    counters_.add(Counter::FlowsCreated);
    flow::Flow& flow = flows_.at(index);
    flow.start = now_;
    flow.last_seen = now_;
    flow.generation = judge_.generation();
    const bool syn = packet.view.protocol == net::kTcp && packet.view.has(net::kSyn);
    const bool sender_is_client = !(syn && packet.view.has(net::kAck));
    flow.client_is_low = packet.source_is_low == sender_is_client;
    flow.client_side = judge_.client_side(packet.wire, packet.side, sender_is_client) & 1U;
    Selection selection;
    select_flow(flow, selection);
    if (!flow.selected && (udp || syn) && !selected_otherwise(flow)) {
        flow.inspection = flow::Inspection::Negative;
    }
    schedule(index, idle_deadline(flow));
    return index;
}

void Inspector::Core::select_flow(flow::Flow& flow, Selection& selection) const {
    const policy::Selector selector = selector_of(flow);
    selection = judge_.select(flow.key.wire, flow.client_side, selector);
    flow.selected = selection.inspected();
    flow.allowlisted = judge_.allowlist().contains_address(selector.destination);
}

// selected_otherwise: a rule is about the other end's connections. Who spoke first may not be the
// client, and anybody can speak first.
bool Inspector::Core::selected_otherwise(const flow::Flow& flow) const {
    policy::Selector selector = selector_of(flow);
    std::swap(selector.source, selector.destination);
    std::swap(selector.source_port, selector.destination_port);
    const auto side = static_cast<uint8_t>(1 - flow.client_side);
    return judge_.select(flow.key.wire, side, selector).inspected();
}

// swap_roles makes the other end the client, because it sent the ClientHello.
void Inspector::Core::swap_roles(flow::Flow& flow, const Packet& packet) {
    flow.client_is_low = !flow.client_is_low;
    flow.client_side =
        judge_.client_side(packet.wire, packet.side, packet.source_is_low == flow.client_is_low) &
        1U;
    std::swap(flow.packets[0], flow.packets[1]);
    std::swap(flow.bytes[0], flow.bytes[1]);
    std::swap(flow.payload[0], flow.payload[1]);
    std::swap(flow.initial_sequence[0], flow.initial_sequence[1]);
    std::swap(flow.sequence_known[0], flow.sequence_known[1]);
    std::swap(flow.sequence_awaited[0], flow.sequence_awaited[1]);
    std::swap(flow.checksums_computed[0], flow.checksums_computed[1]);
    std::swap(flow.ip_checksums_computed[0], flow.ip_checksums_computed[1]);
    std::swap(flow.window_scale[0], flow.window_scale[1]);
    std::swap(flow.fin_seen[0], flow.fin_seen[1]);
}

void Inspector::Core::account(flow::Flow& flow, const Packet& packet, Direction direction) {
    flow.last_seen = now_;
    flow.packets[eti::index(direction)] += 1;
    flow.bytes[eti::index(direction)] += packet.view.ip_bytes;
    if (!packet.view.has(net::kSyn)) {  // what a SYN carries may be ignored
        flow.payload[eti::index(direction)] += packet.view.payload.size() + packet.view.missing;
    }
    if (flow.session != flow::kNoSession && !packet.view.payload.empty()) {
        note_payload(flow.session, packet, direction);
    }
}

Timestamp Inspector::Core::idle_deadline(const flow::Flow& flow) const {
    if (flow.blocking != flow::Blocking::None) {
        return flow.last_seen + kBlockedLinger;
    }
    if (flow.key.protocol != net::kTcp) {
        return flow.last_seen + options_.udp_idle_timeout;
    }
    if (flow.closed()) {
        return flow.last_seen + (undecided(flow) ? kUndecidedLinger : kClosedLinger);
    }
    const bool established = flow.payload[0] + flow.payload[1] > 0;
    return flow.last_seen +
           (established ? options_.tcp_idle_timeout : options_.tcp_handshake_timeout);
}

// undecided: a certificate may still come, if what closed the flow did not reach its end.
bool Inspector::Core::undecided(const flow::Flow& flow) const {
    const SessionState* session = inspected(flow);
    return session != nullptr && flow.recognised && !session->decided();
}

void Inspector::Core::schedule(uint32_t index, Timestamp when) {
    flows_.timers().schedule(index, tick_of(when) + 1);
}

void Inspector::Core::on_timer(uint32_t index) {
    flow::Flow& flow = flows_.at(index);
    const Timestamp idle = idle_deadline(flow);
    if (now_ >= idle) {
        end_flow(index);
        return;
    }
    Timestamp next = idle;
    if (flow.session != flow::kNoSession && flow.blocking != flow::Blocking::None) {
        const Timestamp report = flow.last_seen + kBlockedReportAfter;
        if (now_ >= report) {
            end_session(flow);
        } else {
            next = std::min(next, report);
        }
    } else if (flow.session != flow::kNoSession && flow.recognised) {
        report_if_due(flow);
        next = std::min(next, sessions_.counts(flow.session).next_report);
    }
    schedule(index, next);
}

void Inspector::Core::report_if_due(flow::Flow& flow) {
    SessionCounts& session = sessions_.counts(flow.session);
    if (now_ < session.next_report) {
        return;
    }
    writer_.write(sessions_, flow,
                  session.reported ? metadata::Phase::Update : metadata::Phase::Handshake, now_);
    session.reported = true;
    session.next_report = now_ + kUpdateEvery;
}

void Inspector::Core::end_flow(uint32_t index) {
    flow::Flow& flow = flows_.at(index);
    end_session(flow);
    udp_flows_ -= flow.key.protocol == net::kUdp ? 1 : 0;
    counters_.add(Counter::FlowsExpired);
    flows_.erase(index);
}

// end_session writes the last record of the flow's session, if it has one.
void Inspector::Core::end_session(flow::Flow& flow) {
    if (flow.session == flow::kNoSession) {
        return;
    }
    if (flow.recognised) {
        if (SessionState* session = inspected(flow)) {
            session->gap =
                session->gap || session->streams[0].has_gap() || session->streams[1].has_gap();
        }
        writer_.write(sessions_, flow, metadata::Phase::End, now_);
    }
    release_session(flow);
}

void Inspector::Core::stop_inspecting(SessionState& session) {
    if (!session.counts->inspecting) {
        return;
    }
    session.counts->inspecting = false;
    session.counts->settled = false;
    // Where a limit was reached the missing bytes may well have crossed later.
    session.gap = session.gap || (!session.over_budget &&
                                  (session.streams[0].has_gap() || session.streams[1].has_gap()));
    for (auto& stream : session.streams) {
        stream.release(segments_);
    }
    session.tls.release(assembly_);
    session.dtls.release(assembly_);
    session.quic.release(assembly_);
    if (!session.names_buffer.empty()) {
        assembly_.free(session.names_buffer);
        session.names_buffer = {};
    }
    abandon_certificate(session.certificate, hashing_);
}

void Inspector::Core::release_session(flow::Flow& flow) {
    if (SessionState* session = inspected(flow)) {
        stop_inspecting(*session);
    }
    sessions_.release(flow.session);
    flow.session = flow::kNoSession;
}

void Inspector::Core::end_burst() {
    constexpr uint32_t kMostPerBurst = 64;  // bounds the time one burst takes
    flows_.timers().advance(tick_of(now_), kMostPerBurst,
                            [this](uint32_t index) { on_timer(index); });
    if (list_request_ != 0) {
        list_some_sessions();
    }
}

void Inspector::Core::request_sessions(uint64_t request) {
    list_request_ = request;
    list_cursor_ = 0;
}

void Inspector::Core::list_some_sessions() {
    constexpr uint32_t kMostEntries = 256;
    const uint32_t end = std::min(list_cursor_ + kMostEntries, flows_.capacity());
    for (; list_cursor_ < end; ++list_cursor_) {
        if (!flows_.at(list_cursor_).in_use) {
            continue;
        }
        metadata::SessionView* view = session_views_->reserve();
        if (view == nullptr) {
            return;  // goes on in a later burst
        }
        const flow::Flow& flow = flows_.at(list_cursor_);
        const policy::Selector selector = selector_of(flow);
        const Selection selection = judge_.select(flow.key.wire, flow.client_side, selector);
        *view = {};
        view->request = list_request_;
        view->protocol = flow.key.protocol;
        view->wire = flow.key.wire;
        view->client_port_index = flow.client_side;
        view->id = static_cast<uint32_t>(options_.worker) << 24 | list_cursor_;
        view->timeout_seconds = static_cast<uint32_t>(std::max<int64_t>(
            0,
            std::chrono::duration_cast<std::chrono::seconds>(idle_deadline(flow) - now_).count()));
        view->blocked = flow.blocking != flow::Blocking::None;
        view->client = {selector.source, selector.source_port};
        view->server = {selector.destination, selector.destination_port};
        view->policy.assign(selection.rule == nullptr ? "" : selection.rule->name);
        view->packets = flow.packets;
        view->bytes = flow.bytes;
        session_views_->commit();
    }
    if (list_cursor_ == flows_.capacity()) {
        if (metadata::SessionView* view = session_views_->reserve(); view != nullptr) {
            *view = {};
            view->request = list_request_;
            view->last = true;
            session_views_->commit();
            list_request_ = 0;
        }
    }
}

Usage Inspector::Core::usage() const {
    return {.flows = flows_.size(),
            .sessions = sessions_.in_use(),
            .session_states = sessions_.states_in_use(),
            .record_blocks = sessions_.record_blocks_in_use(),
            .segment_blocks = options_.segment_blocks - segments_.available(),
            .assembly_buffers = assembly_.in_use(),
            .hash_states = hashing_.states.in_use(),
            .certificate_buffers = hashing_.relay.buffers_in_use(),
            .fragment_datagrams = fragments_.datagrams(),
            .fragment_blocks = fragments_.blocks_used()};
}

bool Inspector::Core::finish() {
    for (; finish_cursor_ < flows_.capacity(); ++finish_cursor_) {
        if (records_.size() == records_.capacity()) {
            return false;
        }
        if (flows_.at(finish_cursor_).in_use) {
            end_flow(finish_cursor_);
        }
    }
    finish_cursor_ = 0;
    return true;
}

}  // namespace eti::inspect
