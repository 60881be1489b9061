// The address bar is the page's state: path, range, sort, filter, columns, selection.
import { computed, signal } from "@preact/signals";

interface HistoryState {
    cursors?: string[]; // of the pages before this one, so that Previous knows its way
}

const place = signal(read());

function read() {
    return {
        path: location.pathname,
        query: location.search,
        state: (history.state ?? {}) as HistoryState,
    };
}

export const path = computed(() => place.value.path);
export const query = computed(() => new URLSearchParams(place.value.query));
export const cursors = computed(() => place.value.state.cursors ?? []);

export function parameter(name: string): string {
    return query.value.get(name) ?? "";
}

export function segments(): string[] {
    return path.value
        .split("/")
        .filter((part) => part !== "")
        .map((part) => {
            try {
                return decodeURIComponent(part);
            } catch {
                return part;
            }
        });
}

export function go(url: string, state: HistoryState = {}, replace = false): void {
    if (replace) {
        history.replaceState(state, "", url);
    } else {
        history.pushState(state, "", url);
    }
    const before = place.value.path;
    place.value = read();
    if (!replace && before !== place.value.path) {
        scrollTo(0, 0);
    }
}

// Changes some parameters; an empty value takes one away. The cursor belongs to the old question
// unless it is what changes.
export function change(
    changes: Record<string, string>,
    state: HistoryState = {},
    replace = false,
): void {
    const next = new URLSearchParams(place.value.query);
    next.delete("cursor");
    for (const [name, value] of Object.entries(changes)) {
        if (value === "") {
            next.delete(name);
        } else {
            next.set(name, value);
        }
    }
    go(`${path.value}${asQuery(next)}`, state, replace);
}

export function asQuery(parameters: URLSearchParams): string {
    const text = parameters.toString();
    return text === "" ? "" : `?${text}`;
}

// Remembers the selected row without asking for anything again.
export function remember(name: string, value: string): void {
    const next = new URLSearchParams(location.search);
    next.set(name, value);
    history.replaceState(history.state, "", `${location.pathname}${asQuery(next)}`);
}

// Links inside the page change the address without loading the page again.
export function followLinks(): void {
    addEventListener("popstate", () => {
        place.value = read();
    });
    document.addEventListener("click", (event) => {
        const link = (event.target as Element).closest?.("a");
        const plain =
            event.button === 0 &&
            !event.ctrlKey &&
            !event.metaKey &&
            !event.shiftKey &&
            !event.altKey;
        const ours =
            link?.origin === location.origin && !link.hasAttribute("download") && !link.target;
        if (!link || !plain || !ours || link.hash !== "") {
            return;
        }
        event.preventDefault();
        go(link.pathname + link.search);
    });
}
