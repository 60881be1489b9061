// The feeds as sensors get them, with their age.
import { useEffect } from "preact/hooks";
import { segment } from "../core/api.ts";
import { count, duration, shortHash } from "../core/format.ts";
import { useLoad } from "../core/load.ts";
import type { Feed } from "../core/types.ts";
import { useLive } from "../core/uselive.ts";
import { Head } from "../parts/servertables.tsx";
import { Busy, Empty, Failure, Loading } from "../parts/states.tsx";
import { Time } from "../parts/text.tsx";

function FeedsTable({ feeds }: { feeds: Feed[] }) {
    return (
        <div class="table-box">
            <table>
                <caption class="off-screen">Feeds served to the sensors</caption>
                <Head
                    labels={[
                        "Feed",
                        "Version",
                        "Entries",
                        "Made",
                        "Expires",
                        "Asked for every",
                        "SHA-256",
                    ]}
                />
                <tbody>
                    {feeds.map((feed) => (
                        <tr key={feed.name}>
                            <th scope="row">
                                <a class="row-link" href={`/feeds/${segment(feed.name)}`}>
                                    {feed.name}
                                </a>
                            </th>
                            <td>{feed.version}</td>
                            <td>{count(feed.entries)}</td>
                            <td>
                                <Time at={feed.created} />
                            </td>
                            <td>
                                <Time at={feed.expires} />
                            </td>
                            <td>{duration(feed.update_interval)}</td>
                            <td>
                                <code title={feed.sha256}>{shortHash(feed.sha256)}</code>
                            </td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}

export function FeedsPage() {
    const load = useLoad<{ key_id: string; feeds: Feed[] }>("/v1/feeds");
    useEffect(() => {
        document.title = "Feeds - openeti";
    }, []);
    useLive(["feed"], load, load.again);
    const manifest = load.data.value;
    return (
        <main>
            <div class="title-row">
                <h1>Feeds</h1>
                <span class="push" />
                {manifest && (
                    <span class="faint">
                        signed with key <code>{manifest.key_id}</code>
                    </span>
                )}
            </div>
            <Busy on={load.busy.value} />
            {load.problem.value && <Failure problem={load.problem.value} retry={load.again} />}
            {!manifest && !load.problem.value && <Loading />}
            {manifest && manifest.feeds.length === 0 && (
                <Empty title="No feed is published">
                    <p>Name a certificate list with --feed, or add an entry to the allowlist.</p>
                </Empty>
            )}
            {manifest && manifest.feeds.length > 0 && <FeedsTable feeds={manifest.feeds} />}
        </main>
    );
}
