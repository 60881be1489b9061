// What an action did. A notice goes after a while, but not while pointer or focus is on it.
import { useEffect, useRef } from "preact/hooks";
import { dismiss, notices, notify, notifyError, type Notice } from "../core/undo.ts";

const shownMs = 20_000;

function One({ notice }: { notice: Notice }) {
    const held = useRef(false);
    useEffect(() => {
        if (notice.failed) {
            return undefined; // an error stays until it was read
        }
        const timer = setInterval(() => {
            if (!held.current) {
                dismiss(notice.id);
            }
        }, shownMs);
        return () => clearInterval(timer);
    }, [notice.id]);
    const undo = async () => {
        dismiss(notice.id);
        try {
            await notice.undo!();
            notify("Undone.");
        } catch (error) {
            notifyError(error);
        }
    };
    return (
        <div
            class={notice.failed ? "notice failed" : "notice"}
            onPointerEnter={() => (held.current = true)}
            onPointerLeave={() => (held.current = false)}
            onFocusIn={() => (held.current = true)}
            onFocusOut={() => (held.current = false)}
        >
            <span>{notice.text}</span>
            {notice.undo && (
                <button type="button" onClick={undo}>
                    Undo
                </button>
            )}
            <button type="button" aria-label="Dismiss" onClick={() => dismiss(notice.id)}>
                ×
            </button>
        </div>
    );
}

export function Notices() {
    return (
        <div class="notices" role="status">
            {notices.value.map((notice) => (
                <One key={notice.id} notice={notice} />
            ))}
        </div>
    );
}
