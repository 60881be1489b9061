// Internal hosts with their scores; many can be changed at once.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { segment } from "../core/api.ts";
import { saveAs } from "../core/export.ts";
import { counted } from "../core/format.ts";
import { useLoad } from "../core/load.ts";
import { asTime, presets } from "../core/range.ts";
import type { Host, HostPage, HostPatch, Policy, Status } from "../core/types.ts";
import { change, parameter } from "../core/url.ts";
import { notifyError } from "../core/undo.ts";
import { useLive } from "../core/uselive.ts";
import { policyWords, statusWords } from "../core/words.ts";
import { patchHosts } from "../parts/hostactions.ts";
import { Menu } from "../parts/menu.tsx";
import { Busy, Empty, Failure, Loading } from "../parts/states.tsx";
import { HeaderCell, Pager, sortOf, type Column } from "../parts/table.tsx";
import { Level, Time, Wire } from "../parts/text.tsx";

const defaultSort = "-score";
const columns: Column[] = [
    { id: "ip", label: "Host IP", first: "up" },
    { id: "identifier", label: "Host Identifier" },
    { id: "score", label: "Threat Level", first: "down" },
    { id: "infected", label: "Host Status" },
    { id: "investigation_status", label: "Investigation Status" },
    { id: "policy_override", label: "Policy Override" },
    { id: "last_evidence", label: "Last Evidence", first: "down" },
    { id: "reasons", label: "Reasons" },
];

function question(): URLSearchParams {
    const wanted = new URLSearchParams({ sort: parameter("sort") || defaultSort });
    for (const name of ["status", "infected", "q", "cursor"]) {
        if (parameter(name) !== "") {
            wanted.set(name, parameter(name));
        }
    }
    return wanted;
}

function Filters() {
    const submit = (event: SubmitEvent) => {
        event.preventDefault();
        change({ q: String(new FormData(event.currentTarget as HTMLFormElement).get("q")).trim() });
    };
    return (
        <>
            <form class="host-search" role="search" onSubmit={submit}>
                <label class="off-screen" for="filter">
                    Address, identifier or name
                </label>
                <input
                    id="filter"
                    type="text"
                    name="q"
                    placeholder="Address, identifier or name"
                    defaultValue={parameter("q")}
                    key={parameter("q")}
                />
                <button type="submit">Apply</button>
            </form>
            <label>
                Status{" "}
                <select
                    value={parameter("status")}
                    onChange={(event) => change({ status: event.currentTarget.value })}
                >
                    <option value="">any</option>
                    {Object.entries(statusWords).map(([value, word]) => (
                        <option key={value} value={value}>
                            {word}
                        </option>
                    ))}
                </select>
            </label>
            <label>
                <input
                    type="checkbox"
                    checked={parameter("infected") === "true"}
                    onChange={(event) =>
                        change({ infected: event.currentTarget.checked ? "true" : "" })
                    }
                />{" "}
                infected only
            </label>
        </>
    );
}

function Row({
    host,
    chosen,
    choose,
}: {
    host: Host;
    chosen: boolean;
    choose: (on: boolean) => void;
}) {
    return (
        <tr data-selected={chosen}>
            <td class="check">
                <input
                    type="checkbox"
                    aria-label={`Choose ${host.ip}`}
                    checked={chosen}
                    onChange={(event) => choose(event.currentTarget.checked)}
                />
            </td>
            <th scope="row">
                <a class="row-link" href={`/hosts/${segment(host.ip)}`}>
                    {host.ip}
                </a>
            </th>
            <td>
                <Wire text={host.identifier || host.hostname} />
            </td>
            <td class="nowrap">
                <Level level={Math.round(host.score * 10) / 10} />
            </td>
            <td class={host.infected ? "blocked" : ""}>
                {host.infected ? "Infected, blocked" : "Not listed"}
            </td>
            <td>{statusWords[host.investigation_status]}</td>
            <td>{policyWords[host.policy_override]}</td>
            <td class="nowrap">
                <Time at={host.last_evidence} />
            </td>
            <td class="category-cell">
                <Wire text={host.reasons.map((each) => each.reason).join("; ")} />
            </td>
        </tr>
    );
}

function BulkBar({ hosts, apply }: { hosts: Host[]; apply: (patch: HostPatch) => Promise<void> }) {
    return (
        <div class="bulk" role="group" aria-label="Chosen hosts">
            <b>{counted(hosts.length, "host")} chosen</b>
            <Menu label="Set status">
                {Object.entries(statusWords).map(([value, word]) => (
                    <button
                        type="button"
                        key={value}
                        onClick={() => apply({ investigation_status: value as Status })}
                    >
                        {word}
                    </button>
                ))}
            </Menu>
            <Menu label="Set policy override">
                {Object.entries(policyWords).map(([value, word]) => (
                    <button
                        type="button"
                        key={value}
                        onClick={() => apply({ policy_override: value as Policy })}
                    >
                        {word}
                    </button>
                ))}
            </Menu>
            <span class="faint">Resolving a host sets its level to 0 and unblocks it.</span>
        </div>
    );
}

export function HostsPage() {
    const load = useLoad<HostPage>(`/v1/hosts?${question()}&limit=100`);
    const chosen = useSignal<Set<string>>(new Set());
    useEffect(() => {
        document.title = "Hosts - openeti";
    }, []);
    useLive(["host"], load, async () => {
        const fresh = chosen.value.size > 0 ? null : await load.ask();
        if (fresh !== null) {
            load.data.value = fresh;
        }
    });
    const page = load.data.value;
    const hosts = page?.hosts ?? [];
    const picked = hosts.filter((host) => chosen.value.has(host.ip));
    const choose = (ips: string[], on: boolean) => {
        const next = new Set(chosen.value);
        for (const ip of ips) {
            if (on) {
                next.add(ip);
            } else {
                next.delete(ip);
            }
        }
        chosen.value = next;
    };
    const apply = async (patch: HostPatch) => {
        try {
            await patchHosts(picked, patch, load.again);
            chosen.value = new Set();
        } catch (error) {
            notifyError(error);
        }
    };
    const sort = sortOf(defaultSort);
    const save = (hours: number) => {
        const wanted = question();
        wanted.delete("cursor");
        wanted.set("limit", "100000");
        if (hours > 0) {
            wanted.set("from", asTime(Date.now() - hours * 3_600_000));
        }
        void saveAs(`/v1/hosts?${wanted}`, "csv", "hosts");
    };
    return (
        <main>
            <div class="title-row">
                <h1>Hosts</h1>
                <span class="faint total" aria-live="polite">
                    {page && typeof page.total === "number" ? counted(page.total, "host") : ""}
                </span>
                <span class="push" />
                {page && <span class="faint">infected from level {page.threshold} on</span>}
            </div>
            <div class="toolbar">
                <Filters />
                <span class="push" />
                <Menu label="Export CSV">
                    <button type="button" onClick={() => save(0)}>
                        All
                    </button>
                    {presets.map((each) => (
                        <button type="button" key={each.id} onClick={() => save(each.hours)}>
                            Evidence within {each.label}
                        </button>
                    ))}
                </Menu>
            </div>
            {picked.length > 0 && <BulkBar hosts={picked} apply={apply} />}
            <Busy on={load.busy.value} />
            {load.problem.value && <Failure problem={load.problem.value} retry={load.again} />}
            {!page && !load.problem.value && <Loading />}
            {page && hosts.length === 0 && (
                <Empty title="No host to show">
                    <p>
                        A host appears here once a session of it gave evidence, or an analyst edited
                        it.
                    </p>
                </Empty>
            )}
            {hosts.length > 0 && (
                <>
                    <div class="table-box">
                        <table aria-busy={load.busy.value}>
                            <caption class="off-screen">Internal hosts</caption>
                            <thead>
                                <tr>
                                    <td class="check">
                                        <input
                                            type="checkbox"
                                            aria-label="Choose all"
                                            checked={picked.length === hosts.length}
                                            onChange={(event) =>
                                                choose(
                                                    hosts.map((host) => host.ip),
                                                    event.currentTarget.checked,
                                                )
                                            }
                                        />
                                    </td>
                                    {columns.map((column) => (
                                        <HeaderCell
                                            key={column.id}
                                            column={column}
                                            sort={sort}
                                            initial={defaultSort}
                                        />
                                    ))}
                                </tr>
                            </thead>
                            <tbody>
                                {hosts.map((host) => (
                                    <Row
                                        key={host.ip}
                                        host={host}
                                        chosen={chosen.value.has(host.ip)}
                                        choose={(on) => choose([host.ip], on)}
                                    />
                                ))}
                            </tbody>
                        </table>
                    </div>
                    <Pager next={page?.next} />
                </>
            )}
        </main>
    );
}
