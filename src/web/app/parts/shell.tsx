// What stands around every page: the way to the others, live or paused, colours, help, user.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { loginNeeded, me, write } from "../core/api.ts";
import { help } from "../core/keys.ts";
import { link, paused } from "../core/live.ts";
import { colours, shortcuts } from "../core/settings.ts";
import { path } from "../core/url.ts";
import { notifyError } from "../core/undo.ts";
import { Dialog } from "./dialog.tsx";
import { Notices } from "./notices.tsx";

const pages: [string, string][] = [
    ["/", "Encrypted Traffic"],
    ["/hosts", "Hosts"],
    ["/allowlist", "Allowlist"],
    ["/feeds", "Feeds"],
    ["/sensors", "Sensors"],
    ["/audit", "Audit"],
];

function isHere(url: string): boolean {
    return url === "/" ? /^\/($|servers|verdicts)/.test(path.value) : path.value.startsWith(url);
}

function LiveSwitch() {
    const words = { connecting: "Connecting", live: "Live", lost: "Link lost" };
    const state = paused.value ? "paused" : link.value;
    return (
        <button
            type="button"
            class={`live ${state}`}
            aria-pressed={!paused.value}
            title={paused.value ? "Follow changes again" : "Stop following changes"}
            onClick={() => (paused.value = !paused.value)}
        >
            <i aria-hidden="true" /> {paused.value ? "Paused" : words[link.value]}
        </button>
    );
}

function Colours() {
    const order = ["auto", "light", "dark"] as const;
    const next = order[(order.indexOf(colours.value) + 1) % order.length]!;
    return (
        <button
            type="button"
            class="plain"
            title={`Colours: ${colours.value}; next: ${next}`}
            onClick={() => (colours.value = next)}
        >
            Colours: {colours.value}
        </button>
    );
}

function User() {
    const user = me.value?.user;
    const logOut = async () => {
        try {
            await write("POST", "/v1/logout");
            me.value = null;
            loginNeeded.value = true;
        } catch (error) {
            notifyError(error);
        }
    };
    return user ? (
        <button type="button" class="plain" onClick={logOut}>
            Log out {user}
        </button>
    ) : null;
}

function HelpDialog({ onClose }: { onClose: () => void }) {
    return (
        <Dialog title="Keyboard" onClose={onClose}>
            <dl class="keys">
                {help.map(([key, what]) => (
                    <>
                        <dt>
                            <kbd>{key}</kbd>
                        </dt>
                        <dd>{what}</dd>
                    </>
                ))}
            </dl>
            <label>
                <input
                    type="checkbox"
                    checked={shortcuts.value === "on"}
                    onChange={(event) =>
                        (shortcuts.value = event.currentTarget.checked ? "on" : "off")
                    }
                />{" "}
                shortcuts of one key are on
            </label>
            <p class="faint">
                A click on a value narrows the table down to it; with Alt it shows all others. Drag
                in the chart to choose a range.
            </p>
            <p class="faint">
                <a href="/licenses.txt" target="_blank">
                    Licences of the libraries
                </a>{" "}
                ·{" "}
                <a href="/openapi.json" target="_blank">
                    API
                </a>
            </p>
        </Dialog>
    );
}

export function Shell({
    children,
    openHelp,
}: {
    children: ComponentChildren;
    openHelp: { current: () => void };
}) {
    const [helping, setHelping] = useState(false);
    openHelp.current = () => setHelping(true);
    return (
        <>
            <a class="skip" href="#content">
                Skip to content
            </a>
            <header>
                <a class="brand" href="/">
                    <svg viewBox="0 0 32 32" width="20" height="20" aria-hidden="true">
                        <path d="M3 16h7l3.5-10 6 20 3.5-10h6" />
                    </svg>
                    openeti
                </a>
                <nav aria-label="Pages of the service">
                    {pages.map(([url, label]) => (
                        <a
                            key={url}
                            href={url}
                            {...(isHere(url) ? { "aria-current": "page" as const } : {})}
                        >
                            {label}
                        </a>
                    ))}
                </nav>
                <span class="push" />
                {!loginNeeded.value && <LiveSwitch />}
                <Colours />
                <button
                    type="button"
                    class="plain"
                    title="Keyboard shortcuts (?)"
                    onClick={() => setHelping(true)}
                >
                    Keyboard
                </button>
                <User />
            </header>
            {link.value === "lost" && !loginNeeded.value && (
                <p class="banner" role="status">
                    The link to the service is lost. What is shown may be old; trying again.
                </p>
            )}
            <div id="content" tabIndex={-1}>
                {children}
            </div>
            <Notices />
            {helping && <HelpDialog onClose={() => setHelping(false)} />}
        </>
    );
}
