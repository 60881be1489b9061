// What the sensors could see of the sessions: the page says what it cannot know.
import { count, percent } from "../core/format.ts";
import { visibilityWords } from "../core/words.ts";

export function Visibility({ shares }: { shares: Record<string, number> }) {
    const entries = Object.entries(shares)
        .filter(([, value]) => value > 0)
        .sort((a, b) => b[1] - a[1]);
    const total = entries.reduce((sum, [, value]) => sum + value, 0);
    if (total === 0) {
        return null;
    }
    return (
        <div class="visibility">
            <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
                {
                    entries.reduce(
                        (drawn, [name, value]) => {
                            const width = (100 * value) / total;
                            drawn.bars.push(
                                <rect
                                    key={name}
                                    class={`v-${name}`}
                                    x={drawn.at}
                                    width={width}
                                    height="6"
                                />,
                            );
                            drawn.at += width;
                            return drawn;
                        },
                        { at: 0, bars: [] as preact.JSX.Element[] },
                    ).bars
                }
            </svg>
            <ul>
                {entries.map(([name, value]) => (
                    <li key={name} title={`${count(value)} sessions`}>
                        <i class={`key v-${name}`} /> {visibilityWords[name] ?? name}{" "}
                        <b>{percent(value, total)}</b>
                    </li>
                ))}
            </ul>
        </div>
    );
}
