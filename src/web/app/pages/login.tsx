// Login: stands in place of any page until the service knows who asks.
import { useEffect, useState } from "preact/hooks";
import { loginNeeded, me, write } from "../core/api.ts";
import { askStatus } from "../core/status.ts";
import { sentence } from "../core/undo.ts";
import type { Me } from "../core/types.ts";

export function LoginPage() {
    const [error, setError] = useState("");
    const [busy, setBusy] = useState(false);
    useEffect(() => {
        document.title = "Log in - openeti";
    }, []);
    const submit = async (event: SubmitEvent) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget as HTMLFormElement);
        setBusy(true);
        setError("");
        try {
            me.value = await write<Me>("POST", "/v1/login", {
                user: String(form.get("user")),
                password: String(form.get("password")),
            });
            loginNeeded.value = false;
            void askStatus();
        } catch (why) {
            setError(sentence(why));
        } finally {
            setBusy(false);
        }
    };
    return (
        <main class="login">
            <form onSubmit={submit}>
                <h1>Log in to openeti</h1>
                <label>
                    User{" "}
                    <input
                        type="text"
                        name="user"
                        autocomplete="username"
                        required
                        maxLength={200}
                    />
                </label>
                <label>
                    Password{" "}
                    <input
                        type="password"
                        name="password"
                        autocomplete="current-password"
                        required
                        maxLength={1000}
                    />
                </label>
                {error !== "" && (
                    <p class="error" role="alert">
                        {error}
                    </p>
                )}
                <button type="submit" class="primary" disabled={busy}>
                    Log in
                </button>
                <p class="faint">
                    The first user and password are in DIR/login, where DIR is the service's data
                    folder.
                </p>
            </form>
        </main>
    );
}
