// Totals and versions of the service: asked once the page stands, told by events from then on.
import { signal } from "@preact/signals";
import { get, me } from "./api.ts";
import { listen } from "./live.ts";
import type { Me, ServiceStatus } from "./types.ts";

export const status = signal<ServiceStatus | null>(null);

export async function askStatus(): Promise<void> {
    try {
        [me.value, status.value] = await Promise.all([
            get<Me>("/v1/me"),
            get<ServiceStatus>("/v1/status"),
        ]);
    } catch {
        return; // the view itself says what is wrong
    }
}

listen((name, data) => {
    if (name === "status" && status.value !== null && data !== null) {
        status.value = { ...status.value, ...(data as Partial<ServiceStatus>) };
    }
});
