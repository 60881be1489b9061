// Values as text. Pure: no document, no clock of its own.

export type Severity = "clean" | "low" | "medium" | "high";

export function severity(level: number): Severity {
    return level >= 7 ? "high" : level >= 4 ? "medium" : level >= 1 ? "low" : "clean";
}

const integers = new Intl.NumberFormat("en-US");

export function count(value: number): string {
    return integers.format(value);
}

export function counted(value: number, noun: string, plural = `${noun}s`): string {
    return `${count(value)} ${value === 1 ? noun : plural}`;
}

export function percent(part: number, whole: number): string {
    if (whole === 0) {
        return "0 %";
    }
    const share = (100 * part) / whole;
    return share > 0 && share < 1 ? "< 1 %" : `${Math.round(share)} %`;
}

const units = ["B", "KB", "MB", "GB", "TB"];

export function bytes(value: number): string {
    let unit = 0;
    let rest = value;
    while (rest >= 1000 && unit < units.length - 1) {
        rest /= 1000;
        unit += 1;
    }
    return `${unit === 0 || rest >= 100 ? Math.round(rest) : rest.toFixed(1)} ${units[unit]}`;
}

const spans: [number, number, string][] = [
    [60, 1, "s"],
    [3600, 60, "min"],
    [86400, 3600, "h"],
    [Infinity, 86400, "d"],
];

export function duration(seconds: number): string {
    const size = Math.abs(seconds);
    const [, unit, name] = spans.find(([end]) => size < end)!;
    return `${Math.floor(size / unit)} ${name}`;
}

export function relative(time: string, now: number): string {
    const seconds = (now - Date.parse(time)) / 1000;
    if (Number.isNaN(seconds)) {
        return "—";
    }
    if (Math.abs(seconds) < 5) {
        return "now";
    }
    return seconds > 0 ? `${duration(seconds)} ago` : `in ${duration(seconds)}`;
}

const local = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium" });

export function localTime(time: string): string {
    const value = Date.parse(time);
    return Number.isNaN(value) ? "—" : local.format(value);
}

// Local time for people, UTC for comparing with logs.
export function exactTime(time: string): string {
    const value = Date.parse(time);
    if (Number.isNaN(value)) {
        return "";
    }
    const utc = new Date(value)
        .toISOString()
        .replace("T", " ")
        .replace(".000Z", "")
        .replace("Z", "");
    return `${localTime(time)} local, ${utc} UTC`;
}

export function shortHash(hash: string): string {
    return hash.length > 16 ? `${hash.slice(0, 12)}…` : hash;
}
