// A question in front of the page. Esc and Cancel close it; nothing happens then.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { sentence } from "../core/undo.ts";

interface Props {
    title: string;
    action?: string;
    danger?: boolean;
    onDo?: (form: FormData) => Promise<void>;
    onClose: () => void;
    children: ComponentChildren;
}

export function Dialog({ title, action, danger, onDo, onClose, children }: Props) {
    const element = useRef<HTMLDialogElement>(null);
    const heading = useId();
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState("");
    useEffect(() => {
        const before = document.activeElement as HTMLElement | null;
        element.current!.showModal();
        return () => before?.focus();
    }, []);
    const submit = async (event: SubmitEvent) => {
        event.preventDefault();
        if (!onDo || busy) {
            return;
        }
        setBusy(true);
        setError("");
        try {
            await onDo(new FormData(event.currentTarget as HTMLFormElement));
            onClose();
        } catch (why) {
            setError(sentence(why));
            setBusy(false);
        }
    };
    return (
        <dialog ref={element} aria-labelledby={heading} onClose={onClose}>
            <form onSubmit={submit}>
                <h2 id={heading}>{title}</h2>
                {children}
                {error !== "" && (
                    <p class="error" role="alert">
                        {error}
                    </p>
                )}
                <div class="buttons">
                    <button type="button" onClick={onClose}>
                        {onDo ? "Cancel" : "Close"}
                    </button>
                    {onDo && (
                        <button type="submit" class={danger ? "danger" : "primary"} disabled={busy}>
                            {busy ? "Working…" : action}
                        </button>
                    )}
                </div>
            </form>
        </dialog>
    );
}
