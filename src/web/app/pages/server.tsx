// One external server.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { segment } from "../core/api.ts";
import { count, counted } from "../core/format.ts";
import { useLoad } from "../core/load.ts";
import { asked, isCustom, kept } from "../core/range.ts";
import type { ServerDetail } from "../core/types.ts";
import { change } from "../core/url.ts";
import { useLive } from "../core/uselive.ts";
import { visible } from "../core/wiretext.ts";
import { Chart } from "../parts/chart.tsx";
import { RangeBar } from "../parts/rangebar.tsx";
import { AllowDialog, FalsePositiveDialog } from "../parts/serveractions.tsx";
import { Certificates, HostRows, Ports, Threats, Why } from "../parts/servertables.tsx";
import { Sessions } from "../parts/sessions.tsx";
import { Busy, Failure, Loading } from "../parts/states.tsx";
import { Level, none, Time, Wire } from "../parts/text.tsx";
import { Visibility } from "../parts/visibility.tsx";

function Facts({ server }: { server: ServerDetail }) {
    return (
        <dl class="facts">
            <div>
                <dt>Highest Threat Level</dt>
                <dd>
                    <Level level={server.level} />
                </dd>
            </div>
            <div>
                <dt>Total Hits</dt>
                <dd>
                    {count(server.count)}{" "}
                    <span class="faint">from {counted(server.hosts, "host")}</span>
                </dd>
            </div>
            <div>
                <dt>Location</dt>
                <dd>{server.country ? `${server.country_name ?? ""} ${server.country}` : none}</dd>
            </div>
            <div>
                <dt>Category</dt>
                <dd>
                    <Wire text={server.category} />
                </dd>
            </div>
            <div>
                <dt>Time last seen</dt>
                <dd>
                    <Time at={server.last_seen} />
                </dd>
            </div>
            <div>
                <dt>First seen</dt>
                <dd>
                    <Time at={server.first_seen} />
                </dd>
            </div>
        </dl>
    );
}

function Detail({ server }: { server: ServerDetail }) {
    return (
        <>
            <Facts server={server} />
            <Visibility shares={server.visibility} />
            {server.series.length > 1 && (
                <Chart
                    points={server.series}
                    height={150}
                    label="Attempts"
                    onRange={(from, to) => change({ range: "", from, to })}
                />
            )}
            <div class="two">
                <section>
                    <h2>Threat Summary</h2>
                    {server.threats.length > 0 ? (
                        <Threats server={server} />
                    ) : (
                        <p class="faint">No threat in this range.</p>
                    )}
                </section>
                <section>
                    <h2>Ports and protocols</h2>
                    <Ports server={server} />
                </section>
            </div>
            <section>
                <h2>Hosts</h2>
                <HostRows server={server} />
            </section>
            <section>
                <h2>Why</h2>
                <Why server={server} />
            </section>
            <section>
                <h2>Certificates</h2>
                <Certificates server={server} />
            </section>
            <section>
                <h2>Sessions</h2>
                <Sessions of="server" ip={server.ip} />
            </section>
        </>
    );
}

export function ServerPage({ ip }: { ip: string }) {
    const load = useLoad<ServerDetail>(`/v1/servers/${segment(ip)}?${asked()}`);
    const dialog = useSignal<"" | "allow" | "report">("");
    useLive(["server"], load, async () => {
        const fresh = isCustom() ? null : await load.ask();
        if (fresh !== null) {
            load.data.value = fresh;
        }
    });
    useEffect(() => {
        document.title = `${visible(ip)} - openeti`;
    }, [ip]);
    const server = load.data.value;
    const close = () => (dialog.value = "");
    return (
        <main>
            <p class="crumbs">
                <a href={`/${kept()}`}>Encrypted Traffic</a> /
            </p>
            <div class="title-row">
                <h1>
                    {ip}{" "}
                    {server?.hostname && (
                        <small>
                            <Wire text={server.hostname} />
                        </small>
                    )}
                </h1>
                {server?.allowlisted && <span class="tag">allowlisted</span>}
                {server?.false_positive && <span class="tag">false positive</span>}
                <span class="push" />
                {server && (
                    <>
                        <button type="button" onClick={() => (dialog.value = "allow")}>
                            Add to Allowlist
                        </button>
                        <button
                            type="button"
                            disabled={server.false_positive === true}
                            onClick={() => (dialog.value = "report")}
                        >
                            Report False Positive
                        </button>
                    </>
                )}
                <RangeBar shown={server?.range ?? null} />
            </div>
            <Busy on={load.busy.value} />
            {load.problem.value && <Failure problem={load.problem.value} retry={load.again} />}
            {!server && !load.problem.value && <Loading />}
            {server && !load.problem.value && <Detail server={server} />}
            {server && dialog.value === "allow" && (
                <AllowDialog server={server} onClose={close} done={load.again} />
            )}
            {server && dialog.value === "report" && (
                <FalsePositiveDialog server={server} onClose={close} done={load.again} />
            )}
        </main>
    );
}
