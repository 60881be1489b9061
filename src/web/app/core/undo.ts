// Notices: what an action did, and the way back.
import { signal } from "@preact/signals";
import { Problem } from "./api.ts";

export interface Notice {
    id: number;
    text: string;
    failed: boolean;
    undo?: (() => Promise<void>) | undefined;
}

export const notices = signal<Notice[]>([]);
let last = 0;

export function notify(text: string, undo?: () => Promise<void>): void {
    last += 1;
    notices.value = [...notices.value.slice(-2), { id: last, text, failed: false, undo }];
}

export function sentence(error: unknown): string {
    return error instanceof Problem ? `${error.title}: ${error.detail}` : String(error);
}

export function notifyError(error: unknown): void {
    last += 1;
    notices.value = [...notices.value.slice(-2), { id: last, text: sentence(error), failed: true }];
}

export function dismiss(id: number): void {
    notices.value = notices.value.filter((notice) => notice.id !== id);
}
