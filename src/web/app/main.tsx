// The page: one of its views, by the path.
import { render } from "preact";
import { loginNeeded } from "./core/api.ts";
import { startKeys } from "./core/keys.ts";
import { startLive } from "./core/live.ts";
import { askStatus } from "./core/status.ts";
import { followLinks, segments } from "./core/url.ts";
import { AllowlistPage } from "./pages/allowlist.tsx";
import { AuditPage } from "./pages/audit.tsx";
import { FeedPage } from "./pages/feed.tsx";
import { FeedsPage } from "./pages/feeds.tsx";
import { HostPage } from "./pages/host.tsx";
import { HostsPage } from "./pages/hosts.tsx";
import { LoginPage } from "./pages/login.tsx";
import { SensorsPage } from "./pages/sensors.tsx";
import { ServerPage } from "./pages/server.tsx";
import { ServersPage } from "./pages/servers.tsx";
import { VerdictPage } from "./pages/verdict.tsx";
import { Shell } from "./parts/shell.tsx";
import { Empty } from "./parts/states.tsx";

function Page() {
    if (loginNeeded.value) {
        return <LoginPage />;
    }
    const [first, second] = segments();
    switch (first) {
        case undefined:
            return <ServersPage />;
        case "servers":
            return second === undefined ? <ServersPage /> : <ServerPage ip={second} />;
        case "hosts":
            return second === undefined ? <HostsPage /> : <HostPage ip={second} />;
        case "verdicts":
            return second === undefined ? <ServersPage /> : <VerdictPage id={second} />;
        case "feeds":
            return second === undefined ? <FeedsPage /> : <FeedPage name={second} />;
        case "allowlist":
            return <AllowlistPage />;
        case "sensors":
            return <SensorsPage />;
        case "audit":
            return <AuditPage />;
        default:
            return (
                <main>
                    <Empty title="There is no such page">
                        <p>
                            <a href="/">Encrypted Traffic</a> is the first one.
                        </p>
                    </Empty>
                </main>
            );
    }
}

const openHelp = { current: () => {} };

followLinks();
startKeys(() => openHelp.current());
render(
    <Shell openHelp={openHelp}>
        <Page />
    </Shell>,
    document.getElementById("app")!,
);
// The view's own question goes first.
requestAnimationFrame(() => {
    startLive();
    void askStatus();
});
