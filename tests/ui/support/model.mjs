// A small service in memory: records in, the rows of src/api/openapi.json out.
import { listed } from "./records.mjs";

const day = 86_400_000;
const lengths = { "1d": day, "1w": 7 * day, "1m": 30 * day };
const countries = [
    ["RU", "Russia"],
    ["US", "United States"],
    ["DE", "Germany"],
    ["NL", "Netherlands"],
    ["FR", "France"],
    ["CN", "China"],
    null,
];

export class Refusal extends Error {
    constructor(status, detail, extra = {}) {
        super(detail);
        this.status = status;
        this.extra = extra;
    }
}

export function seconds(ms) {
    return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

function countryOf(ip) {
    const sum = [...ip].reduce((total, c) => total + c.charCodeAt(0), 0);
    return countries[sum % countries.length];
}

function judged(record) {
    const entry = listed.find(({ sha1 }) => sha1 === record.certificate?.sha1);
    if (entry) {
        return {
            kind: "certificate-blocklist",
            level: 10,
            reason: `certificate-blocklist: ${entry.reason}`,
            category: entry.reason,
        };
    }
    if (record.certificate?.self_signed) {
        return {
            kind: "self-signed-new-server",
            level: 4,
            reason: "self-signed certificate on a new server",
            category: "self-signed certificate",
        };
    }
    return null;
}

export class Model {
    constructor(now = () => Date.now()) {
        this.now = now;
        this.sessions = [];
        this.edits = new Map(); // hosts
        this.falsePositives = new Map();
        this.allowlist = [];
        this.audit = [];
        this.serial = 0;
        const created = now() - 3 * day;
        this.feed = [
            this.version(3, 5, created + 2 * day, 1, 0, "cc_cert_sha1.csv"),
            this.version(2, 4, created + day, 2, 1, "cc_cert_sha1.csv"),
            this.version(1, 3, created, 3, 0, "cc_cert_sha1.csv"),
        ];
    }

    version(serial, entries, created, added, removed, why) {
        return {
            version: `20261124.${serial}`,
            serial,
            entries,
            created: seconds(created),
            expires: seconds(created + 40 * day),
            sha256: serial.toString(16).repeat(64).slice(0, 64),
            added,
            removed,
            why,
            by: null,
        };
    }

    record(action, object, detail) {
        this.audit.unshift({
            id: String(this.audit.length + 1),
            time: seconds(this.now()),
            actor: this.user ?? null,
            action,
            object,
            detail,
        });
    }

    add(records) {
        for (const record of records) {
            this.sessions.push({ record, at: Date.parse(record.start), verdict: judged(record) });
        }
        this.sessions.sort((a, b) => a.at - b.at);
    }

    range(query) {
        const to = query.get("to") ? Date.parse(query.get("to")) : this.now();
        const from = query.get("from")
            ? Date.parse(query.get("from"))
            : to - lengths[query.get("range") ?? "1m"];
        if (!(from < to)) {
            throw new Refusal(400, "'from' must be a time before 'to'", { parameter: "from" });
        }
        return { from, to };
    }

    within({ from, to }, fits = () => true) {
        return this.sessions.filter(
            (each) => each.at >= from && each.at <= to && fits(each.record),
        );
    }

    level(each) {
        return each.verdict && !this.falsePositives.has(each.record.server.ip)
            ? each.verdict.level
            : 0;
    }

    row(ip, sessions, range) {
        const country = countryOf(ip);
        const worst = sessions.reduce(
            (top, each) => (this.level(each) > this.level(top) ? each : top),
            sessions[0],
        );
        const spark = Array(24).fill(0);
        const visibility = {};
        const ports = new Map();
        for (const { record, at } of sessions) {
            spark[Math.min(23, Math.floor((24 * (at - range.from)) / (range.to - range.from)))] +=
                1;
            visibility[record.visibility] = (visibility[record.visibility] ?? 0) + 1;
            const key = `${record.server.port} ${record.protocol}`;
            ports.set(key, {
                port: record.server.port,
                protocol: record.protocol,
                count: (ports.get(key)?.count ?? 0) + 1,
            });
        }
        return {
            id: ip,
            ip,
            hostname: sessions.map((each) => each.record.tls?.sni).find(Boolean) ?? null,
            level: this.level(worst),
            count: sessions.length,
            blocked: sessions.filter((each) => each.record.action === "block").length,
            hosts: new Set(sessions.map((each) => each.record.client.ip)).size,
            country: country?.[0] ?? null,
            country_name: country?.[1] ?? null,
            first_seen: seconds(Math.min(...sessions.map((each) => each.at))),
            last_seen: seconds(Math.max(...sessions.map((each) => each.at))),
            category: this.level(worst) > 0 ? worst.verdict.category : null,
            ports: [...ports.values()],
            visibility,
            spark,
            false_positive: this.falsePositives.has(ip),
            allowlisted: this.allowlist.some((entry) => entry.value === ip),
            clients: [...new Set(sessions.map((each) => each.record.client.ip))],
            sha1s: sessions.map((each) => each.record.certificate?.sha1).filter(Boolean),
        };
    }

    grouped(sessions, key) {
        const groups = new Map();
        for (const each of sessions) {
            const name = key(each.record);
            groups.set(name, [...(groups.get(name) ?? []), each]);
        }
        return groups;
    }

    servers(range) {
        return [...this.grouped(this.within(range), (record) => record.server.ip)].map(
            ([ip, sessions]) => this.row(ip, sessions, range),
        );
    }

    series(sessions, range, steps) {
        const width = (range.to - range.from) / steps;
        const points = Array.from({ length: steps }, (_, at) => ({
            t: seconds(range.from + at * width),
            count: 0,
            blocked: 0,
        }));
        for (const { record, at } of sessions) {
            const point = points[Math.min(steps - 1, Math.floor((at - range.from) / width))];
            point.count += 1;
            point.blocked += record.action === "block" ? 1 : 0;
        }
        return points;
    }

    lastSession() {
        const last = this.sessions.at(-1);
        return last ? seconds(last.at) : null;
    }

    server(ip, range) {
        const sessions = this.within(range, (record) => record.server.ip === ip);
        if (sessions.length === 0) {
            throw new Refusal(404, `there is no server '${ip}' in this range`);
        }
        const bad = sessions.filter((each) => this.level(each) > 0);
        const threats = [...this.grouped(bad, (record) => judged(record).category)].map(
            ([category, found]) => ({
                category,
                level: this.level(found[0]),
                count: found.length,
                first: seconds(found[0].at),
                last: seconds(found.at(-1).at),
            }),
        );
        const hosts = [...this.grouped(sessions, (record) => record.client.ip)].map(
            ([host, found]) => ({
                ip: host,
                hostname: null,
                level: Math.max(...found.map((each) => this.level(each))),
                status: this.edit(host).investigation_status,
                count: found.length,
                action: this.action(found),
                last_seen: seconds(found.at(-1).at),
            }),
        );
        const certificates = [
            ...this.grouped(
                sessions.filter((each) => each.record.certificate),
                (record) => record.certificate.sha1,
            ),
        ].map(([sha1, found]) => {
            const { sha256, subject, issuer, not_before, not_after, self_signed } =
                found[0].record.certificate;
            return {
                sha1,
                sha256,
                subject,
                issuer,
                not_before,
                not_after,
                self_signed,
                first_seen: seconds(found[0].at),
                last_seen: seconds(found.at(-1).at),
                listed: listed.find((entry) => entry.sha1 === sha1)?.reason ?? null,
            };
        });
        const why = bad
            .slice(-100)
            .reverse()
            .map((each) => ({
                id: each.record.id,
                time: seconds(each.at),
                level: this.level(each),
                reason: each.verdict.reason,
                client: each.record.client.ip,
            }));
        return {
            ...this.row(ip, sessions, range),
            range: { from: seconds(range.from), to: seconds(range.to) },
            threats,
            host_rows: hosts,
            series: this.series(sessions, range, 96),
            certificates,
            why,
            false_positive_report: this.falsePositives.get(ip) ?? null,
        };
    }

    action(sessions) {
        const blocked = sessions.filter((each) => each.record.action === "block").length;
        return blocked === 0 ? "permit" : blocked === sessions.length ? "block" : "mixed";
    }

    edit(ip) {
        return {
            identifier: null,
            investigation_status: "open",
            policy_override: "use_configured_policy",
            ...this.edits.get(ip),
        };
    }

    host(ip) {
        const sessions = this.sessions.filter((each) => each.record.client.ip === ip);
        if (sessions.length === 0) {
            return null;
        }
        const edit = this.edit(ip);
        const bad = edit.investigation_status.startsWith("resolved")
            ? []
            : sessions.filter((each) => this.level(each) > 0);
        const reasons = [...this.grouped(bad, (record) => judged(record).reason)].map(
            ([reason, found]) => ({
                kind: found[0].verdict.kind,
                level: this.level(found[0]),
                reason,
                last: seconds(found.at(-1).at),
                sessions: found.length,
            }),
        );
        const score = Math.max(0, ...reasons.map((each) => each.level));
        const infected =
            edit.policy_override === "always_include" ||
            (edit.policy_override !== "never_include" && score >= 7);
        return {
            ip,
            ...edit,
            hostname: null,
            first_seen: seconds(sessions[0].at),
            last_seen: seconds(sessions.at(-1).at),
            last_evidence: bad.length > 0 ? seconds(bad.at(-1).at) : null,
            infected,
            ...(infected
                ? {
                      infected_since: seconds(sessions[0].at),
                      expires:
                          edit.policy_override === "always_include"
                              ? null
                              : seconds(this.now() + day),
                  }
                : {}),
            score,
            reasons: reasons.sort((a, b) => b.level - a.level),
            bad,
            sessions,
        };
    }

    hosts() {
        const ips = new Set(this.sessions.map((each) => each.record.client.ip));
        return [...ips].map((ip) => this.host(ip));
    }

    hostDetail(ip) {
        const host = this.host(ip);
        if (host === null) {
            throw new Refusal(404, `host ${ip} has no evidence and was never edited`);
        }
        const contributions = host.bad
            .slice(-50)
            .reverse()
            .map((each) => ({
                time: seconds(each.at),
                points: this.level(each),
                now: this.level(each) * 2 ** ((each.at - this.now()) / day),
                kind: each.verdict.kind,
                reason: each.verdict.reason,
                server: each.record.server.ip,
                verdict: each.record.id,
            }));
        const rows = [...this.grouped(host.bad, (record) => record.server.ip)].map(
            ([server, found]) => ({
                ip: server,
                hostname: found[0].record.tls?.sni ?? null,
                level: this.level(found[0]),
                category: found[0].verdict.category,
                count: found.length,
                blocked: found.filter((each) => each.record.action === "block").length,
                last_seen: seconds(found.at(-1).at),
            }),
        );
        return {
            ...host,
            bad: undefined,
            sessions: undefined,
            contributions,
            half_life_s: 86400,
            server_rows: rows,
        };
    }

    verdict(id) {
        const each = this.sessions.find((one) => one.record.id === id);
        if (!each) {
            throw new Refusal(404, `no session has the id '${id}'`);
        }
        const { record, verdict } = each;
        const evidence =
            verdict === null
                ? []
                : [
                      {
                          kind: verdict.kind,
                          rule_version: 1,
                          level: verdict.level,
                          reason: verdict.reason,
                          detail: `certificate ${record.certificate.sha1} of ${record.server.ip} port ${record.server.port}`,
                          feed_version: verdict.level === 10 ? this.feed[0].version : null,
                          time: seconds(each.at),
                          client: record.client.ip,
                          server: record.server.ip,
                          sensor: record.sensor,
                      },
                  ];
        return { id, level: verdict?.level ?? 0, evidence, sessions: [record] };
    }

    status() {
        const visibility = {};
        for (const { record } of this.sessions) {
            visibility[record.visibility] = (visibility[record.visibility] ?? 0) + 1;
        }
        const hosts = this.hosts();
        return {
            now: seconds(this.now()),
            last_session: this.lastSession(),
            visibility,
            totals: {
                servers: new Set(this.sessions.map((each) => each.record.server.ip)).size,
                hosts: hosts.length,
                sessions: this.sessions.length,
                infected_hosts: hosts.filter((host) => host.infected).length,
            },
            limits: [
                { name: "store_bytes", value: 8589934592, used: 4423680, unit: "bytes" },
                {
                    name: "allowlist_entries",
                    value: 10000,
                    used: this.allowlist.length,
                    unit: "entries",
                },
            ],
            versions: {
                service: "0.1.0",
                rules: "2",
                model: null,
                feeds: { cc_cert_sha1: this.feed[0].version, eta_custom_whitelist: "20261124.1" },
            },
            threshold: 7,
        };
    }

    sensors() {
        return [...this.grouped(this.sessions, (record) => record.sensor)].map(([name, found]) => ({
            name,
            first_seen: seconds(found[0].at),
            last_seen: seconds(found.at(-1).at),
            records: found.length,
            rejected: 0,
            sessions_24h: found.filter((each) => each.at > this.now() - day).length,
            version: "0.1.0",
            clock_skew_ms: 12,
            visibility: {},
        }));
    }
}
