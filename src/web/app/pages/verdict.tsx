// Why a session was judged as it was: every reason with the versions behind it, and the record.
import { useEffect } from "preact/hooks";
import { segment } from "../core/api.ts";
import { useLoad } from "../core/load.ts";
import type { Verdict } from "../core/types.ts";
import { visible } from "../core/wiretext.ts";
import { Head } from "../parts/servertables.tsx";
import { Empty, Failure, Loading } from "../parts/states.tsx";
import { Level, none, Time, Wire } from "../parts/text.tsx";

function Evidence({ verdict }: { verdict: Verdict }) {
    if (verdict.evidence.length === 0) {
        return <Empty title="Nothing was held against this session" />;
    }
    return (
        <div class="table-box">
            <table>
                <caption class="off-screen">Evidence</caption>
                <Head
                    labels={[
                        "Rule",
                        "Level",
                        "Reason",
                        "Detail",
                        "Feed version",
                        "Client",
                        "Server",
                        "Time",
                    ]}
                />
                <tbody>
                    {verdict.evidence.map((each) => (
                        <tr key={each.kind}>
                            <td>
                                {each.kind} <span class="faint">version {each.rule_version}</span>
                            </td>
                            <td>
                                <Level level={each.level} />
                            </td>
                            <td>
                                <Wire text={each.reason} />
                            </td>
                            <td>
                                <Wire text={each.detail} />
                            </td>
                            <td>{each.feed_version ?? each.model_version ?? none}</td>
                            <td>
                                <a href={`/hosts/${segment(each.client)}`}>{each.client}</a>
                            </td>
                            <td>
                                <a href={`/servers/${segment(each.server)}`}>{each.server}</a>
                            </td>
                            <td>
                                <Time at={each.time} />
                            </td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}

export function VerdictPage({ id }: { id: string }) {
    const load = useLoad<Verdict>(`/v1/verdicts/${segment(id)}`);
    useEffect(() => {
        document.title = "Verdict - openeti";
    }, []);
    const verdict = load.data.value;
    return (
        <main>
            <p class="crumbs">
                <a href="/">Encrypted Traffic</a> /
            </p>
            <div class="title-row">
                <h1>
                    Verdict{" "}
                    <small>
                        <Wire text={id} />
                    </small>
                </h1>
                {verdict && <Level level={verdict.level} />}
            </div>
            {load.problem.value && <Failure problem={load.problem.value} retry={load.again} />}
            {!verdict && !load.problem.value && <Loading />}
            {verdict && <Evidence verdict={verdict} />}
            {verdict?.sessions.map((session, at) => (
                <section key={at}>
                    <h2>Stored record</h2>
                    <pre class="record" tabIndex={0} aria-label="Stored record">
                        {JSON.stringify(session, null, 2).split("\n").map(visible).join("\n")}
                    </pre>
                </section>
            ))}
        </main>
    );
}
