/** What the markup of a text refers to, by Slack's ids. */
export interface SlackNames {
  user(id: string): string | undefined;
  channel(id: string): string | undefined;
}

interface PlainText {
  text: string;
  /** Ids of the users whom the text names, each once, in their order. */
  mentions: string[];
}

const markup = /<([^<>\s][^<>]*)>|&(amp|lt|gt);/g;
const userId = /^[A-Za-z0-9]{1,32}$/;
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>' };

/**
 * Slack's markup as the text that its author saw: names for ids, links as they were typed (`label (address)` where the
 * label says something else), and each entity decoded once.
 */
export function plainText(source: string, names: SlackNames): PlainText {
  const mentions = new Set<string>();
  const text = source.replace(
    markup,
    (whole: string, inside: string | undefined, entity: string | undefined) => {
      if (entity !== undefined) return entities[entity] ?? whole;
      return inside === undefined ? whole : element(inside, names, mentions);
    },
  );
  return { text, mentions: [...mentions] };
}

function element(inside: string, names: SlackNames, mentions: Set<string>): string {
  const bar = inside.indexOf('|');
  const target = decode(bar < 0 ? inside : inside.slice(0, bar));
  const label = bar < 0 ? '' : decode(inside.slice(bar + 1));
  const rest = target.slice(1);
  switch (target.charAt(0)) {
    case '@':
      if (!userId.test(rest)) return `<${inside}>`;
      mentions.add(rest);
      return `@${(names.user(rest) ?? label) || rest}`;
    case '#':
      return `#${label || (names.channel(rest) ?? rest)}`;
    case '!':
      return label || `@${rest.split('^', 1)[0] ?? rest}`;
    default:
      return link(target, label);
  }
}

// Slack makes a link of what merely looks like one (`Json.at` in a piece of code) and keeps the typed form as the label.
function link(address: string, label: string): string {
  const typed = address.replace(/^(mailto:|[a-z][a-z0-9+.-]*:\/\/)/i, '');
  if (label === '') return address.startsWith('mailto:') ? typed : address;
  return label === address || label === typed ? label : `${label} (${address})`;
}

function decode(text: string): string {
  return text.replace(/&(amp|lt|gt);/g, (whole, entity: string) => entities[entity] ?? whole);
}
