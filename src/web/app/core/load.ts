// One question to the service and what came of it.
import { useSignal, type Signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { get, Problem } from "./api.ts";

export interface Loaded<T> {
    data: Signal<T | null>;
    problem: Signal<Problem | null>;
    busy: Signal<boolean>;
    took: { ms: number };
    again: () => Promise<T | null>; // asks and shows the answer
    ask: () => Promise<T | null>; // asks without showing it
}

function asProblem(error: unknown): Problem {
    return error instanceof Problem ? error : new Problem(0, "Unexpected", String(error));
}

// Asks when the URL changes and on again(), and tells shown of each answer. What is shown stays until the next answer is there.
export function useLoad<T>(url: string | null, shown?: (answer: T) => void): Loaded<T> {
    const data = useSignal<T | null>(null);
    const problem = useSignal<Problem | null>(null);
    const busy = useSignal(url !== null);
    const took = useRef({ ms: 0 }).current;
    const current = useRef<AbortController | null>(null);

    // null: it failed, or a newer question took its place.
    const ask = async (): Promise<T | null> => {
        if (url === null) {
            return null;
        }
        current.current?.abort();
        const abort = new AbortController();
        current.current = abort;
        const start = performance.now();
        try {
            const answer = await get<T>(url, abort.signal);
            if (current.current !== abort) {
                return null;
            }
            took.ms = performance.now() - start;
            problem.value = null;
            return answer;
        } catch (error) {
            if (current.current === abort) {
                problem.value = asProblem(error);
            }
            return null;
        }
    };
    const again = async (): Promise<T | null> => {
        busy.value = true;
        const pending = ask();
        const mine = current.current;
        const answer = await pending;
        if (answer !== null) {
            data.value = answer;
            shown?.(answer);
        }
        if (current.current === mine) {
            busy.value = false;
        }
        return answer;
    };
    useLayoutEffect(() => {
        void again();
        return () => {
            current.current?.abort();
            current.current = null;
        };
    }, [url]);
    return { data, problem, busy, took, again, ask };
}
