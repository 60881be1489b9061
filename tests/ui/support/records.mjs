// Session records for the page to show: the same ones for the fake service and for the real one.
// Deterministic but for the clock, which they end at.

export const hostile = {
    script: '"><img src=x onerror=window.pwned=1>.example',
    bidi: "invoice\u202egnp.exe.example",
    formula: "=2+5+cmd.example",
};

// mulberry32: good enough for data, and the same everywhere.
function generator(seed) {
    let state = seed;
    return (below) => {
        state = (state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
    };
}

function microseconds(ms) {
    return new Date(ms).toISOString().replace("Z", "000Z");
}

function digits(random, length) {
    let text = "";
    while (text.length < length) {
        text += random(16).toString(16);
    }
    return text;
}

function traffic(random) {
    return {
        packets_out: 4 + random(40),
        packets_in: 5 + random(90),
        bytes_out: 900 + random(20000),
        bytes_in: 4000 + random(900000),
        payload_out: 500 + random(9000),
        payload_in: 3000 + random(800000),
        duration_us: 20000 + random(9000000),
        rtt_us: 900 + random(90000),
        retransmits: 0,
        splt: [
            [517, 0],
            [-1400, 21000],
        ],
        records: [
            [517, 22, 0],
            [-1200, 22, 21000],
        ],
        gaps: [],
    };
}

let serial = 0;

// One session. what: server, host, at (ms), kind "listed" | "self-signed" | "resumed" | "tls13" | "quic".
export function session(what, random = generator(serial + 1)) {
    serial += 1;
    const { server, host, at, kind, sni, sha1 } = what;
    const clear = kind === "listed" || kind === "self-signed";
    const record = {
        v: 1,
        type: "session",
        phase: "end",
        id: `ui-${serial}-${at}`,
        sensor: what.sensor ?? "eti1",
        start: microseconds(at),
        end: microseconds(at + 1200),
        client: { ip: host, port: 40000 + random(20000) },
        server: { ip: server, port: what.port ?? 443 },
        transport: kind === "quic" ? "udp" : "tcp",
        protocol: kind === "quic" ? "quic" : "tls",
        zones: { from: "trust", to: "untrust" },
        policy: "p1",
        visibility: clear ? "certificate" : kind,
        tls: {
            version: clear || kind === "resumed" ? "TLS 1.2" : "TLS 1.3",
            ja4: "t13d1516h2_8daaf6152771_02713d6af862",
        },
        traffic: traffic(random),
        action: kind === "listed" ? "block" : "permit",
        reason: kind === "listed" ? "certificate-blocklist" : "none",
    };
    if (sni) {
        record.tls.sni = sni;
    }
    if (clear) {
        record.certificate = {
            sha1,
            sha256: digits(generator(Number.parseInt(sha1.slice(0, 7), 16)), 64),
            inherited: false,
            subject: `CN=${sni ?? server}`,
            issuer: kind === "listed" ? "CN=Default Company Ltd" : `CN=${sni ?? server}`,
            serial: "1f",
            not_before: "2026-01-01T00:00:00Z",
            not_after: "2027-01-01T00:00:00Z",
            key: "RSA",
            bits: 2048,
            signature: "sha256WithRSAEncryption",
            self_signed: kind === "self-signed",
        };
    }
    if (kind === "listed") {
        record.feed = "cc_cert_sha1";
        record.threat_level = 10;
    }
    return record;
}

const reasons = ["Dridex C&C", "AsyncRAT C&C", "Gozi C&C", "QakBot C&C", "TrickBot C&C"];
const names = ["cdn", "mail", "updates", "static", "login", "media", "api", "img"];

// The certificate list that belongs to the records: SSLBL CSV.
export const listed = reasons.map((reason, at) => ({
    reason,
    sha1: digits(generator(90 + at), 40),
}));

export function blocklist(entries = listed) {
    const lines = entries.map(({ sha1, reason }) => `2026-10-01 08:00:00,${sha1},${reason}`);
    return `# Listingdate,SHA1,Listingreason\n${lines.join("\n")}\n# END (${lines.length}) entries\n`;
}

// The list a day before: without its first entry.
export function earlierBlocklist() {
    return blocklist(listed.slice(1));
}

// The list with two lines that are none, the first of them line 17.
export function damagedBlocklist() {
    const whole = blocklist();
    const good = whole.split("\n").length - 1;
    return `${whole}${"#\n".repeat(16 - good)}2026-10-01 08:00:00,${"a".repeat(39)},x\nno line\n`;
}

function serverAt(number) {
    if (number % 9 === 8) {
        return `2001:db8::${(number + 1).toString(16)}`;
    }
    return number < 120 ? `203.0.113.${number + 1}` : `198.51.100.${number - 119}`;
}

function kindOf(number) {
    return number < 14
        ? "listed"
        : number < 30
          ? "self-signed"
          : ["tls13", "quic", "resumed", "tls13"][number % 4];
}

function nameOf(number, random) {
    const wicked = [undefined, hostile.script, hostile.bidi, hostile.formula];
    if (number >= 40 && number < 44) {
        return wicked[number - 40];
    }
    return number % 7 === 6
        ? undefined
        : `${names[random(names.length)]}${number}.site${number % 23}.example`;
}

// All of the last month, most of it in the last day.
export function month(now, servers = 240) {
    const random = generator(7);
    const records = [];
    for (let number = 0; number < servers; number += 1) {
        const kind = kindOf(number);
        const certificate =
            kind === "listed" ? listed[number % listed.length].sha1 : digits(random, 40);
        const sni = nameOf(number, random);
        const sessions = 1 + random(number < 60 ? 18 : 5);
        for (let each = 0; each < sessions; each += 1) {
            const age =
                each === 0
                    ? random(80_000_000)
                    : random(12) === 0
                      ? random(2_500_000_000)
                      : random(85_000_000);
            records.push(
                session(
                    {
                        server: serverAt(number),
                        host: `10.0.1.${10 + random(24)}`,
                        at: now - 60_000 - age,
                        kind,
                        sni,
                        sha1: certificate,
                        port: number % 11 === 5 ? 8443 : 443,
                        sensor: random(4) === 0 ? "eti2" : "eti1",
                    },
                    random,
                ),
            );
        }
    }
    return records.sort((a, b) => (a.start < b.start ? -1 : 1));
}
