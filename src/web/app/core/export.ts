// Files of what the table shows: same range, filter and order, all pages of it.
import { download } from "./api.ts";
import { notify, notifyError } from "./undo.ts";

export const formats = {
    csv: { label: "CSV", type: "text/csv", ending: "csv" },
    json: { label: "JSON", type: "application/json", ending: "json" },
    stix: { label: "STIX 2.1", type: "application/stix+json;version=2.1", ending: "stix.json" },
} as const;

export type Format = keyof typeof formats;

export async function saveAs(url: string, format: Format, name: string): Promise<void> {
    const { type, ending, label } = formats[format];
    try {
        const blob = await download(url, type);
        const link = document.createElement("a");
        link.href = URL.createObjectURL(blob);
        link.download = `${name}-${new Date().toISOString().slice(0, 10)}.${ending}`;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
        notify(`${label} saved as ${link.download}.`);
    } catch (error) {
        notifyError(error);
    }
}
