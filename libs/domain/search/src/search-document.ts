import {
  conversationTag,
  currentTag,
  futureTag,
  gram,
  linkTag,
  replyTag,
  senderTag,
  tenantTag,
  timeTags,
} from './search-tags';
import { fold, gramsOf, runsOf, wordOf } from './search-text';

/** What is searched of a message. */
export interface SearchableMessage {
  tenantId: string;
  conversationId: string;
  sender: string;
  at: Date;
  text: string;
  isReply: boolean;
}

/** A text of a language never has so many different pieces; what has more is found by whole words beyond them. */
const gramsMax = 6_000;
// What PostgreSQL keeps of a word's places in a text.
const placeMax = 16_383;
const placesPerWord = 255;
const linkPattern = /https?:\/\/|\bwww\./;

/** A message as the text of a tsvector: words with their places, pieces of words, and tags. */
export function searchDocument(message: SearchableMessage, now: Date): string {
  const folded = fold(message.text);
  const words = new Map<string, number[]>();
  const grams = new Set<string>();
  runsOf(folded).forEach((run, index) => {
    if (!run.dense) addPlace(words, wordOf(run), index + 1);
    if (grams.size < gramsMax) for (const piece of gramsOf(run)) grams.add(piece);
  });
  // Neither runs nor tags have what is to be quoted. A hundred lexemes are one text: an array of them takes half as long again.
  let document = '';
  for (const [word, places] of words) document += `'${word}':${places.join(',')} `;
  for (const piece of grams) document += `'${gram(piece)}' `;
  for (const tag of tagsOf(message, folded, now)) document += `'${tag}' `;
  return document;
}

function addPlace(words: Map<string, number[]>, word: string, place: number): void {
  const places = words.get(word);
  if (places === undefined) words.set(word, [Math.min(place, placeMax)]);
  else if (places.length < placesPerWord && place <= placeMax) places.push(place);
}

function tagsOf(message: SearchableMessage, folded: string, now: Date): string[] {
  return [
    currentTag,
    tenantTag(message.tenantId),
    conversationTag(message.conversationId),
    senderTag(message.sender),
    ...(message.at > now ? [futureTag] : timeTags(message.at.getTime())),
    ...(linkPattern.test(folded) ? [linkTag] : []),
    ...(message.isReply ? [replyTag] : []),
  ];
}
