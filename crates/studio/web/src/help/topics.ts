/**
 * What the help is about, in the order in which it is offered, and what a topic leads to. Its words are in `texts/`.
 */
import { commands } from "../commands";
import type { AppScreen } from "../router";

export interface Topic {
  /** The screen of an app where it is done. */
  screen?: AppScreen;
  /** What is typed on the machine for it. `app` is the app that one is in, or a word that stands for one. */
  command?: (app: string) => string;
}

export const TOPICS = {
  make: {},
  change: { screen: "talk" },
  stopped: { screen: "talk" },
  undo: { screen: "history" },
  invite: { screen: "people" },
  access: { screen: "access" },
  data: { screen: "data" },
  remove: { screen: "settings", command: commands.erase },
  where: {},
  backup: { command: () => commands.up },
  door: { command: () => commands.link },
  model: { command: () => commands.deploy },
  limits: {},
  language: {},
} satisfies Record<string, Topic>;

export type TopicId = keyof typeof TOPICS;

/** Every topic, in the order in which they are offered. */
export const TOPIC_IDS = Object.keys(TOPICS) as TopicId[];
