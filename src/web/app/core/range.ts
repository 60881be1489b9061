// The time range in the URL: range=1d|1w|1m, or from and to.
import { parameter } from "./url.ts";

export const presets = [
    { id: "1d", label: "1 day", hours: 24 },
    { id: "1w", label: "1 week", hours: 7 * 24 },
    { id: "1m", label: "1 month", hours: 30 * 24 },
] as const;

const fallback = "1d";

export function isCustom(): boolean {
    return parameter("from") !== "" && parameter("to") !== "";
}

export function preset(): string {
    const wanted = parameter("range");
    return presets.some((each) => each.id === wanted) ? wanted : fallback;
}

// The range's part of a request.
export function asked(): URLSearchParams {
    return isCustom()
        ? new URLSearchParams({ from: parameter("from"), to: parameter("to") })
        : new URLSearchParams({ range: preset() });
}

// What a link to another view takes along.
export function kept(): string {
    if (isCustom()) {
        return `?${asked()}`;
    }
    return preset() === fallback ? "" : `?range=${preset()}`;
}

// The next longer preset, for a range that turned out empty.
export function wider(): string {
    const at = presets.findIndex((each) => each.id === preset());
    return isCustom() ? "1m" : (presets[at + 1]?.id ?? "");
}

// Whole seconds: what the service stores is finer than what a brush selects.
export function asTime(milliseconds: number): string {
    return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
