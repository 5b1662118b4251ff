/**
 * A small picture of a version's first page, asked for when it comes into sight; until then, and where there is none,
 * a drawn page.
 *
 * Pictures are asked for one after another, for the node makes one at a time.
 */
import { useEffect, useRef, useState } from "react";
import { picture, type Version } from "../api";
import { t } from "../texts";

interface Of {
  app: string;
  version: Version;
}

const seen = new Map<string, string>();
let queue: Promise<unknown> = Promise.resolve();

export function Picture({ app, version: { version, at, current } }: Of) {
  // A live version's picture is another one than the same version's later; and another app may get the same name.
  const key = `${app} ${version} ${at} ${current}`;
  const [shown, setShown] = useState(() => seen.get(key));
  const place = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (seen.has(key) || !place.current) return;
    const stop = new AbortController();
    const watcher = new IntersectionObserver(([entry]) => {
      if (!entry?.isIntersecting) return;
      watcher.disconnect();
      queue = queue.then(() => (stop.signal.aborted ? undefined : load(app, version, key, stop.signal).then(setShown)));
    });
    watcher.observe(place.current);
    return () => {
      stop.abort();
      watcher.disconnect();
    };
  }, [key]);

  return (
    <div ref={place} className="version-picture">
      {shown ? <img src={shown} alt={t.card.history.picture(version)} /> : <Drawn />}
    </div>
  );
}

/** A picture that does not come is none: the drawn page stays, and nothing is said. */
async function load(app: string, version: number, key: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const { jpeg } = await picture(app, version, { signal });
    const source = jpeg ? `data:image/jpeg;base64,${jpeg}` : undefined;
    if (source) seen.set(key, source);
    return source;
  } catch {
    return undefined;
  }
}

function Drawn() {
  return (
    <svg viewBox="0 0 112 72" aria-hidden="true">
      <path d="M0 14h112M9 7h.01M15 7h.01M10 27h46M10 37h92M10 45h92M10 53h60" />
    </svg>
  );
}
