const reset = '\u001b[0m';
const muted = '\u001b[2m';
const warning = '\u001b[31m';
const userColours = [36, 32, 35, 33, 34, 96, 92, 95, 93, 94].map((code) => `\u001b[1;${code}m`);

/** Colours of the terminal; none where it has none, or where the person wants none. */
export class Palette {
  constructor(private readonly enabled: boolean) {}

  muted(text: string): string {
    return this.paint(muted, text);
  }

  warning(text: string): string {
    return this.paint(warning, text);
  }

  /** The same user has the same colour everywhere. */
  user(userId: string, text: string): string {
    let hash = 0;
    for (const char of userId) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 1_000_003;
    return this.paint(userColours[hash % userColours.length] ?? '', text);
  }

  private paint(code: string, text: string): string {
    return this.enabled ? `${code}${text}${reset}` : text;
  }
}
