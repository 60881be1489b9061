// One feed: where it comes from, what each version changed, and the way back.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { segment, write } from "../core/api.ts";
import { count, counted } from "../core/format.ts";
import { useLoad } from "../core/load.ts";
import type { FeedDiff, FeedLine, FeedSource, FeedVersion, FeedVersions } from "../core/types.ts";
import { notify } from "../core/undo.ts";
import { useLive } from "../core/uselive.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Head } from "../parts/servertables.tsx";
import { Busy, Failure, Loading } from "../parts/states.tsx";
import { none, Time, Wire } from "../parts/text.tsx";

function Source({ source }: { source: FeedSource }) {
    return (
        <tr>
            <th scope="row">{source.name}</th>
            <td>
                <Wire text={source.location} />
            </td>
            <td class={source.result === "ok" || source.result === "unchanged" ? "" : "blocked"}>
                {source.result}
                {source.why && (
                    <>
                        : <Wire text={source.why} />
                    </>
                )}
            </td>
            <td>
                <Time at={source.fetched} />
            </td>
            <td>{count(source.entries)}</td>
            <td>
                {source.rejected_count === 0 ? (
                    "0"
                ) : (
                    <details>
                        <summary>{counted(source.rejected_count, "line")}</summary>
                        <ul class="rejected">
                            {(source.rejected ?? []).map((line) => (
                                <li key={line.line}>
                                    line {line.line}: <Wire text={line.why} />
                                </li>
                            ))}
                        </ul>
                    </details>
                )}
            </td>
        </tr>
    );
}

function Lines({ title, lines, total }: { title: string; lines: FeedLine[]; total: number }) {
    return (
        <div>
            <h3>
                {title} {count(total)}
            </h3>
            <ul class="diff-lines">
                {lines.map((line) => (
                    <li key={line.value}>
                        <code>
                            <Wire text={line.value} />
                        </code>{" "}
                        {line.reason && <Wire text={line.reason} />}
                    </li>
                ))}
            </ul>
            {total > lines.length && <p class="faint">and {count(total - lines.length)} more</p>}
        </div>
    );
}

function DiffDialog({
    name,
    from,
    to,
    onClose,
}: {
    name: string;
    from: string;
    to: string;
    onClose: () => void;
}) {
    const wanted = new URLSearchParams({ from, to });
    const load = useLoad<FeedDiff>(`/v1/feeds/${segment(name)}/diff?${wanted}`);
    const diff = load.data.value;
    return (
        <Dialog title={`From ${from} to ${to}`} onClose={onClose}>
            {load.problem.value && <p class="error">{load.problem.value.detail}</p>}
            {!diff && !load.problem.value && <Loading />}
            {diff && (
                <div class="diff">
                    <Lines title="Added" lines={diff.added} total={diff.added_count} />
                    <Lines title="Removed" lines={diff.removed} total={diff.removed_count} />
                </div>
            )}
        </Dialog>
    );
}

interface RollbackProps {
    name: string;
    now: FeedVersion;
    to: FeedVersion;
    onClose: () => void;
    done: () => Promise<unknown>;
}

function rollback(name: string, version: string): Promise<FeedVersion> {
    return write<FeedVersion>("POST", `/v1/feeds/${segment(name)}/rollback`, { version });
}

function RollbackDialog({ name, now, to, onClose, done }: RollbackProps) {
    const submit = async () => {
        const made = await rollback(name, to.version);
        notify(`Version ${made.version} has the content of ${to.version}.`, async () => {
            await rollback(name, now.version);
            await done();
        });
        await done();
    };
    return (
        <Dialog
            title={`Roll back to ${to.version}`}
            action="Roll back"
            danger
            onDo={submit}
            onClose={onClose}
        >
            <p>
                A new version is published with the content of {to.version}:{" "}
                <b>{counted(to.entries, "entry", "entries")}</b> instead of{" "}
                <b>{count(now.entries)}</b>. Sensors enforce it at their next fetch.
            </p>
        </Dialog>
    );
}

type Open = { kind: "diff" | "rollback"; at: number } | null;

function Versions({ feed, open }: { feed: FeedVersions; open: (what: Open) => void }) {
    return (
        <div class="table-box">
            <table>
                <caption class="off-screen">Kept versions, the newest first</caption>
                <Head
                    labels={["Version", "Entries", "Added", "Removed", "Made", "Why", "Action"]}
                />
                <tbody>
                    {feed.versions.map((version, at) => (
                        <tr key={version.version}>
                            <th scope="row">
                                {version.version} {at === 0 && <span class="tag">in force</span>}
                            </th>
                            <td>{count(version.entries)}</td>
                            <td>
                                {version.added === undefined ? none : `+${count(version.added)}`}
                            </td>
                            <td>
                                {version.removed === undefined
                                    ? none
                                    : `−${count(version.removed)}`}
                            </td>
                            <td>
                                <Time at={version.created} />
                            </td>
                            <td>
                                <Wire text={version.why} />{" "}
                                {version.by && <span class="faint">by {version.by}</span>}
                            </td>
                            <td class="nowrap">
                                {at + 1 < feed.versions.length && (
                                    <button
                                        type="button"
                                        class="small"
                                        aria-label={`Changes of ${version.version}`}
                                        onClick={() => open({ kind: "diff", at })}
                                    >
                                        Changes
                                    </button>
                                )}{" "}
                                {at > 0 && (
                                    <button
                                        type="button"
                                        class="small"
                                        aria-label={`Roll back to ${version.version}`}
                                        onClick={() => open({ kind: "rollback", at })}
                                    >
                                        Roll back
                                    </button>
                                )}
                            </td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}

export function FeedPage({ name }: { name: string }) {
    const load = useLoad<FeedVersions>(`/v1/feeds/${segment(name)}/versions`);
    const dialog = useSignal<Open>(null);
    useEffect(() => {
        document.title = `Feed ${name} - openeti`;
    }, [name]);
    useLive(["feed"], load, () => (dialog.value ? Promise.resolve() : load.again()));
    const feed = load.data.value;
    const open = dialog.value;
    const close = () => (dialog.value = null);
    return (
        <main>
            <p class="crumbs">
                <a href="/feeds">Feeds</a> /
            </p>
            <div class="title-row">
                <h1>{name}</h1>
            </div>
            <Busy on={load.busy.value} />
            {load.problem.value && <Failure problem={load.problem.value} retry={load.again} />}
            {!feed && !load.problem.value && <Loading />}
            {feed && (
                <>
                    <section>
                        <h2>Sources</h2>
                        {feed.sources.length === 0 ? (
                            <p class="faint">Made by this service.</p>
                        ) : (
                            <div class="table-box">
                                <table>
                                    <caption class="off-screen">
                                        Where the entries come from
                                    </caption>
                                    <Head
                                        labels={[
                                            "Source",
                                            "Location",
                                            "Last result",
                                            "Fetched",
                                            "Entries",
                                            "Rejected",
                                        ]}
                                    />
                                    <tbody>
                                        {feed.sources.map((source) => (
                                            <Source key={source.name} source={source} />
                                        ))}
                                    </tbody>
                                </table>
                            </div>
                        )}
                    </section>
                    <section>
                        <h2>Versions</h2>
                        <Versions feed={feed} open={(what) => (dialog.value = what)} />
                    </section>
                </>
            )}
            {feed && open?.kind === "diff" && (
                <DiffDialog
                    name={name}
                    from={feed.versions[open.at + 1]!.version}
                    to={feed.versions[open.at]!.version}
                    onClose={close}
                />
            )}
            {feed && open?.kind === "rollback" && (
                <RollbackDialog
                    name={name}
                    now={feed.versions[0]!}
                    to={feed.versions[open.at]!}
                    onClose={close}
                    done={load.again}
                />
            )}
        </main>
    );
}
