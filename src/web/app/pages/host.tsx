// One internal host: what its score is made of, what an analyst decided.
import { useEffect } from "preact/hooks";
import { segment } from "../core/api.ts";
import { count, duration } from "../core/format.ts";
import { useLoad } from "../core/load.ts";
import type { HostDetail, HostPatch, Policy, Status } from "../core/types.ts";
import { notifyError } from "../core/undo.ts";
import { useLive } from "../core/uselive.ts";
import { visible } from "../core/wiretext.ts";
import { policyWords, statusWords } from "../core/words.ts";
import { patchHosts } from "../parts/hostactions.ts";
import { RangeBar } from "../parts/rangebar.tsx";
import { Head } from "../parts/servertables.tsx";
import { Sessions } from "../parts/sessions.tsx";
import { Busy, Empty, Failure, Loading } from "../parts/states.tsx";
import { Level, none, Time, Wire } from "../parts/text.tsx";

function Decisions({ host, apply }: { host: HostDetail; apply: (patch: HostPatch) => void }) {
    const rename = (event: SubmitEvent) => {
        event.preventDefault();
        const text = String(
            new FormData(event.currentTarget as HTMLFormElement).get("identifier"),
        ).trim();
        apply({ identifier: text === "" ? null : text });
    };
    return (
        <div class="decisions">
            <form onSubmit={rename}>
                <label>
                    Host Identifier{" "}
                    <input
                        type="text"
                        name="identifier"
                        maxLength={200}
                        defaultValue={host.identifier ?? ""}
                        key={host.identifier ?? ""}
                    />
                </label>
                <button type="submit">Save</button>
            </form>
            <label>
                Investigation Status{" "}
                <select
                    value={host.investigation_status}
                    onChange={(event) =>
                        apply({ investigation_status: event.currentTarget.value as Status })
                    }
                >
                    {Object.entries(statusWords).map(([value, word]) => (
                        <option key={value} value={value}>
                            {word}
                        </option>
                    ))}
                </select>
            </label>
            <label>
                Policy override{" "}
                <select
                    value={host.policy_override}
                    onChange={(event) =>
                        apply({ policy_override: event.currentTarget.value as Policy })
                    }
                >
                    {Object.entries(policyWords).map(([value, word]) => (
                        <option key={value} value={value}>
                            {word}
                        </option>
                    ))}
                </select>
            </label>
        </div>
    );
}

function Ledger({ host }: { host: HostDetail }) {
    const entries = host.contributions ?? [];
    if (entries.length === 0) {
        return <Empty title="Nothing adds to its score" />;
    }
    return (
        <>
            {host.half_life_s !== undefined && (
                <p class="faint">Points halve every {duration(host.half_life_s)}.</p>
            )}
            <div class="table-box">
                <table>
                    <caption class="off-screen">Contributions to the score</caption>
                    <Head labels={["Time", "Points", "Left now", "Reason", "Server", "Verdict"]} />
                    <tbody>
                        {entries.map((each, at) => (
                            <tr key={at}>
                                <td>
                                    <Time at={each.time} />
                                </td>
                                <td>{each.points.toFixed(1)}</td>
                                <td>{each.now === undefined ? none : each.now.toFixed(1)}</td>
                                <td>
                                    <Wire text={each.reason} />
                                </td>
                                <td>
                                    {each.server ? (
                                        <a href={`/servers/${segment(each.server)}`}>
                                            {each.server}
                                        </a>
                                    ) : (
                                        none
                                    )}
                                </td>
                                <td>
                                    {each.verdict ? (
                                        <a href={`/verdicts/${segment(each.verdict)}`}>why</a>
                                    ) : (
                                        none
                                    )}
                                </td>
                            </tr>
                        ))}
                    </tbody>
                </table>
            </div>
        </>
    );
}

function Servers({ host }: { host: HostDetail }) {
    const rows = host.server_rows ?? [];
    if (rows.length === 0) {
        return <p class="faint">None with a level.</p>;
    }
    return (
        <div class="table-box">
            <table>
                <caption class="off-screen">External servers this host met</caption>
                <Head
                    labels={[
                        "External Server IP",
                        "External Server Hostname",
                        "Level",
                        "Category",
                        "Attempts",
                        "Blocked",
                        "Last Seen",
                    ]}
                />
                <tbody>
                    {rows.map((row) => (
                        <tr key={row.ip}>
                            <td>
                                <a class="row-link" href={`/servers/${segment(row.ip)}`}>
                                    {row.ip}
                                </a>
                            </td>
                            <td>
                                <Wire text={row.hostname} />
                            </td>
                            <td>
                                <Level level={row.level} />
                            </td>
                            <td>
                                <Wire text={row.category} />
                            </td>
                            <td>{count(row.count)}</td>
                            <td>{row.blocked === undefined ? none : count(row.blocked)}</td>
                            <td>
                                <Time at={row.last_seen} />
                            </td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}

function Facts({ host }: { host: HostDetail }) {
    return (
        <dl class="facts">
            <div>
                <dt>Threat Level</dt>
                <dd>
                    <Level level={Math.round(host.score * 10) / 10} />
                </dd>
            </div>
            <div>
                <dt>Host Status</dt>
                <dd class={host.infected ? "blocked" : ""}>
                    {host.infected ? "Infected, blocked" : "Not listed"}
                </dd>
            </div>
            {host.infected && (
                <div>
                    <dt>Listed since</dt>
                    <dd>
                        <Time at={host.infected_since} />
                    </dd>
                </div>
            )}
            {host.infected && (
                <div>
                    <dt>Leaves the list</dt>
                    <dd>{host.expires ? <Time at={host.expires} /> : "by an analyst only"}</dd>
                </div>
            )}
            <div>
                <dt>Last evidence</dt>
                <dd>
                    <Time at={host.last_evidence} />
                </dd>
            </div>
            <div>
                <dt>First seen</dt>
                <dd>
                    <Time at={host.first_seen} />
                </dd>
            </div>
        </dl>
    );
}

export function HostPage({ ip }: { ip: string }) {
    const load = useLoad<HostDetail>(`/v1/hosts/${segment(ip)}`);
    useEffect(() => {
        document.title = `Host ${visible(ip)} - openeti`;
    }, [ip]);
    useLive(["host"], load, async () => {
        const fresh = await load.ask();
        if (fresh !== null) {
            load.data.value = fresh;
        }
    });
    const host = load.data.value;
    const apply = (patch: HostPatch) => {
        patchHosts([host!], patch, load.again).catch(notifyError);
    };
    return (
        <main>
            <p class="crumbs">
                <a href="/hosts">Hosts</a> /
            </p>
            <div class="title-row">
                <h1>
                    {ip}{" "}
                    {host && (host.identifier || host.hostname) && (
                        <small>
                            <Wire text={host.identifier || host.hostname} />
                        </small>
                    )}
                </h1>
                <span class="push" />
                <RangeBar shown={null} />
            </div>
            <Busy on={load.busy.value} />
            {load.problem.value && <Failure problem={load.problem.value} retry={load.again} />}
            {!host && !load.problem.value && <Loading />}
            {host && (
                <>
                    <Facts host={host} />
                    <Decisions host={host} apply={apply} />
                    <section>
                        <h2>What its score is made of</h2>
                        <Ledger host={host} />
                    </section>
                    <section>
                        <h2>Servers</h2>
                        <Servers host={host} />
                    </section>
                    <section>
                        <h2>Sessions</h2>
                        <Sessions of="host" ip={host.ip} />
                    </section>
                </>
            )}
        </main>
    );
}
