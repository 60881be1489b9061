// The vendor's words for the API's.
import type { AllowKind, Policy, Status } from "./types.ts";

export const statusWords: Record<Status, string> = {
    open: "Open",
    in_progress: "In progress",
    resolved_false_positive: "Resolved - false positive",
    resolved_fixed: "Resolved - fixed",
    resolved_ignored: "Resolved - ignored",
};

export const policyWords: Record<Policy, string> = {
    use_configured_policy: "Use configured policy",
    always_include: "Always include in infected hosts feed",
    never_include: "Never include in infected hosts feed",
};

export const allowKinds: Record<AllowKind, string> = {
    ip: "IP address",
    cidr: "Network (CIDR)",
    range: "IP range",
    hostname: "Hostname suffix",
    sha1: "Certificate SHA-1",
    sha256: "Certificate SHA-256",
};

export const visibilityWords: Record<string, string> = {
    certificate: "Certificate seen",
    "certificate-inherited": "Certificate of an earlier session",
    resumed: "Resumed",
    tls13: "TLS 1.3",
    quic: "QUIC",
    "no-server-hello": "No ServerHello",
    incomplete: "Incomplete",
    gap: "Gap",
    budget: "Over budget",
};

export const actionWords: Record<string, string> = {
    permit: "Permitted",
    block: "Blocked",
    mixed: "Partly blocked",
};
