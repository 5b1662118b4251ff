/**
 * The screen where an app is made: the conversation where lines begin, the live app where they end, a divider between them.
 * On a phone one of the two fills the screen.
 */
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import type { Reading } from "../request";
import { t } from "../texts";
import { Chat } from "./chat";
import { Preview } from "./preview";

interface Parts {
  app: string;
  title: string;
  /** Changes when another version is live. */
  revision: number;
  entry: Reading<{ url: string }>;
  narrow: boolean;
  side: "talk" | "preview";
}

export function Talk({ app, title, revision, entry, narrow, side }: Parts) {
  const preview = <Preview title={title} revision={revision} entry={entry} />;
  const alone = side === "talk" ? <Chat app={app} /> : preview;
  return (
    <>
      <h1 className="unseen" data-heading tabIndex={-1}>
        {t.talk.title(title)}
      </h1>
      {narrow ? alone : <Split left={<Chat app={app} />} right={preview} />}
    </>
  );
}

const SHARE_MIN = 25;
const SHARE_MAX = 65;
const SHARE_FIRST = 38;
const KEPT = "studio:share";

function Split({ left, right }: { left: React.ReactNode; right: React.ReactNode }) {
  const frame = useRef<HTMLDivElement>(null);
  const [share, setShare] = useState(() => bounded(Number(localStorage.getItem(KEPT)) || SHARE_FIRST));
  const [dragging, setDragging] = useState(false);

  useEffect(() => localStorage.setItem(KEPT, String(share)), [share]);

  const onKey = (event: KeyboardEvent) => {
    const forth = fromTheRight(event.currentTarget) ? -2 : 2;
    const step = { ArrowLeft: -forth, ArrowRight: forth, Home: -100, End: 100 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    setShare((now) => bounded(now + step));
  };

  return (
    <div ref={frame} className={dragging ? "split dragging" : "split"} style={{ "--share": `${share}%` } as React.CSSProperties}>
      {left}
      <div
        className="divider"
        role="separator"
        aria-orientation="vertical"
        aria-label={t.preview.divider}
        aria-valuenow={Math.round(share)}
        aria-valuemin={SHARE_MIN}
        aria-valuemax={SHARE_MAX}
        tabIndex={0}
        onKeyDown={onKey}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDragging(true);
        }}
        onPointerMove={(event) => {
          const box = frame.current?.getBoundingClientRect();
          if (!dragging || !box) return;
          const begun = fromTheRight(event.currentTarget) ? box.right - event.clientX : event.clientX - box.left;
          setShare(bounded((begun / box.width) * 100));
        }}
        onLostPointerCapture={() => setDragging(false)}
      />
      {right}
    </div>
  );
}

function fromTheRight(element: Element): boolean {
  return getComputedStyle(element).direction === "rtl";
}

function bounded(share: number): number {
  return Math.min(SHARE_MAX, Math.max(SHARE_MIN, share));
}
