/** What every page of the app can ask for. */
import { createContext, useContext } from "react";
import type { Platform } from "./platform";
import type { Store } from "./store";
import type { Entity, Page, Role, Standing } from "./types";
import type { Words } from "./words";

/** Takes back what was just done. */
export type Undo = () => Promise<void>;

/** The app around a page. */
export interface App {
  title: string;
  language: string;
  words: Words;
  entities: Entity[];
  roles: Role[];
  platform: Platform;
  store: Store;
  standing: Standing;
  /** Says something to everyone, those who listen included, and offers to take it back where that works. */
  announce: (sentence: string, undo?: Undo) => void;
}

/** Where the address leads: a page, and one of its rows, or what a form there starts with. */
export interface Place {
  page: Page | undefined;
  row: number | undefined;
  /** The rows that a form refers to from the start, by field. */
  start: Record<string, number>;
  /** The pages of whoever is here. */
  pages: Page[];
  /** Whether the app presents itself above this page. */
  presented: boolean;
}

export const AppContext = createContext<App | undefined>(undefined);
export const PlaceContext = createContext<Place>({ page: undefined, row: undefined, start: {}, pages: [], presented: false });

/** The app around this component. */
export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error("this component belongs inside mountApp");
  return app;
}

/** Where the address leads. */
export function usePlace(): Place {
  return useContext(PlaceContext);
}
