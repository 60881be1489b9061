// Native tables: a caption, sort buttons in the header cells, pages by cursor.
import type { ComponentChildren } from "preact";
import { change, cursors, parameter } from "../core/url.ts";

export interface Column {
    id: string;
    label: string;
    first?: "up" | "down"; // the direction of the first click; absent: cannot be sorted
    class?: string;
}

export interface SortState {
    by: string;
    down: boolean;
}

export function sortOf(fallback: string): SortState {
    const text = parameter("sort") || fallback;
    return { by: text.replace(/^-/, ""), down: text.startsWith("-") };
}

export function HeaderCell({
    column,
    sort,
    initial,
}: {
    column: Column;
    sort: SortState;
    initial: string;
}) {
    if (!column.first) {
        return (
            <th scope="col" class={column.class}>
                {column.label}
            </th>
        );
    }
    const active = sort.by === column.id;
    const down = active ? !sort.down : column.first === "down";
    const next = `${down ? "-" : ""}${column.id}`;
    return (
        <th
            scope="col"
            class={column.class}
            {...(active ? { "aria-sort": sort.down ? "descending" : "ascending" } : {})}
        >
            <button
                type="button"
                class="sort"
                onClick={() => change({ sort: next === initial ? "" : next })}
            >
                {column.label}
                <span class="arrow" aria-hidden="true">
                    {active ? (sort.down ? "▼" : "▲") : "↕"}
                </span>
            </button>
        </th>
    );
}

export function Pager({
    next,
    children,
}: {
    next: string | null | undefined;
    children?: ComponentChildren;
}) {
    const here = parameter("cursor");
    const before = cursors.value;
    const previous = () =>
        change({ cursor: before.at(-1) ?? "" }, { cursors: before.slice(0, -1) });
    return (
        <nav class="pager" aria-label="Pages">
            {children}
            <span class="push" />
            <button type="button" disabled={here === ""} onClick={() => change({ cursor: "" })}>
                First
            </button>
            <button type="button" disabled={before.length === 0} onClick={previous}>
                Previous
            </button>
            <button
                type="button"
                disabled={!next}
                onClick={() => change({ cursor: next! }, { cursors: [...before, here] })}
            >
                Next
            </button>
        </nav>
    );
}
