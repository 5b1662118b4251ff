/** Buttons, notices and dialogs: the small parts of every page. Each is at least 24 px high and works by keyboard. */
import { useEffect, useId, useRef, type ComponentProps, type ReactNode } from "react";
import { useApp, usePlace } from "./context";

const LOOKS = {
  main: "bg-accent text-on-accent border-transparent font-semibold",
  plain: "bg-raised text-ink border-line",
  danger: "bg-raised text-danger border-danger",
};

interface ButtonProps extends ComponentProps<"button"> {
  /** How much it asks for attention. */
  look?: keyof typeof LOOKS;
  /** For rows, where many stand together. */
  small?: boolean;
}

/** A button. */
export function Button({ look = "plain", small = false, className = "", ...rest }: ButtonProps) {
  const size = small ? "min-h-8 px-3 py-1" : "min-h-10 px-4 py-2";
  const base = "inline-flex items-center justify-center rounded-lg border text-sm hover:brightness-95 disabled:opacity-60 print:hidden dark:hover:brightness-125";
  return <button type="button" className={`${base} ${size} ${LOOKS[look]} ${className}`} {...rest} />;
}

/** What went wrong, next to where it did; read out at once. */
export function Problem({ children, id }: { children: ReactNode; id?: string }) {
  return (
    <p role="alert" id={id} dir="auto" className="rounded-lg border border-danger px-3 py-2 text-sm text-danger">
      {children}
    </p>
  );
}

/** The app could not be reached: says so and offers to try again. */
export function Offline({ retry }: { retry: () => void }) {
  const { words } = useApp();
  return (
    <div role="alert" className="flex flex-wrap items-center gap-3 rounded-lg border border-danger p-3 text-sm">
      <p className="grow text-danger">{words.offline}</p>
      <Button onClick={retry}>{words.retry}</Button>
    </div>
  );
}

/** Shown while something is read: the shape of what will come. */
export function Loading() {
  const { words } = useApp();
  return (
    <div role="status" className="flex flex-col gap-3 py-2">
      <span className="sr-only">{words.loading}</span>
      {[1, 2, 3].map((bar) => (
        <span key={bar} aria-hidden="true" className="block h-14 animate-pulse rounded-xl bg-rule" />
      ))}
    </div>
  );
}

/** Shown where there is nothing, with what can be done about it. */
export function Empty({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-4 rounded-xl border border-dashed border-line p-8 text-center text-muted">
      <p>{children}</p>
      {action}
    </div>
  );
}

/** Words in paragraphs, which an empty line separates. */
export function Paragraphs({ text }: { text: string }) {
  return (
    <>
      {text.split(/\n\s*\n/).map((paragraph, index) => (
        <p key={index} dir="auto" className="max-w-prose break-words whitespace-pre-line">
          {paragraph.trim()}
        </p>
      ))}
    </>
  );
}

/** A page's heading with what can be done there; it isn't seen where the app has just said the same of itself. */
export function PageHead({ title, note, children }: { title: string; note?: string; children?: ReactNode }) {
  const app = useApp();
  const { presented } = usePlace();
  const told = presented && title === app.title;
  return (
    <div className="flex flex-wrap items-center gap-3">
      <div className="grow">
        <h1 dir="auto" className={told ? "sr-only" : "text-2xl font-bold break-words"}>
          {title}
        </h1>
        {note && <p className="text-sm text-muted">{note}</p>}
      </div>
      {children}
    </div>
  );
}

/** A modal dialog, open as long as it is there; Escape closes it, and the focus goes back to where it was. */
export function Dialog({ title, close, children }: { title: string; close: () => void; children: ReactNode }) {
  const { words } = useApp();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    return () => {
      element?.close();
      // What opened it may be gone, such as the button of a row that was deleted.
      if (before instanceof HTMLElement && before.isConnected) before.focus();
      else document.getElementById("content")?.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      className="m-auto max-h-[90dvh] w-[min(32rem,calc(100vw-1rem))] overflow-y-auto rounded-2xl border border-line bg-raised p-5 text-ink"
    >
      <div className="mb-4 flex items-start gap-3">
        <h2 id={heading} dir="auto" className="grow text-lg font-bold break-words">
          {title}
        </h2>
        <button type="button" onClick={close} aria-label={words.close} className="grid size-8 shrink-0 place-items-center rounded-lg text-xl text-muted">
          <span aria-hidden="true">×</span>
        </button>
      </div>
      {children}
    </dialog>
  );
}
