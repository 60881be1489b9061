// Text from the network is written by whoever sent it. What would change how it looks without
// being seen (controls, direction, invisible characters) becomes a piece that names it.

export interface Piece {
    text: string;
    hidden: boolean; // stands for one character that would not show
}

const hiddenCharacters =
    /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]|\p{Cs}/gu;

export function codePoint(character: string): string {
    return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
}

export function pieces(text: string): Piece[] {
    const found: Piece[] = [];
    let end = 0;
    for (const match of text.matchAll(hiddenCharacters)) {
        if (match.index > end) {
            found.push({ text: text.slice(end, match.index), hidden: false });
        }
        found.push({ text: codePoint(match[0]), hidden: true });
        end = match.index + match[0].length;
    }
    if (end < text.length) {
        found.push({ text: text.slice(end), hidden: false });
    }
    return found;
}

// For places that take plain text only, such as a title.
export function visible(text: string): string {
    return text.replace(hiddenCharacters, (character) => `[${codePoint(character)}]`);
}
