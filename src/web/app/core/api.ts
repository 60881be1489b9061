// Requests to the service. A refusal is a Problem, which carries the service's own sentence.
import { signal } from "@preact/signals";
import type { Me } from "./types.ts";

export class Problem extends Error {
    constructor(
        readonly status: number,
        readonly title: string,
        readonly detail: string,
        readonly parameter = "",
        readonly column = 0,
    ) {
        super(detail);
    }
}

// Set by the first answer 401; the login page shows while it is.
export const loginNeeded = signal(false);
export const me = signal<Me | null>(null);

async function problemOf(response: Response): Promise<Problem> {
    const title = response.statusText || `Status ${response.status}`;
    try {
        const body = (await response.json()) as Record<string, unknown>;
        return new Problem(
            response.status,
            String(body["title"] ?? title),
            String(body["detail"] ?? "The service gave no reason."),
            String(body["parameter"] ?? ""),
            Number(body["column"] ?? 0),
        );
    } catch {
        return new Problem(response.status, title, "The answer is none of the service's own.");
    }
}

async function send(method: string, url: string, init: RequestInit): Promise<Response> {
    let response: Response;
    try {
        // Past the browser's cache: there, a tab waits for another's answer to the same question.
        response = await fetch(url, { method, cache: "no-store", ...init });
    } catch (error) {
        if (error instanceof DOMException && error.name === "AbortError") {
            throw error;
        }
        throw new Problem(
            0,
            "No connection",
            "The service did not answer. Is it running, and reachable from here?",
        );
    }
    if (response.ok) {
        return response;
    }
    if (response.status === 401 && url !== "/v1/login") {
        loginNeeded.value = true;
    }
    throw await problemOf(response);
}

export async function get<T>(url: string, abort?: AbortSignal): Promise<T> {
    const response = await send("GET", url, abort ? { signal: abort } : {});
    return (await response.json()) as T;
}

export async function download(url: string, type: string): Promise<Blob> {
    const response = await send("GET", url, { headers: { Accept: type } });
    return response.blob();
}

// The header is one that a page of another origin cannot send.
export async function write<T>(
    method: "POST" | "PATCH" | "DELETE",
    url: string,
    body?: unknown,
): Promise<T> {
    const headers: Record<string, string> = { "X-Openeti": "1" };
    const init: RequestInit = { headers };
    if (body !== undefined) {
        headers["Content-Type"] = "application/json";
        init.body = JSON.stringify(body);
    }
    const response = await send(method, url, init);
    return (response.status === 204 ? undefined : await response.json()) as T;
}

export function segment(text: string): string {
    return encodeURIComponent(text);
}
