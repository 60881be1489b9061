// What changes, as the service tells it: one event stream for all tabs of a browser. The tab that
// holds the lock listens and passes on what it hears; when it closes, another one takes over.
import { signal } from "@preact/signals";
import { loginNeeded } from "./api.ts";

export type Link = "connecting" | "live" | "lost";
export type EventName = "server" | "host" | "feed" | "status" | "open";

interface Message {
    name: EventName | "link" | "hello";
    data: unknown;
}

const names = ["server", "host", "feed", "status"] as const;
const retryMs = 5000;

export const link = signal<Link>("connecting");
export const paused = signal(false);

const listeners = new Set<(name: EventName, data: unknown) => void>();
const channel = "BroadcastChannel" in window ? new BroadcastChannel("openeti") : null;
let leads = false;

export function listen(listener: (name: EventName, data: unknown) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
}

function take(message: Message): void {
    if (message.name === "hello") {
        if (leads) {
            channel?.postMessage({ name: "link", data: link.value });
        }
    } else if (message.name === "link") {
        link.value = message.data as Link;
    } else {
        for (const listener of listeners) {
            listener(message.name, message.data);
        }
    }
}

function tell(message: Message): void {
    take(message);
    channel?.postMessage(message);
}

function parsed(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return null;
    }
}

function connect(): void {
    const source = new EventSource("/v1/events");
    source.onopen = () => {
        tell({ name: "link", data: "live" });
        tell({ name: "open", data: null });
    };
    source.onerror = () => {
        tell({ name: "link", data: "lost" });
        if (source.readyState === EventSource.CLOSED) {
            setTimeout(() => (loginNeeded.value ? waitForLogin() : connect()), retryMs);
        }
    };
    for (const name of names) {
        source.addEventListener(name, (event) => {
            tell({ name, data: parsed((event as MessageEvent<string>).data) });
        });
    }
}

function waitForLogin(): void {
    const stop = loginNeeded.subscribe((needed) => {
        if (!needed) {
            queueMicrotask(() => stop());
            connect();
        }
    });
}

export function startLive(): void {
    channel?.addEventListener("message", (event: MessageEvent<Message>) => take(event.data));
    if (!navigator.locks || !channel) {
        connect();
        return;
    }
    channel.postMessage({ name: "hello", data: null });
    void navigator.locks.request("openeti.events", () => {
        leads = true;
        connect();
        return new Promise(() => undefined); // kept until the tab closes
    });
}
