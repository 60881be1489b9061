// What this browser remembers: colours, shortcuts, live or paused.
import { effect, signal, type Signal } from "@preact/signals";

function kept<T extends string>(name: string, values: readonly T[], first: T): Signal<T> {
    let start = first;
    try {
        const stored = localStorage.getItem(`openeti.${name}`) as T | null;
        start = stored !== null && values.includes(stored) ? stored : first;
    } catch {
        // Storage may be switched off; the setting then lasts as long as the page.
    }
    const setting = signal(start);
    effect(() => {
        try {
            localStorage.setItem(`openeti.${name}`, setting.value);
        } catch {
            return;
        }
    });
    return setting;
}

export const colours = kept("colours", ["auto", "light", "dark"] as const, "auto");
export const shortcuts = kept("shortcuts", ["on", "off"] as const, "on");

const systemDark = matchMedia("(prefers-color-scheme: dark)");
const systemIsDark = signal(systemDark.matches);
systemDark.addEventListener("change", () => {
    systemIsDark.value = systemDark.matches;
});

export const dark = signal(false);
effect(() => {
    dark.value = colours.value === "dark" || (colours.value === "auto" && systemIsDark.value);
    document.documentElement.dataset["colours"] = dark.value ? "dark" : "light";
});
