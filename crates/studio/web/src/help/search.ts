/**
 * Which topics of the help a question is about: by the words that they share, the rarer the better.
 *
 * It knows no grammar. A word counts as another when they begin alike, so that “invite” finds “invitation”; writing
 * without spaces is compared by pairs of characters.
 */
import { TOPIC_IDS, type TopicId } from "./topics";
import type { HelpTexts } from "./texts/en";

/** Topics that a question finds at most. */
const FOUND_MAX = 3;
/** Of the best topic's weight, what another needs to be shown beside it. */
const SHARE_MIN = 0.45;
/** A word in a title or among the words that people look for says more than one in the text. */
const NAMED = 3;
const MENTIONED = 1;

/** The topics that fit a question, the best first; none when no word is known. */
export function find(question: string, topics: HelpTexts["topics"]): TopicId[] {
  const asked = [...new Set(wordsOf(question))];
  const indexed = TOPIC_IDS.map((id) => {
    const { title, words, text } = topics[id];
    return { id, named: wordsOf(`${title} ${words}`), mentioned: wordsOf(text.join(" ")) };
  });
  const scores = new Map<TopicId, number>();
  for (const word of asked) {
    const hits = indexed
      .map(({ id, named, mentioned }) => ({ id, hit: Math.max(NAMED * best(word, named), MENTIONED * best(word, mentioned)) }))
      .filter(({ hit }) => hit > 0);
    for (const { id, hit } of hits) scores.set(id, (scores.get(id) ?? 0) + hit * Math.log(TOPIC_IDS.length / hits.length));
  }
  const ranked = [...scores].filter(([, score]) => score > 0).sort(([, a], [, b]) => b - a);
  const top = ranked[0]?.[1] ?? 0;
  return ranked.filter(([, score]) => score >= top * SHARE_MIN).slice(0, FOUND_MAX).map(([id]) => id);
}

/** How alike a word is to the most alike of others, from 0 to 1. */
function best(word: string, others: string[]): number {
  return others.reduce((most, other) => Math.max(most, likeness(word, other)), 0);
}

const STEM_MIN = 4;
const STEM_SHARE_MIN = 0.6;

function likeness(one: string, other: string): number {
  if (one === other) return 1;
  let shared = 0;
  while (shared < one.length && one[shared] === other[shared]) shared += 1;
  const share = shared / Math.max(one.length, other.length);
  return shared >= STEM_MIN && share >= STEM_SHARE_MIN ? share : 0;
}

const UNSPACED = /\p{Script=Han}+/gu;
/** Accents of Latin letters; vowel signs and the stretching stroke of Arabic. */
const OPTIONAL_MARKS = /[\u0300-\u036f\u064b-\u0652\u0640]/g;
/** The article and the words that Arabic writes together with it. */
const ARABIC_HEAD = /^(?:[وفبك]?ال|لل)(?=\p{Script=Arabic}{3})/u;

/** The words of a text as they are compared. */
export function wordsOf(text: string): string[] {
  const plain = text.normalize("NFD").replace(OPTIONAL_MARKS, "").normalize("NFC").toLowerCase();
  const spaced = plain.replace(UNSPACED, " ").match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const pairs = (plain.match(UNSPACED) ?? []).flatMap(pairsOf);
  return [...spaced.map((word) => word.replace(ARABIC_HEAD, "")).filter((word) => word.length > 1), ...pairs];
}

function pairsOf(run: string): string[] {
  const characters = [...run];
  return characters.length === 1 ? characters : characters.slice(1).map((character, index) => `${characters[index]}${character}`);
}
