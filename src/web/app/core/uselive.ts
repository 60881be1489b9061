// Refreshes a view when the service says that something changed: once a second at most, and more
// rarely when an answer takes long. What is heard while the view is paused, or waits for an answer
// already, is made up for.
import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Loaded } from "./load.ts";
import { listen, paused, type EventName } from "./live.ts";

const leastMs = 1000;
const mostMs = 10_000;

export function useLive(
    names: EventName[],
    load: Pick<Loaded<unknown>, "busy" | "took">,
    refresh: () => Promise<unknown>,
): void {
    const latest = useRef(refresh);
    latest.current = refresh;
    useEffect(() => {
        let timer = 0;
        let last = performance.now();
        let missed = false;
        let running = false;
        const mayAsk = () => !paused.value && !load.busy.value;
        const run = async () => {
            timer = 0;
            if (!mayAsk()) {
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
            missed = running || !mayAsk();
            if (missed || timer !== 0) {
                return;
            }
            const pause = Math.min(mostMs, Math.max(leastMs, 10 * load.took.ms));
            const wait = pause - (performance.now() - last);
            timer = window.setTimeout(() => void run(), Math.max(0, wait));
        };
        const stopListening = listen((name) => {
            if (name === "open" || names.includes(name)) {
                soon();
            }
        });
        const stopWatching = effect(() => {
            if (mayAsk() && missed) {
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
