// The tables of a server's detail page.
import { segment } from "../core/api.ts";
import { count, exactTime, shortHash } from "../core/format.ts";
import { kept } from "../core/range.ts";
import type { ServerDetail } from "../core/types.ts";
import { actionWords, statusWords } from "../core/words.ts";
import { Empty } from "./states.tsx";
import { Level, none, Time, Wire } from "./text.tsx";

export function Head({ labels }: { labels: string[] }) {
    return (
        <thead>
            <tr>
                {labels.map((label) => (
                    <th scope="col" key={label}>
                        {label}
                    </th>
                ))}
            </tr>
        </thead>
    );
}

export function Threats({ server }: { server: ServerDetail }) {
    return (
        <div class="table-box">
            <table>
                <caption class="off-screen">Threats by category</caption>
                <Head labels={["Category", "Level", "Attempts", "First", "Time last seen"]} />
                <tbody>
                    {server.threats.map((threat) => (
                        <tr key={threat.category}>
                            <td>
                                <Wire text={threat.category} />
                            </td>
                            <td>
                                <Level level={threat.level} />
                            </td>
                            <td>{count(threat.count)}</td>
                            <td>
                                <Time at={threat.first} />
                            </td>
                            <td>
                                <Time at={threat.last} />
                            </td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}

export function Ports({ server }: { server: ServerDetail }) {
    return (
        <ul class="pairs">
            {server.ports.map((port) => (
                <li key={`${port.port} ${port.protocol}`}>
                    <b>{port.port}</b> {port.protocol}{" "}
                    <span class="faint">{count(port.count ?? 0)}</span>
                </li>
            ))}
        </ul>
    );
}

export function HostRows({ server }: { server: ServerDetail }) {
    return (
        <div class="table-box">
            <table>
                <caption class="off-screen">Internal hosts that met this server</caption>
                <Head
                    labels={[
                        "Client Host",
                        "Client IP Address",
                        "Threat Level at Time",
                        "Status",
                        "Investigation",
                        "Attempts",
                        "Last Seen",
                    ]}
                />
                <tbody>
                    {server.host_rows.map((host) => (
                        <tr key={host.ip}>
                            <td>
                                <Wire text={host.hostname} />
                            </td>
                            <td>
                                <a class="row-link" href={`/hosts/${segment(host.ip)}${kept()}`}>
                                    {host.ip}
                                </a>
                            </td>
                            <td>
                                <Level level={host.level} />
                            </td>
                            <td class={host.action === "permit" ? "" : "blocked"}>
                                {actionWords[host.action]}
                            </td>
                            <td>{statusWords[host.status]}</td>
                            <td>{count(host.count)}</td>
                            <td>
                                <Time at={host.last_seen} />
                            </td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}

export function Why({ server }: { server: ServerDetail }) {
    if (server.why.length === 0) {
        return (
            <Empty title="Nothing is held against it">
                <p>No session with this server gave a reason for a level above 0 in this range.</p>
            </Empty>
        );
    }
    return (
        <div class="table-box">
            <table>
                <caption class="off-screen">Verdicts behind the level</caption>
                <Head labels={["Time", "Level", "Reason", "Client"]} />
                <tbody>
                    {server.why.map((verdict) => (
                        <tr key={verdict.id + verdict.reason}>
                            <td>
                                <a
                                    class="row-link"
                                    href={`/verdicts/${segment(verdict.id)}`}
                                    title={exactTime(verdict.time)}
                                >
                                    <Time at={verdict.time} />
                                </a>
                            </td>
                            <td>
                                <Level level={verdict.level} />
                            </td>
                            <td>
                                <Wire text={verdict.reason} />
                            </td>
                            <td>
                                {verdict.client ? (
                                    <a href={`/hosts/${segment(verdict.client)}`}>
                                        {verdict.client}
                                    </a>
                                ) : (
                                    none
                                )}
                            </td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}

export function Certificates({ server }: { server: ServerDetail }) {
    if (server.certificates.length === 0) {
        return (
            <Empty title="No certificate was seen">
                <p>TLS 1.3, QUIC and resumed sessions do not show one.</p>
            </Empty>
        );
    }
    return (
        <div class="table-box">
            <table>
                <caption class="off-screen">Certificates the server showed</caption>
                <Head
                    labels={["SHA-1", "Subject", "Issuer", "Valid until", "Listed", "Last Seen"]}
                />
                <tbody>
                    {server.certificates.map((each) => (
                        <tr key={each.sha1}>
                            <td>
                                <code title={each.sha1}>{shortHash(each.sha1)}</code>
                            </td>
                            <td>
                                <Wire text={each.subject} />
                            </td>
                            <td>
                                {each.self_signed ? (
                                    <span class="tag">self-signed</span>
                                ) : (
                                    <Wire text={each.issuer} />
                                )}
                            </td>
                            <td>
                                <Time at={each.not_after} />
                            </td>
                            <td class={each.listed ? "blocked" : ""}>
                                {each.listed ? <Wire text={each.listed} /> : "no"}
                            </td>
                            <td>
                                <Time at={each.last_seen} />
                            </td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}
