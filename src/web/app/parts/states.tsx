// What stands where data would: loading, nothing there, an error.
import type { ComponentChildren } from "preact";
import type { Problem } from "../core/api.ts";

export function Failure({ problem, retry }: { problem: Problem; retry: () => void }) {
    return (
        <div class="state failure" role="alert">
            <h2>{problem.title}</h2>
            <p>{problem.detail}</p>
            <button type="button" onClick={retry}>
                Try again
            </button>
        </div>
    );
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
    return (
        <div class="state">
            <h2>{title}</h2>
            {children}
        </div>
    );
}

export function Loading() {
    return (
        <div class="state loading" role="status">
            Loading…
        </div>
    );
}

// A thin bar that appears only when an answer takes longer than a moment (by its animation).
export function Busy({ on }: { on: boolean }) {
    return <div class={on ? "busy on" : "busy"} aria-hidden="true" />;
}
