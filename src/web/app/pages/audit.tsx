// The audit trail: who changed what.
import { useEffect } from "preact/hooks";
import { segment } from "../core/api.ts";
import { exactTime, localTime } from "../core/format.ts";
import { useLoad } from "../core/load.ts";
import type { AuditEntry } from "../core/types.ts";
import { parameter } from "../core/url.ts";
import { Head } from "../parts/servertables.tsx";
import { Busy, Empty, Failure, Loading } from "../parts/states.tsx";
import { Pager } from "../parts/table.tsx";
import { Wire } from "../parts/text.tsx";

export function AuditPage() {
    const cursor = parameter("cursor");
    const load = useLoad<{ entries: AuditEntry[]; next: string | null }>(
        `/v1/audit?limit=100${cursor === "" ? "" : `&cursor=${segment(cursor)}`}`,
    );
    useEffect(() => {
        document.title = "Audit - openeti";
    }, []);
    const page = load.data.value;
    return (
        <main>
            <div class="title-row">
                <h1>Audit trail</h1>
                <span class="push" />
                <button type="button" onClick={load.again}>
                    Reload
                </button>
            </div>
            <Busy on={load.busy.value} />
            {load.problem.value && <Failure problem={load.problem.value} retry={load.again} />}
            {!page && !load.problem.value && <Loading />}
            {page && page.entries.length === 0 && (
                <Empty title="Nothing was changed yet">
                    <p>
                        Changes of hosts, allowlist, feeds and reports of false positives are
                        recorded here.
                    </p>
                </Empty>
            )}
            {page && page.entries.length > 0 && (
                <>
                    <div class="table-box">
                        <table>
                            <caption class="off-screen">Changes, the newest first</caption>
                            <Head labels={["Time", "Who", "Action", "Object", "Detail"]} />
                            <tbody>
                                {page.entries.map((entry) => (
                                    <tr key={entry.id}>
                                        <td class="nowrap" title={exactTime(entry.time)}>
                                            {localTime(entry.time)}
                                        </td>
                                        <td>
                                            <Wire text={entry.actor ?? "without login"} />
                                        </td>
                                        <td>{entry.action}</td>
                                        <td>
                                            <Wire text={entry.object} />
                                        </td>
                                        <td>
                                            <Wire text={entry.detail} />
                                        </td>
                                    </tr>
                                ))}
                            </tbody>
                        </table>
                    </div>
                    <Pager next={page.next} />
                </>
            )}
        </main>
    );
}
