// Encrypted Traffic: the external servers of a range.
import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { saveAs } from "../core/export.ts";
import { counted } from "../core/format.ts";
import { merge, type Merged } from "../core/livetable.ts";
import { useLoad } from "../core/load.ts";
import { asked, isCustom } from "../core/range.ts";
import { status } from "../core/status.ts";
import type { Server, ServerPage } from "../core/types.ts";
import { change, parameter } from "../core/url.ts";
import { useLive } from "../core/uselive.ts";
import { Chart } from "../parts/chart.tsx";
import { FilterBox } from "../parts/filterbox.tsx";
import { RangeBar } from "../parts/rangebar.tsx";
import { ColumnsMenu, ExportMenu, shownColumns } from "../parts/serversmenus.tsx";
import { defaultSort, ServersTable } from "../parts/serverstable.tsx";
import { Busy, Failure, Loading } from "../parts/states.tsx";
import { Pager, sortOf } from "../parts/table.tsx";
import { Visibility } from "../parts/visibility.tsx";
import { NothingHere } from "../parts/nothing.tsx";

const pageRows = 100;
const releaseMs = 2000;

function question(): URLSearchParams {
    const wanted = asked();
    for (const name of ["filter", "cursor"]) {
        if (parameter(name) !== "") {
            wanted.set(name, parameter(name));
        }
    }
    wanted.set("sort", parameter("sort") || defaultSort);
    return wanted;
}

function exportUrl(): string {
    const wanted = question();
    wanted.delete("cursor");
    wanted.set("limit", "100000");
    wanted.set("columns", shownColumns().join(","));
    return `/v1/servers?${wanted}`;
}

function Waiting({ waiting, show }: { waiting: Merged<Server> | null; show: () => void }) {
    if (waiting === null || (waiting.added === 0 && !waiting.moved)) {
        return null;
    }
    return (
        <button type="button" class="waiting" onClick={show}>
            {waiting.added > 0 ? counted(waiting.added, "new server") : "The order changed"} – show
        </button>
    );
}

export function ServersPage() {
    const rows = useSignal<Server[]>([]);
    const waiting = useSignal<Merged<Server> | null>(null);
    const held = useRef({ pointer: false, focus: false }).current;
    const wanted = question();
    wanted.set("limit", String(pageRows));
    wanted.set("series", "true");
    const show = (page: ServerPage) => {
        rows.value = page.servers;
        waiting.value = null;
    };
    const load = useLoad<ServerPage>(`/v1/servers?${wanted}`, show);
    const release = useRef(0);
    // Not at once: the way to the button leads out of the table.
    const letGo = () => {
        clearTimeout(release.current);
        release.current = window.setTimeout(() => {
            if (
                !held.pointer &&
                !held.focus &&
                waiting.value !== null &&
                load.data.value !== null
            ) {
                show(load.data.value);
            }
        }, releaseMs);
    };
    const refresh = async () => {
        if (isCustom()) {
            return;
        }
        const fresh = await load.ask();
        if (fresh === null) {
            return;
        }
        load.data.value = fresh;
        if (held.pointer || held.focus) {
            waiting.value = merge(rows.value, fresh.servers, (row) => row.id);
            rows.value = waiting.value.rows;
        } else {
            show(fresh);
        }
    };
    useLive(["server"], load, refresh);
    useEffect(() => {
        document.title = "Encrypted Traffic - openeti";
        return () => clearTimeout(release.current);
    }, []);
    const page = load.data.value;
    const problem = load.problem.value;
    const filterProblem = problem?.parameter === "filter";
    const series = useMemo(() => page?.series ?? [], [page]);
    return (
        <main>
            <div class="title-row">
                <h1>Encrypted Traffic</h1>
                <span class="faint total" aria-live="polite">
                    {page && page.total !== null ? counted(page.total, "server") : ""}
                </span>
                <span class="push" />
                <RangeBar shown={page?.range ?? null} />
            </div>
            {status.value && <Visibility shares={status.value.visibility} />}
            {series.length > 1 && (
                <Chart
                    points={series}
                    height={96}
                    label="All servers"
                    onRange={(from, to) => change({ range: "", from, to })}
                />
            )}
            <div class="toolbar">
                <FilterBox problem={problem} />
                <Waiting waiting={waiting.value} show={() => page && show(page)} />
                <ColumnsMenu />
                <ExportMenu save={(format) => saveAs(exportUrl(), format, "encrypted-traffic")} />
            </div>
            <Busy on={load.busy.value} />
            {problem && !filterProblem && <Failure problem={problem} retry={load.again} />}
            {!page && !problem && <Loading />}
            {page && rows.value.length === 0 && !problem && (
                <NothingHere lastSession={page.last_session ?? null} />
            )}
            {page && rows.value.length > 0 && (!problem || filterProblem) && (
                <>
                    <ServersTable
                        rows={rows.value}
                        sort={sortOf(defaultSort)}
                        stale={load.busy.value || filterProblem}
                        onHold={(what, on) => {
                            held[what] = on;
                            letGo();
                        }}
                    />
                    <Pager next={page.next} />
                </>
            )}
        </main>
    );
}
