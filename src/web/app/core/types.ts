// Answers of the service, as src/api/openapi.json describes them; only what the page reads.

export type Level = number;
export type Protocol = "tls" | "quic" | "dtls" | "unknown";
export type Status =
    "open" | "in_progress" | "resolved_false_positive" | "resolved_fixed" | "resolved_ignored";
export type Policy = "use_configured_policy" | "always_include" | "never_include";
export type AllowKind = "ip" | "range" | "cidr" | "hostname" | "sha1" | "sha256";

export interface Port {
    port: number;
    protocol: Protocol;
    count?: number;
}

export interface Point {
    t: string;
    count: number;
    blocked: number;
}

export interface Server {
    id: string;
    ip: string;
    hostname: string | null;
    level: Level;
    count: number;
    blocked?: number;
    hosts: number;
    country: string | null;
    country_name: string | null;
    first_seen: string;
    last_seen: string;
    category: string | null;
    ports: Port[];
    visibility: Record<string, number>;
    spark: number[];
    false_positive?: boolean;
    allowlisted?: boolean;
}

export interface TimeRange {
    from: string;
    to: string;
}

export interface ServerPage {
    servers: Server[];
    next: string | null;
    total: number | null;
    range: TimeRange;
    series?: Point[];
    last_session?: string | null;
}

export interface FalsePositive {
    server: string;
    time: string;
    by: string | null;
    comment: string;
    level_before: Level;
    level_after: Level;
    hosts: number;
}

export interface ServerHost {
    ip: string;
    hostname?: string | null;
    level: Level;
    status: Status;
    count: number;
    action: "permit" | "block" | "mixed";
    last_seen: string;
}

export interface Certificate {
    sha1: string;
    sha256?: string | null;
    subject: string;
    issuer: string;
    not_before?: string | null;
    not_after?: string | null;
    self_signed: boolean;
    first_seen: string;
    last_seen: string;
    listed?: string | null;
}

export interface ServerDetail extends Server {
    range: TimeRange;
    threats: { category: string; level: Level; count: number; first: string; last: string }[];
    series: Point[];
    host_rows: ServerHost[];
    certificates: Certificate[];
    why: { id: string; time: string; level: Level; reason: string; client?: string }[];
    false_positive_report?: FalsePositive | null;
}

export interface Host {
    ip: string;
    identifier?: string | null;
    hostname?: string | null;
    first_seen: string;
    last_seen?: string;
    last_evidence: string | null;
    investigation_status: Status;
    policy_override: Policy;
    infected: boolean;
    infected_since?: string;
    expires?: string | null;
    score: number;
    reasons: { kind: string; level: Level; reason: string; last: string; sessions: number }[];
}

export interface HostPage {
    threshold: number;
    hosts: Host[];
    next?: string | null;
    total?: number | null;
}

export interface Contribution {
    time: string;
    points: number;
    now?: number;
    kind?: string;
    reason: string;
    server?: string | null;
    verdict?: string | null;
}

export interface HostDetail extends Host {
    contributions?: Contribution[];
    half_life_s?: number;
    server_rows?: {
        ip: string;
        hostname: string | null;
        level: Level;
        category?: string | null;
        count: number;
        blocked?: number;
        last_seen: string;
    }[];
}

export interface HostPatch {
    investigation_status?: Status;
    policy_override?: Policy;
    identifier?: string | null;
}

export interface SessionRecord {
    id: string;
    sensor: string;
    start: string;
    end?: string;
    client?: { ip: string; port: number };
    server?: { ip: string; port: number };
    protocol?: string;
    visibility?: string;
    tls?: { version?: string; sni?: string; ja4?: string };
    traffic?: { bytes_out?: number; bytes_in?: number };
    action?: string;
    reason?: string;
    threat_level?: number;
}

export interface SessionPage {
    sessions: SessionRecord[];
    next?: string | null;
}

export interface Verdict {
    id: string;
    level: Level;
    evidence: {
        kind: string;
        rule_version: number;
        level: Level;
        reason: string;
        detail: string;
        feed_version: string | null;
        model_version?: string | null;
        points?: number;
        time: string;
        client: string;
        server: string;
        sensor: string;
    }[];
    sessions: Record<string, unknown>[];
}

export interface AllowlistEntry {
    id: string;
    kind: AllowKind;
    value: string;
    comment: string;
    created: string;
    expires: string | null;
    by?: string | null;
}

export interface Feed {
    name: string;
    version: string;
    serial: number;
    entries: number;
    sha256: string;
    created: string;
    expires: string;
    update_interval: number;
}

export interface FeedSource {
    name: string;
    location: string;
    fetched: string | null;
    result: "ok" | "unchanged" | "refused" | "failed" | "never";
    why?: string | null;
    entries: number;
    rejected_count: number;
    rejected?: { line: number; why: string }[];
}

export interface FeedVersion {
    version: string;
    serial: number;
    entries: number;
    created: string;
    expires?: string;
    sha256: string;
    added?: number;
    removed?: number;
    why?: string;
    by?: string | null;
}

export interface FeedVersions {
    name: string;
    versions: FeedVersion[];
    sources: FeedSource[];
}

export interface FeedLine {
    value: string;
    reason?: string | null;
}

export interface FeedDiff {
    name: string;
    from: string;
    to: string;
    added: FeedLine[];
    removed: FeedLine[];
    added_count: number;
    removed_count: number;
}

export interface Sensor {
    name: string;
    first_seen: string;
    last_seen: string;
    records: number;
    rejected?: number;
    sessions_24h?: number;
    version?: string | null;
    clock_skew_ms?: number | null;
    visibility?: Record<string, number>;
}

export interface AuditEntry {
    id: string;
    time: string;
    actor: string | null;
    action: string;
    object: string;
    detail: string;
}

export interface ServiceStatus {
    now: string;
    last_session?: string | null;
    visibility: Record<string, number>;
    totals: { servers: number; hosts: number; sessions: number; infected_hosts: number };
    limits: { name: string; value: number; used?: number | null; unit?: string | null }[];
    versions: {
        service: string;
        rules: string;
        model: string | null;
        feeds: Record<string, string>;
    };
    threshold: number;
}

export interface Me {
    user: string | null;
    login_required: boolean;
    realm?: string;
}
