/**
 * A request that failed, in words: what happened, what to do next, and a way to try again.
 */
import { Component, type ReactNode } from "react";
import { ApiError } from "../api";
import { locale, t } from "../texts";
import { Icon } from "./icons";

/** Shows `error`; nothing when there is none. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  if (error === undefined) return null;
  const { title, message, hint } = worded(error);
  return (
    <div className="failure" role="alert">
      <Icon name="alert" />
      <div>
        <p className="failure-title">{title}</p>
        {message && <p>{message}</p>}
        {hint && <p className="quiet">{hint}</p>}
        {onRetry && (
          <button type="button" className="button small" onClick={onRetry}>
            {t.retry}
          </button>
        )}
      </div>
    </div>
  );
}

/** Keeps a mistake of ours on one screen from taking the whole page away; anew with each `key`. */
export class Guard extends Component<{ children: ReactNode }, { error?: unknown }> {
  override state: { error?: unknown } = {};

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === undefined) return this.props.children;
    return (
      <div className="page">
        <Failure error={this.state.error} />
        <p>
          <button type="button" className="button" onClick={() => location.reload()}>
            {t.failure.reload}
          </button>
        </p>
      </div>
    );
  }
}

/** A failure in words: its title, the node's message where it gave one, and the next step. */
export function worded(error: unknown): { title: string; message: string; hint: string } {
  if (!(error instanceof ApiError)) {
    return { title: t.failure.unknown, message: error instanceof Error ? error.message : String(error), hint: "" };
  }
  switch (error.kind) {
    case "unreachable":
      return { title: t.failure.unreachable, message: "", hint: t.failure.unreachableHint };
    case "interrupted":
      return { title: t.failure.interrupted, message: "", hint: t.failure.interruptedHint };
    case "forbidden":
      return { title: t.failure.forbidden, message: sentence(error.message), hint: sentence(error.hint) };
    case "rejected":
      return { title: t.failure.rejected, message: sentence(error.message), hint: sentence(error.hint) };
  }
}

/** What ends a sentence in the writing that a text is in. */
function stopOf(text: string): string {
  if (/\p{Script=Han}/u.test(text)) return "。";
  return /\p{Script=Devanagari}/u.test(text) ? "।" : ".";
}

/** The node's messages are lower-case without a full stop, as engineers' logs want them; people read sentences. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === "") return "";
  const [first = ""] = trimmed;
  const begun = first.toLocaleUpperCase(locale) + trimmed.slice(first.length);
  return /[.!?…:。！？؟।]$/.test(begun) ? begun : `${begun}${stopOf(begun)}`;
}
