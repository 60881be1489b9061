// Changes of hosts, one by one or many at once; one undo brings all of them back.
import { segment, write } from "../core/api.ts";
import { counted } from "../core/format.ts";
import type { Host, HostDetail, HostPatch } from "../core/types.ts";
import { notify } from "../core/undo.ts";

function patch(ip: string, change: HostPatch): Promise<HostDetail> {
    return write<HostDetail>("PATCH", `/v1/hosts/${segment(ip)}`, change);
}

function before(host: Host, change: HostPatch): HostPatch {
    return {
        ...(change.investigation_status ? { investigation_status: host.investigation_status } : {}),
        ...(change.policy_override ? { policy_override: host.policy_override } : {}),
        ...(change.identifier !== undefined ? { identifier: host.identifier ?? null } : {}),
    };
}

export async function patchHosts(
    hosts: Host[],
    change: HostPatch,
    done: () => Promise<unknown>,
): Promise<void> {
    const changed: Host[] = [];
    try {
        for (const host of hosts) {
            await patch(host.ip, change);
            changed.push(host);
        }
    } finally {
        if (changed.length > 0) {
            notify(
                changed.length === 1
                    ? `Host ${changed[0]!.ip} changed.`
                    : `${counted(changed.length, "host")} changed.`,
                async () => {
                    for (const host of changed) {
                        await patch(host.ip, before(host, change));
                    }
                    await done();
                },
            );
        }
        await done();
    }
}
