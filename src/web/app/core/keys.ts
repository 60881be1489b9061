// Shortcuts. Each has a visible control that does the same, and all can be switched off.
import { shortcuts } from "./settings.ts";

export const help: [string, string][] = [
    ["/", "to the filter"],
    ["j", "next row"],
    ["k", "previous row"],
    ["Enter", "open the row"],
    ["Esc", "leave the filter, close a dialog"],
    ["?", "this list"],
];

function isEditable(target: EventTarget | null): boolean {
    return (
        target instanceof Element &&
        target.closest("input, textarea, select, [contenteditable]") !== null
    );
}

function move(step: number): void {
    const rows = [...document.querySelectorAll<HTMLElement>("tbody .row-link")];
    const at = rows.indexOf(document.activeElement as HTMLElement);
    const chosen = rows.findIndex((row) => row.closest("tr")?.dataset["selected"] === "true");
    const from = at >= 0 ? at : step > 0 && chosen < 0 ? -1 : chosen;
    rows[Math.min(rows.length - 1, Math.max(0, from + step))]?.focus();
}

export function startKeys(openHelp: () => void): void {
    document.addEventListener("keydown", (event) => {
        if (
            event.ctrlKey ||
            event.metaKey ||
            event.altKey ||
            document.querySelector("dialog[open]")
        ) {
            return;
        }
        if (event.key === "Escape" && isEditable(event.target)) {
            (event.target as HTMLElement).blur();
            return;
        }
        if (shortcuts.value === "off" || isEditable(event.target)) {
            return;
        }
        const actions: Record<string, () => void> = {
            "/": () => document.querySelector<HTMLElement>("#filter")?.focus(),
            j: () => move(1),
            k: () => move(-1),
            "?": openHelp,
        };
        const action = actions[event.key];
        if (action) {
            event.preventDefault();
            action();
        }
    });
}
