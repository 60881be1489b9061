// The seven columns in the vendor's order and words, and those one may add behind them.
import type { Column } from "./table.tsx";

export const columns: Column[] = [
    { id: "ip", label: "External Server IP", first: "up" },
    { id: "hostname", label: "External Server Hostname", first: "up" },
    { id: "level", label: "Highest Threat Level", first: "down" },
    { id: "count", label: "Count", first: "down" },
    { id: "country", label: "Country", first: "up" },
    { id: "last_seen", label: "Last Seen", first: "down" },
    { id: "category", label: "Category", first: "up" },
];

export const optionalColumns: Column[] = [
    { id: "ports", label: "Ports" },
    { id: "first_seen", label: "First Seen" },
    { id: "visibility", label: "Visibility" },
];
