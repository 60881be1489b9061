// A small menu that opens under its button; Esc and a click elsewhere close it.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

export function Menu({ label, children }: { label: string; children: ComponentChildren }) {
    const element = useRef<HTMLDetailsElement>(null);
    useEffect(() => {
        const close = (event: Event) => {
            const menu = element.current;
            const outside =
                event instanceof KeyboardEvent
                    ? event.key === "Escape"
                    : !menu?.contains(event.target as Node);
            if (menu?.open && outside) {
                menu.open = false;
                if (event instanceof KeyboardEvent) {
                    menu.querySelector("summary")?.focus();
                }
            }
        };
        addEventListener("pointerdown", close);
        addEventListener("keydown", close);
        return () => {
            removeEventListener("pointerdown", close);
            removeEventListener("keydown", close);
        };
    }, []);
    return (
        <details class="menu" ref={element}>
            <summary>{label}</summary>
            <div class="menu-body">{children}</div>
        </details>
    );
}
