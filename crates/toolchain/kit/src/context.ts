/** What every page of the app can ask for. */
import { createContext, useContext } from "react";
import type { Platform } from "./platform";
import type { Entity, Role, Standing } from "./types";
import type { Words } from "./words";

/** The app around a page. */
export interface App {
  title: string;
  language: string;
  words: Words;
  entities: Entity[];
  roles: Role[];
  platform: Platform;
  standing: Standing;
  /** Says something to everyone, those who listen included. */
  announce: (sentence: string) => void;
}

export const AppContext = createContext<App | undefined>(undefined);

/** The app around this component. */
export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error("this component belongs inside mountApp");
  return app;
}
