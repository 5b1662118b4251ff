/**
 * The studio's addresses: a path is a screen, the browser's own history is the only state.
 *
 * After every move the keyboard's focus goes to the new screen's heading (`data-heading`), so that people who don't
 * see the page change are told where they are.
 */
import { useEffect, useSyncExternalStore, type AnchorHTMLAttributes, type MouseEvent } from "react";

const MOVED = "studio:moved";

/** The screens of an app, in the order of its menu; `talk` is the app's own address. */
export const APP_SCREENS = ["talk", "preview", "history", "people", "access", "data", "logs", "settings"] as const;
export type AppScreen = (typeof APP_SCREENS)[number];

export type Route =
  | { at: "home" }
  | { at: "about" }
  | { at: "app"; app: string; screen: AppScreen }
  | { at: "nowhere" };

/** What a path means. */
export function parse(path: string): Route {
  const parts = path.split("/").filter(Boolean).map(decoded);
  const [first, app, screen = "talk", ...more] = parts;
  if (first === undefined) return { at: "home" };
  if (first === "about" && parts.length === 1) return { at: "about" };
  if (first === "apps" && app && more.length === 0 && isScreen(screen)) return { at: "app", app, screen };
  return { at: "nowhere" };
}

/** The address of an app's screen. */
export function appPath(app: string, screen: AppScreen = "talk"): string {
  const base = `/apps/${encodeURIComponent(app)}`;
  return screen === "talk" ? base : `${base}/${screen}`;
}

/** Goes to an address of the studio. */
export function navigate(path: string): void {
  if (path !== location.pathname) history.pushState(null, "", path);
  dispatchEvent(new Event(MOVED));
}

/** The current path; the component draws again when it changes. */
export function usePath(): string {
  return useSyncExternalStore(subscribe, () => location.pathname);
}

/** A link within the studio that doesn't reload the page; opening in a new tab works as with any link. */
export function Link({ href, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) {
  const onClick = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(href);
  };
  return <a href={href} onClick={onClick} {...rest} />;
}

/** Names the page and, except on the first one, moves the focus to its heading. */
export function useArrival(title: string, key: string): void {
  useEffect(() => {
    document.title = title;
  }, [title]);
  useEffect(() => {
    if (arrived) document.querySelector<HTMLElement>("[data-heading]")?.focus({ preventScroll: true });
    arrived = true;
  }, [key]);
}

let arrived = false;

function subscribe(listener: () => void): () => void {
  addEventListener("popstate", listener);
  addEventListener(MOVED, listener);
  return () => {
    removeEventListener("popstate", listener);
    removeEventListener(MOVED, listener);
  };
}

function isScreen(name: string): name is AppScreen {
  return (APP_SCREENS as readonly string[]).includes(name);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
