// The time that relative times are told by: it moves twice a minute, so that a table stays calm.
import { signal } from "@preact/signals";

export const clock = signal(Date.now());

export function tick(): void {
    clock.value = Date.now();
}

setInterval(tick, 30_000);
