// Refreshes a view when the service says that something changed: once a second at most, and more
// rarely when an answer takes long.
import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { listen, paused, type EventName } from "./live.ts";

const leastMs = 1000;

export function useLive(
    names: EventName[],
    refresh: () => Promise<unknown>,
    tookMs: () => number,
): void {
    const latest = useRef(refresh);
    latest.current = refresh;
    useEffect(() => {
        let timer = 0;
        let last = performance.now();
        let missed = false;
        let running = false;
        const run = async () => {
            timer = 0;
            if (paused.value) {
                missed = true;
                return;
            }
            running = true;
            await latest.current();
            running = false;
            last = performance.now();
            if (missed) {
                soon();
            }
        };
        const soon = () => {
            missed = paused.value || running;
            if (missed || timer !== 0) {
                return;
            }
            const wait = Math.max(leastMs, 10 * tookMs()) - (performance.now() - last);
            timer = window.setTimeout(() => void run(), Math.max(0, wait));
        };
        const stopListening = listen((name) => {
            if (name === "open" || names.includes(name)) {
                soon();
            }
        });
        const stopWatching = effect(() => {
            if (!paused.value && missed) {
                soon();
            }
        });
        return () => {
            stopListening();
            stopWatching();
            clearTimeout(timer);
        };
    }, []);
}
