/**
 * The frame of an app: it finds out who is here, takes up an invitation, and shows the pages of that role.
 *
 * Invariant: an invitation's token leaves the address bar as soon as the registry has answered, so that it is not
 * passed on by accident; when no answer came, it stays, so that trying again works.
 */
import { useCallback, useEffect, useId, useMemo, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { accentProperties, groundProperties } from "./colour";
import { AppContext, PlaceContext, useApp, usePlace, type App, type Place, type Undo } from "./context";
import { Button, Empty, Problem } from "./controls";
import { Hero } from "./hero";
import { InviteButton } from "./invite";
import { OfflineNotice, Toast, type Said } from "./notices";
import { Platform, Refused } from "./platform";
import { Store } from "./store";
import type { Entity, Page, Role, Standing } from "./types";
import { directionOf, wordsFor, type Words } from "./words";

/** What an app is made of. */
export interface AppOptions {
  title: string;
  /** BCP 47. */
  language: string;
  /** `#rrggbb`. */
  accent: string;
  /** `#rrggbb`; absent: white by day, nearly black by night. */
  background?: string;
  entities: Entity[];
  roles: Role[];
  pages: Page[];
}

/** Shows the app in the page. */
export function mountApp(options: AppOptions): void {
  document.title = options.title;
  document.documentElement.lang = options.language;
  document.documentElement.dir = directionOf(options.language);
  const ground = options.background === undefined ? {} : groundProperties(options.background, options.accent);
  for (const [name, value] of Object.entries({ ...accentProperties(options.accent), ...ground })) {
    document.documentElement.style.setProperty(name, value);
  }
  const root = document.getElementById("root") ?? document.body.appendChild(document.createElement("div"));
  void wordsFor(options.language).then((words) => createRoot(root).render(<Entry options={options} words={words} />));
}

type State =
  | { is: "connecting" }
  | { is: "unreachable" }
  | { is: "here"; platform: Platform; standing: Standing; refusal: string };

const INVITE = /^#invite=(.+)$/;

/** Connects, takes up the invitation in the address, if any, and asks who is here. */
async function arrive(): Promise<State> {
  const platform = await Platform.connect();
  const token = INVITE.exec(location.hash)?.[1];
  let refusal = "";
  if (token !== undefined) {
    try {
      await platform.redeem(decoded(token));
    } catch (failure) {
      if (!(failure instanceof Refused)) throw failure;
      refusal = failure.message;
    }
    history.replaceState(null, "", location.pathname + location.search);
  }
  return { is: "here", platform, standing: await platform.standing(), refusal };
}

function decoded(token: string): string {
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}

function Entry({ options, words }: { options: AppOptions; words: Words }) {
  const [state, setState] = useState<State>({ is: "connecting" });
  const start = useCallback(() => {
    setState({ is: "connecting" });
    arrive().then(setState, () => setState({ is: "unreachable" }));
  }, []);
  useEffect(() => {
    start();
    // A link opened in a tab where the app already runs only changes the part after the #.
    const invited = () => INVITE.test(location.hash) && start();
    window.addEventListener("hashchange", invited);
    return () => window.removeEventListener("hashchange", invited);
  }, [start]);
  if (state.is === "here") return <Shell options={options} words={words} {...state} />;
  return (
    <main className="mx-auto flex max-w-lg flex-col gap-4 p-6">
      <h1 dir="auto" className="text-2xl font-bold">{options.title}</h1>
      {state.is === "connecting" ? <p role="status">{words.loading}</p> : (
        <>
          <Problem>{words.offline}</Problem>
          <Button look="main" onClick={start}>{words.retry}</Button>
        </>
      )}
    </main>
  );
}

interface ShellProps {
  options: AppOptions;
  words: Words;
  platform: Platform;
  standing: Standing;
  refusal: string;
}

function Shell({ options, words, platform, standing, refusal }: ShellProps) {
  const { title, language, entities, roles } = options;
  const [said, setSaid] = useState<Said>();
  const store = useMemo(() => new Store(platform, entities, standing), [platform, entities, standing]);
  const pages = options.pages.filter((page) => page.roles.includes(standing.role));
  const place = usePlaceIn(pages, standing.role === "visitor");
  const app: App = useMemo(() => {
    const announce = (sentence: string, undo?: Undo) => setSaid({ sentence, undo });
    return { title, language, words, entities, roles, platform, store, standing, announce };
  }, [title, language, words, entities, roles, platform, store, standing]);
  const { page } = place;
  return (
    <AppContext.Provider value={app}>
      <PlaceContext.Provider value={place}>
        <a href="#content" className="sr-only rounded bg-raised p-2 focus:not-sr-only focus:absolute" onClick={toContent}>{words.skip}</a>
        <TopBar app={app} />
        <OfflineNotice />
        <main id="content" tabIndex={-1} className="mx-auto flex w-full max-w-6xl flex-col gap-4 p-4 outline-none sm:p-6">
          {refusal && <Problem>{words.inviteFailed}: {refusal}</Problem>}
          {page ? <div key={`${page.id} ${JSON.stringify(place.start)}`}>{page.view()}</div> : <NoPage />}
        </main>
        <Toast said={said} close={() => setSaid(undefined)} />
      </PlaceContext.Provider>
    </AppContext.Provider>
  );
}

/** Moves the focus without touching the address, which names the page. */
function toContent(event: { preventDefault: () => void }) {
  event.preventDefault();
  document.getElementById("content")?.focus();
}

function TopBar({ app }: { app: App }) {
  const { title, words, standing } = app;
  const { pages, page, presented } = usePlace();
  const menu = pages.length > 1 && <Menu pages={pages} page={page} />;
  if (presented) return <header className="border-b border-rule bg-raised print:border-0"><Hero />{menu}</header>;
  return (
    <header className="border-b border-rule bg-raised print:hidden">
      <div className="mx-auto flex max-w-6xl flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 sm:px-6">
        <p dir="auto" className="grow text-lg font-bold break-words">{title}</p>
        {standing.role !== "visitor" && <p dir="auto" className="text-sm text-muted">{words.hereAs(standing.name, roleLabel(app))}</p>}
        <InviteButton />
      </div>
      {menu}
    </header>
  );
}

/** How wide titles may be together so that a telephone has them on one line, in letters; each needs the room of some more. */
const BESIDE = 42;
const AROUND = 4;

/** About how wide a text is, in Latin letters: the signs of China, Japan and Korea are twice as wide. */
function width(text: string): number {
  return [...text].reduce((sum, sign) => sum + (/[\u1100-\u11ff\u2e80-\ud7af\uf900-\ufaff\uff00-\uff60]/.test(sign) ? 2 : 1), 0);
}

/** The pages; on narrow screens those that don't fit on a line are folded away behind the one that is open. */
function Menu({ pages, page }: { pages: Page[]; page: Page | undefined }) {
  const { words } = useApp();
  const [open, setOpen] = useState(false);
  const id = useId();
  useEffect(() => setOpen(false), [page?.id]);
  const folded = pages.reduce((sum, { title }) => sum + width(title) + AROUND, 0) > BESIDE;
  return (
    <>
      {folded && (
        <button type="button" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)} className="flex min-h-10 w-full items-center gap-2 border-t border-rule px-4 text-sm sm:hidden print:hidden">
          <span className="text-muted">{words.menu}</span>
          <span dir="auto" className="grow text-start font-semibold">{page?.title}</span>
          <span aria-hidden="true">{open ? "▲" : "▼"}</span>
        </button>
      )}
      <nav id={id} aria-label={words.menu} className={`mx-auto max-w-6xl flex-wrap gap-1 px-2 sm:px-4 print:hidden ${folded && !open ? "hidden sm:flex" : "flex"}`}>
        {pages.map(({ id, title }) => (
          <a key={id} href={`#${id}`} dir="auto" aria-current={id === page?.id ? "page" : undefined} className="min-h-8 border-b-4 border-transparent px-3 py-2 text-sm aria-[current=page]:border-accent-ink aria-[current=page]:font-semibold">
            {title}
          </a>
        ))}
      </nav>
    </>
  );
}

function roleLabel({ roles, standing, words }: App): string {
  return standing.role === "owner" ? words.owner : (roles.find((role) => role.id === standing.role)?.label ?? standing.role);
}

/** What is shown to somebody for whom there is no page. */
function NoPage() {
  return (
    <AppContext.Consumer>
      {(app) => app?.standing.role === "visitor" ? (
        <div className="mx-auto flex max-w-lg flex-col gap-2 py-8 text-center">
          <h1 className="text-2xl font-bold">{app.words.visitorTitle}</h1>
          <p className="text-muted">{app.words.visitorText}</p>
        </div>
      ) : <Empty>{app?.words.nothingForYou}</Empty>}
    </AppContext.Consumer>
  );
}

/**
 * The page that the address names (`#page`, `#page/row`, or `#page?field=row`), else the first; a change of page or
 * row takes the focus along. Strangers meet the app on their first page, so it is presented there.
 */
function usePlaceIn(pages: Page[], stranger: boolean): Place {
  const [hash, setHash] = useState(location.hash);
  const first = useRef(true);
  useEffect(() => {
    const moved = () => setHash(location.hash);
    window.addEventListener("hashchange", moved);
    return () => window.removeEventListener("hashchange", moved);
  }, []);
  const [, id, number, field, refers] = /^#([^/?]*)(?:\/(\d{1,15})|\?(\w{1,100})=(\d{1,15}))?$/.exec(hash) ?? [];
  const named = pages.find((page) => page.id === id);
  const page = named ?? pages[0];
  const row = named && number !== undefined ? Number(number) : undefined;
  useEffect(() => {
    if (!first.current) document.getElementById("content")?.focus();
    first.current = false;
  }, [page?.id, row]);
  return useMemo(() => {
    const start = named && field !== undefined ? { [field]: Number(refers) } : {};
    return { page, row, start, pages, presented: stranger && page !== undefined && page === pages[0] && row === undefined };
  }, [page, row, named, field, refers, pages.length, stranger]);
}
