// What each route of src/api/openapi.json answers, over a Model: status, json or text, and the events
// that follow.
import { parseFilter } from "./filter.mjs";
import { Refusal, seconds } from "./model.mjs";

const labels = {
    ip: "External Server IP",
    hostname: "External Server Hostname",
    level: "Highest Threat Level",
    count: "Count",
    country: "Country",
    last_seen: "Last Seen",
    category: "Category",
    ports: "Ports",
    first_seen: "First Seen",
    visibility: "Visibility",
};

function csvCell(value) {
    const text =
        value === null || value === undefined
            ? ""
            : typeof value === "object"
              ? JSON.stringify(value)
              : String(value);
    const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function csv(rows, columns) {
    const lines = [
        columns.map((column) => labels[column] ?? column),
        ...rows.map((row) => columns.map((column) => row[column])),
    ];
    return lines.map((line) => line.map(csvCell).join(",")).join("\r\n") + "\r\n";
}

function stix(rows) {
    return {
        type: "bundle",
        id: "bundle--7a0e5b3e-8a2f-4c55-9a5e-0d4f7a1b2c3d",
        objects: rows.map((row) => ({ type: "indicator", id: `indicator--${row.ip}` })),
    };
}

function ipKey(ip) {
    return ip.includes(":")
        ? `6${ip}`
        : `4${ip
              .split(".")
              .map((part) => part.padStart(3, "0"))
              .join("")}`;
}

const keys = {
    ip: (row) => ipKey(row.ip),
    hostname: (row) => (row.hostname ?? "").split(".").reverse().join("."),
    level: (row) => row.level,
    count: (row) => row.count,
    country: (row) => row.country ?? "",
    last_seen: (row) => row.last_seen,
    category: (row) => row.category ?? "",
    score: (row) => row.score,
    first_seen: (row) => row.first_seen,
    last_evidence: (row) => row.last_evidence ?? "",
};

function sorted(rows, sort) {
    const key = keys[sort.replace("-", "")];
    const sign = sort.startsWith("-") ? -1 : 1;
    const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
    return rows.sort(
        (a, b) =>
            sign * order(key(a), key(b)) || -order(a.last_seen, b.last_seen) || order(a.ip, b.ip),
    );
}

function paged(rows, query, most = 1000) {
    const limit = Math.min(Number(query.get("limit") ?? 100), most);
    const from = Number(query.get("cursor") ?? 0);
    return {
        rows: rows.slice(from, from + limit),
        next: from + limit < rows.length ? String(from + limit) : null,
    };
}

function plain({ clients: _, sha1s: __, bad: ___, sessions: ____, ...row }) {
    return row;
}

function listServers(model, query, accept) {
    const range = model.range(query);
    let fits;
    try {
        fits = parseFilter(query.get("filter") ?? "");
    } catch (error) {
        throw new Refusal(400, error.message, { parameter: "filter", column: error.column });
    }
    const found = sorted(model.servers(range).filter(fits), query.get("sort") ?? "-level");
    const file = /csv|stix/.test(accept);
    const { rows, next } = paged(
        found,
        query,
        file || query.get("limit") === "100000" ? 100000 : 1000,
    );
    if (accept.includes("csv")) {
        return {
            type: "text/csv",
            text: csv(
                rows,
                (query.get("columns") ?? Object.keys(labels).slice(0, 7).join()).split(","),
            ),
        };
    }
    if (accept.includes("stix")) {
        return { type: "application/stix+json;version=2.1", json: stix(rows) };
    }
    return {
        json: {
            servers: rows.map(plain),
            next,
            total: found.length,
            range: { from: seconds(range.from), to: seconds(range.to) },
            last_session: model.lastSession(),
            ...(query.get("series") === "true"
                ? { series: model.series(model.within(range), range, 120) }
                : {}),
        },
    };
}

function listHosts(model, query, accept) {
    const wanted = query.get("q") ?? "";
    const found = model
        .hosts()
        .filter(
            (host) =>
                (!query.get("from") || host.last_evidence >= query.get("from")) &&
                (!query.get("status") || host.investigation_status === query.get("status")) &&
                (!query.get("infected") || String(host.infected) === query.get("infected")) &&
                (host.ip.startsWith(wanted) || host.identifier?.includes(wanted)),
        );
    const { rows, next } = paged(sorted(found, query.get("sort") ?? "-score"), query, 100000);
    if (accept.includes("csv")) {
        return {
            type: "text/csv",
            text: csv(rows, ["ip", "score", "investigation_status", "policy_override", "infected"]),
        };
    }
    return { json: { threshold: 7, hosts: rows.map(plain), next, total: found.length } };
}

function patchHost(model, ip, body) {
    model.hostDetail(ip);
    const edit = { ...model.edits.get(ip), ...body };
    model.edits.set(ip, edit);
    model.record("host.patch", ip, JSON.stringify(body));
    return { json: model.hostDetail(ip), events: [["host", { hosts: [] }]] };
}

function listSessions(model, query) {
    const range = model.range(query);
    const host = query.get("host") ?? query.get("client");
    const found = model.within(
        range,
        (record) =>
            (!query.get("server") || record.server.ip === query.get("server")) &&
            (!host || record.client.ip === host),
    );
    const { rows, next } = paged(found.reverse(), query);
    return { json: { sessions: rows.map((each) => each.record), next } };
}

function reportFalsePositive(model, ip, body) {
    const detail = model.server(ip, model.range(new URLSearchParams()));
    const report = {
        server: ip,
        time: seconds(model.now()),
        by: model.user ?? null,
        comment: body.comment,
        level_before: detail.level,
        level_after: 0,
        hosts: detail.host_rows.length,
    };
    model.falsePositives.set(ip, report);
    model.record("false-positive.report", ip, body.comment);
    return { json: report };
}

function addAllowlist(model, body) {
    if (body.kind === "ip" && !/^[0-9a-f.:]+$/.test(body.value)) {
        throw new Refusal(422, `'value' is no ip: ${body.value}`);
    }
    model.serial += 1;
    const entry = {
        id: String(model.serial),
        kind: body.kind,
        value: body.value,
        comment: body.comment ?? "",
        created: seconds(model.now()),
        expires: body.expires ?? null,
        by: model.user ?? null,
    };
    model.allowlist.push(entry);
    model.record("allowlist.add", body.value, entry.comment);
    return {
        status: 201,
        json: entry,
        events: [
            [
                "feed",
                {
                    name: "eta_custom_whitelist",
                    version: "20261124.2",
                    entries: model.allowlist.length,
                },
            ],
        ],
    };
}

function removeAllowlist(model, id) {
    const entry = model.allowlist.find((each) => each.id === id);
    if (!entry) {
        throw new Refusal(404, `the allowlist has no entry '${id}'`);
    }
    model.allowlist = model.allowlist.filter((each) => each !== entry);
    model.record("allowlist.remove", entry.value, "");
    return { status: 204 };
}

function manifest(model) {
    const { version, serial, entries, sha256, created, expires } = model.feed[0];
    return {
        json: {
            realm: "default",
            key_id: "5f1d7a84db00d2fc",
            feeds: [
                {
                    name: "cc_cert_sha1",
                    version,
                    serial,
                    entries,
                    sha256,
                    signature: "c2ln",
                    created,
                    expires,
                    update_interval: 300,
                },
            ],
        },
    };
}

function feedVersions(model, name) {
    if (name !== "cc_cert_sha1") {
        throw new Refusal(404, `there is no feed '${name}'; GET /v1/feeds lists them`);
    }
    return {
        json: {
            name,
            versions: model.feed,
            sources: [
                {
                    name: "sslbl",
                    location: "/var/lib/eti-analysis/sslblacklist.csv",
                    fetched: seconds(model.now() - 240_000),
                    result: "ok",
                    why: null,
                    entries: model.feed[0].entries,
                    rejected_count: 2,
                    rejected: [
                        { line: 17, why: "39 hex digits are no SHA-1" },
                        { line: 23, why: "no listing reason" },
                    ],
                },
            ],
        },
    };
}

function diffFeed(query) {
    return {
        json: {
            name: "cc_cert_sha1",
            from: query.get("from"),
            to: query.get("to"),
            added_count: 1,
            removed_count: 1,
            added: [{ value: "a".repeat(40), reason: "Dridex C&C" }],
            removed: [{ value: "b".repeat(40), reason: "Gozi C&C" }],
        },
    };
}

function rollback(model, body) {
    const to = model.feed.find((each) => each.version === body.version);
    const made = {
        ...model.version(
            model.feed[0].serial + 1,
            to.entries,
            model.now(),
            0,
            1,
            `rollback to ${to.version}`,
        ),
        by: model.user ?? null,
    };
    model.feed.unshift(made);
    model.record("feed.rollback", "cc_cert_sha1", to.version);
    return {
        json: made,
        events: [["feed", { name: "cc_cert_sha1", version: made.version, entries: made.entries }]],
    };
}

export function postRecords(model, text) {
    const records = text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    model.add(records);
    const servers = [...new Set(records.map((record) => record.server.ip))]
        .slice(0, 200)
        .map((ip) => ({ ip, level: 0, last_seen: seconds(model.now()) }));
    return {
        status: 202,
        json: { accepted: records.length, rejected: [], duplicate: false },
        events: [
            ["server", { servers, more: false }],
            ["host", { hosts: [] }],
        ],
    };
}

export function answer(service, method, parts, query, accept, body) {
    const { model } = service;
    const [name, id, more] = parts;
    switch (
        `${method} ${[name, id === undefined ? "" : "x", more ?? ""].filter(Boolean).join(" ")}`
    ) {
        case "GET servers":
            return listServers(model, query, accept);
        case "GET servers x":
            return { json: plain(model.server(id, model.range(query))) };
        case "POST servers x false-positive":
            return reportFalsePositive(model, id, JSON.parse(body));
        case "DELETE servers x false-positive":
            model.falsePositives.delete(id);
            model.record("false-positive.withdraw", id, "");
            return { status: 204 };
        case "GET hosts":
            return listHosts(model, query, accept);
        case "GET hosts x":
            return { json: model.hostDetail(id) };
        case "PATCH hosts x":
            return patchHost(model, id, JSON.parse(body));
        case "GET sessions":
            return listSessions(model, query);
        case "GET verdicts x":
            return { json: model.verdict(id) };
        case "GET allowlist":
            return { json: { entries: model.allowlist } };
        case "POST allowlist":
            return addAllowlist(model, JSON.parse(body));
        case "DELETE allowlist x":
            return removeAllowlist(model, id);
        case "GET feeds":
            return manifest(model);
        case "GET feeds x versions":
            return feedVersions(model, id);
        case "GET feeds x diff":
            return diffFeed(query);
        case "POST feeds x rollback":
            return rollback(model, JSON.parse(body));
        case "GET sensors":
            return { json: { sensors: model.sensors() } };
        case "GET audit":
            return { json: { entries: model.audit, next: null } };
        case "GET status":
            return { json: model.status() };
        case "GET me":
            return { json: { user: model.user ?? null, login_required: service.login !== null } };
        case "POST login":
            return service.logIn(JSON.parse(body));
        case "POST logout":
            model.user = null;
            return { status: 204 };
        case "POST records":
            return postRecords(model, body);
        default:
            throw new Refusal(404, "there is nothing at this path");
    }
}
