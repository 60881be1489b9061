// The allowlist: what sensors pass whatever a list says.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { segment, write } from "../core/api.ts";
import { counted } from "../core/format.ts";
import { useLoad } from "../core/load.ts";
import type { AllowKind, AllowlistEntry } from "../core/types.ts";
import { notify } from "../core/undo.ts";
import { useLive } from "../core/uselive.ts";
import { allowKinds } from "../core/words.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Head } from "../parts/servertables.tsx";
import { Busy, Empty, Failure, Loading } from "../parts/states.tsx";
import { Time, Wire } from "../parts/text.tsx";

type Done = () => Promise<unknown>;

function add(entry: Partial<AllowlistEntry>): Promise<AllowlistEntry> {
    const { kind, value, comment, expires } = entry;
    return write<AllowlistEntry>("POST", "/v1/allowlist", {
        kind,
        value,
        comment: comment ?? "",
        expires: expires ?? null,
    });
}

function remove(entry: AllowlistEntry): Promise<void> {
    return write<void>("DELETE", `/v1/allowlist/${segment(entry.id)}`);
}

function AddDialog({ onClose, done }: { onClose: () => void; done: Done }) {
    const submit = async (form: FormData) => {
        const until = String(form.get("expires"));
        const entry = await add({
            kind: String(form.get("kind")) as AllowKind,
            value: String(form.get("value")).trim(),
            comment: String(form.get("comment")),
            expires: until === "" ? null : new Date(until).toISOString(),
        });
        notify(`${entry.value} is on the allowlist.`, async () => {
            await remove(entry);
            await done();
        });
        await done();
    };
    return (
        <Dialog title="Add to Allowlist" action="Add" onDo={submit} onClose={onClose}>
            <label>
                Kind{" "}
                <select name="kind">
                    {Object.entries(allowKinds).map(([value, word]) => (
                        <option key={value} value={value}>
                            {word}
                        </option>
                    ))}
                </select>
            </label>
            <label>
                Value{" "}
                <input
                    type="text"
                    name="value"
                    required
                    maxLength={255}
                    spellcheck={false}
                    autocomplete="off"
                />
            </label>
            <label>
                Comment <input type="text" name="comment" maxLength={1000} />
            </label>
            <label>
                Expires <input type="datetime-local" name="expires" />{" "}
                <span class="faint">empty: never</span>
            </label>
        </Dialog>
    );
}

function RemoveDialog({
    entry,
    onClose,
    done,
}: {
    entry: AllowlistEntry;
    onClose: () => void;
    done: Done;
}) {
    const submit = async () => {
        await remove(entry);
        notify(`${entry.value} was removed.`, async () => {
            await add(entry);
            await done();
        });
        await done();
    };
    return (
        <Dialog
            title="Remove from Allowlist"
            action="Remove"
            danger
            onDo={submit}
            onClose={onClose}
        >
            <p>
                One entry goes:{" "}
                <b>
                    <Wire text={entry.value} />
                </b>
                . Lists apply to it again once the sensors have fetched the new version.
            </p>
        </Dialog>
    );
}

export function AllowlistPage() {
    const load = useLoad<{ entries: AllowlistEntry[] }>("/v1/allowlist");
    const dialog = useSignal<"add" | AllowlistEntry | null>(null);
    useEffect(() => {
        document.title = "Allowlist - openeti";
    }, []);
    useLive(["feed"], load, load.again);
    const entries = load.data.value?.entries ?? [];
    const close = () => (dialog.value = null);
    const open = dialog.value;
    return (
        <main>
            <div class="title-row">
                <h1>Allowlist</h1>
                <span class="faint total" aria-live="polite">
                    {load.data.value ? counted(entries.length, "entry", "entries") : ""}
                </span>
                <span class="push" />
                <button type="button" class="primary" onClick={() => (dialog.value = "add")}>
                    Add entry
                </button>
            </div>
            <p class="faint">
                Published to the sensors as eta_custom_whitelist. An entry beats every list.
            </p>
            <Busy on={load.busy.value} />
            {load.problem.value && <Failure problem={load.problem.value} retry={load.again} />}
            {!load.data.value && !load.problem.value && <Loading />}
            {load.data.value && entries.length === 0 && (
                <Empty title="The allowlist is empty">
                    <p>Every listed certificate and server is acted upon.</p>
                </Empty>
            )}
            {entries.length > 0 && (
                <div class="table-box">
                    <table>
                        <caption class="off-screen">Entries of the allowlist</caption>
                        <Head
                            labels={["Value", "Kind", "Comment", "Created", "Expires", "Action"]}
                        />
                        <tbody>
                            {entries.map((entry) => (
                                <tr key={entry.id}>
                                    <th scope="row">
                                        <Wire text={entry.value} />
                                    </th>
                                    <td>{allowKinds[entry.kind]}</td>
                                    <td>
                                        <Wire text={entry.comment} />
                                    </td>
                                    <td>
                                        <Time at={entry.created} />{" "}
                                        {entry.by && <span class="faint">by {entry.by}</span>}
                                    </td>
                                    <td>{entry.expires ? <Time at={entry.expires} /> : "never"}</td>
                                    <td>
                                        <button
                                            type="button"
                                            class="small row-link"
                                            aria-label={`Remove ${entry.value}`}
                                            onClick={() => (dialog.value = entry)}
                                        >
                                            Remove
                                        </button>
                                    </td>
                                </tr>
                            ))}
                        </tbody>
                    </table>
                </div>
            )}
            {open === "add" && <AddDialog onClose={close} done={load.again} />}
            {open !== null && open !== "add" && (
                <RemoveDialog entry={open} onClose={close} done={load.again} />
            )}
        </main>
    );
}
