// Sensors: who sends records, how fresh, and what each can see. And the service's own state.
import { useEffect } from "preact/hooks";
import { bytes, count } from "../core/format.ts";
import { useLoad } from "../core/load.ts";
import { askStatus, status } from "../core/status.ts";
import type { Sensor, ServiceStatus } from "../core/types.ts";
import { useLive } from "../core/uselive.ts";
import { clock } from "../parts/clock.ts";
import { Head } from "../parts/servertables.tsx";
import { Busy, Empty, Failure, Loading } from "../parts/states.tsx";
import { none, Time, Wire } from "../parts/text.tsx";
import { Visibility } from "../parts/visibility.tsx";

const silentMs = 5 * 60_000;

function amount(value: number, unit: string | null | undefined): string {
    return unit === "bytes" ? bytes(value) : `${count(value)} ${unit ?? ""}`;
}

function Row({ sensor }: { sensor: Sensor }) {
    const silent = clock.value - Date.parse(sensor.last_seen) > silentMs;
    const skew = sensor.clock_skew_ms;
    return (
        <tr>
            <th scope="row">
                <Wire text={sensor.name} /> {silent && <span class="tag warning">silent</span>}
            </th>
            <td>
                <Time at={sensor.last_seen} />
            </td>
            <td>{count(sensor.records)}</td>
            <td>{sensor.rejected === undefined ? none : count(sensor.rejected)}</td>
            <td>{sensor.sessions_24h === undefined ? none : count(sensor.sessions_24h)}</td>
            <td>
                <Wire text={sensor.version} />
            </td>
            <td>{skew === null || skew === undefined ? none : `${count(skew)} ms`}</td>
            <td>
                <Time at={sensor.first_seen} />
            </td>
        </tr>
    );
}

function Service({ now }: { now: ServiceStatus }) {
    return (
        <>
            <section>
                <h2>What could be seen</h2>
                <Visibility shares={now.visibility} />
            </section>
            <div class="two">
                <section>
                    <h2>Limits in force</h2>
                    <div class="table-box">
                        <table>
                            <caption class="off-screen">Limits of the service</caption>
                            <Head labels={["Limit", "Value", "Used"]} />
                            <tbody>
                                {now.limits.map((limit) => (
                                    <tr key={limit.name}>
                                        <th scope="row">{limit.name.replaceAll("_", " ")}</th>
                                        <td>{amount(limit.value, limit.unit)}</td>
                                        <td>
                                            {limit.used === null || limit.used === undefined
                                                ? none
                                                : amount(limit.used, limit.unit)}
                                        </td>
                                    </tr>
                                ))}
                            </tbody>
                        </table>
                    </div>
                </section>
                <section>
                    <h2>Versions</h2>
                    <dl class="versions">
                        <dt>Service</dt>
                        <dd>{now.versions.service}</dd>
                        <dt>Rules</dt>
                        <dd>{now.versions.rules}</dd>
                        <dt>Model</dt>
                        <dd>{now.versions.model ?? none}</dd>
                        {Object.entries(now.versions.feeds).map(([name, version]) => (
                            <>
                                <dt>{name}</dt>
                                <dd>{version}</dd>
                            </>
                        ))}
                    </dl>
                </section>
            </div>
        </>
    );
}

export function SensorsPage() {
    const load = useLoad<{ sensors: Sensor[] }>("/v1/sensors");
    useEffect(() => {
        document.title = "Sensors - openeti";
        void askStatus();
    }, []);
    useLive(["status"], load, load.again);
    const sensors = load.data.value?.sensors;
    return (
        <main>
            <div class="title-row">
                <h1>Sensors</h1>
            </div>
            <Busy on={load.busy.value} />
            {load.problem.value && <Failure problem={load.problem.value} retry={load.again} />}
            {!sensors && !load.problem.value && <Loading />}
            {sensors?.length === 0 && (
                <Empty title="No sensor has sent records yet">
                    <p>Give etid this service's address and the token in DIR/token.</p>
                </Empty>
            )}
            {sensors && sensors.length > 0 && (
                <div class="table-box">
                    <table>
                        <caption class="off-screen">Sensors</caption>
                        <Head
                            labels={[
                                "Sensor",
                                "Last seen",
                                "Records",
                                "Rejected",
                                "Sessions in 24 h",
                                "Version",
                                "Clock",
                                "First seen",
                            ]}
                        />
                        <tbody>
                            {sensors.map((sensor) => (
                                <Row key={sensor.name} sensor={sensor} />
                            ))}
                        </tbody>
                    </table>
                </div>
            )}
            {status.value && <Service now={status.value} />}
        </main>
    );
}
