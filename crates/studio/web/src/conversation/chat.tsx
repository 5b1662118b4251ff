/**
 * The conversation about one app. The node keeps it; what is added here is only what has not got there yet: the wish
 * being worked on, or one that an earlier page of this tab sent off.
 */
import { useEffect, useRef, useState, type ReactNode } from "react";
import { ApiError, change, conversation, restore, type Message, type Outcome } from "../api";
import { useReading } from "../request";
import { forget, noted, start, unnote, useRun, type Run } from "../runs";
import { instant, moment, t } from "../texts";
import { Failure } from "../ui/failure";
import { Mark } from "../ui/icons";
import { Read, Waiting } from "../ui/page";
import { AnswerCard, type Actions } from "./answer-card";
import { Composer, type Draft } from "./composer";
import { ProgressList } from "./progress";
import { showFirst } from "./show-first";

const LOOK_EVERY_MS = 2000;
/** After this long without an answer, what was asked is taken to have been cut short. */
const ANSWER_MS_MAX = 10 * 60 * 1000;

export function Chat({ app }: { app: string }) {
  const run = useRun(app);
  const reading = useReading(`conversation ${app}`, (call) => conversation(app, call));
  const field = useRef<HTMLTextAreaElement>(null);
  const [draft, write] = useDraft();
  // The version that is being taken back. What that would do is shown here and not kept by the node.
  const [undone, setUndone] = useState<number>();
  const messages = reading.data?.messages ?? [];
  const pending = run ? undefined : pendingOf(app, messages);

  // Once a run has ended, the node's own record of it takes its place.
  const ended = run !== undefined && !run.running;
  const before = useRef(reading.data);
  if (!ended) before.current = reading.data;
  const onlyShown = undone !== undefined && run?.outcome !== undefined && run.outcome.outcome !== "live";
  const recorded = ended && run.outcome && !onlyShown && reading.data !== before.current && messages.at(-1)?.from === "autograph";
  useEffect(() => {
    if (ended) reading.reload();
  }, [ended]);
  useEffect(() => {
    if (recorded) forget(app);
  }, [recorded]);
  useInterval(pending !== undefined && !pending.late && !reading.loading, reading.reload);

  const say = (words: string, approve?: string) => {
    setUndone(undefined);
    void start(app, words, (call) => change(app, words, approve, showFirst(), call));
  };
  const undo = (version: number, approve?: string) => {
    setUndone(version);
    void start(app, t.card.change.undoing, (call) => restore(app, version - 1, approve, "weighty", call));
  };
  const undoing: Actions | undefined =
    undone === undefined || !ended
      ? undefined
      : {
          onChange: say,
          onWrite: write,
          onApprove: (token) => undo(undone, token),
          onLeave: () => {
            setUndone(undefined);
            forget(app);
            field.current?.focus();
          },
        };

  return (
    <section className="chat" aria-label={t.talk.chat}>
      <Log turns={messages.length + (run?.stages.length ?? 0) + (run ? 1 : 0)}>
        <Read reading={reading}>
          {() => (
            <>
              {messages.length === 0 && !run && !pending && <Suggestions field={field} onSay={say} />}
              <Messages
                app={app}
                messages={messages}
                live={(!run || recorded === true) && !pending}
                say={say}
                write={write}
                undo={undo}
                onLeave={() => field.current?.focus()}
              />
              {pending && <Unanswered app={app} pending={pending} messages={messages} onAgain={say} />}
            </>
          )}
        </Read>
        {run && !recorded && <Current app={app} run={run} messages={messages} say={say} reload={reading.reload} actions={undoing} />}
      </Log>
      <Composer field={field} draft={draft} busy={run?.running ?? false} onSend={say} />
    </section>
  );
}

type Say = (words: string, approve?: string) => void;

interface Spoken {
  app: string;
  messages: Message[];
  /** The last answer can still be acted on. */
  live: boolean;
  say: Say;
  write: (words: string) => void;
  undo: (version: number) => void;
  onLeave: () => void;
}

const SHOWN_FIRST = 40;

function Messages({ app, messages, live, say, write, undo, onLeave }: Spoken) {
  const [shown, setShown] = useState(SHOWN_FIRST);
  const [left, leave] = useLeft(app);
  const from = Math.max(0, messages.length - shown);

  const actionsFor = (index: number): Actions | undefined => {
    if (!live || index !== messages.length - 1) return undefined;
    const asked = messages.slice(0, index).findLast((message) => message.from === "you")?.text ?? "";
    return {
      onChange: say,
      onWrite: write,
      onAdjust: () => write(asked),
      onUndo: undo,
      onApprove: (token) => say(asked, token),
      onLeave: () => {
        leave(messages[index]?.at);
        onLeave();
      },
    };
  };

  return (
    <>
      {from > 0 && (
        <button type="button" className="button small older" onClick={() => setShown(shown + SHOWN_FIRST)}>
          {t.talk.older}
        </button>
      )}
      {messages.slice(from).map((message, offset) => (
        <Turn key={from + offset} from={message.from} at={message.at}>
          {message.outcome ? (
            <AnswerCard
              outcome={message.outcome}
              text={message.text}
              actions={actionsFor(from + offset)}
              left={left.has(String(message.at))}
            />
          ) : (
            <p className="said">{isYes(messages, from + offset) ? t.card.change.yes : message.text}</p>
          )}
        </Turn>
      ))}
    </>
  );
}

/** Whether a message says the same again to what waited for a yes: it is the yes. */
function isYes(messages: Message[], at: number): boolean {
  const [asked, answer, again] = [messages[at - 2], messages[at - 1], messages[at]];
  if (again?.from !== "you" || asked?.from !== "you" || asked.text !== again.text) return false;
  return answer?.outcome !== undefined && waits(answer.outcome);
}

function waits(outcome: Outcome): boolean {
  return outcome.outcome !== "live" && (outcome.approve !== undefined || (outcome.alternatives ?? []).length > 0);
}

function Turn({ from, at, children }: { from: Message["from"]; at?: Message["at"]; children: ReactNode }) {
  return (
    <div className={`turn ${from}`} title={at === undefined ? undefined : moment(at)}>
      <span className="unseen">{from === "you" ? t.talk.you : t.talk.autograph}:</span>
      {from === "autograph" && <Mark size={24} />}
      <div className="turn-body">{children}</div>
    </div>
  );
}

interface CurrentRun {
  app: string;
  run: Run;
  messages: Message[];
  say: Say;
  reload: () => void;
  /** What can be done with its answer, if the node does not keep it. */
  actions?: Actions;
}

function Current({ app, run, messages, say, reload, actions }: CurrentRun) {
  const last = messages.at(-1);
  const recorded = last?.from === "you" && last.text === run.words;
  const yes = isYes([...messages, { at: "", from: "you", text: run.words }], messages.length);
  const mayHaveHappened = run.error instanceof ApiError && run.error.kind === "interrupted";
  return (
    <>
      {!recorded && (
        <Turn from="you">
          <p className="said">{yes ? t.card.change.yes : run.words}</p>
        </Turn>
      )}
      <Turn from="autograph">
        {run.running && <ProgressList run={run} />}
        {run.outcome && <AnswerCard outcome={run.outcome} actions={actions} />}
        {run.error !== undefined && (
          <Failure
            error={run.error}
            onRetry={() => {
              forget(app);
              if (mayHaveHappened) reload();
              else say(run.words);
            }}
          />
        )}
      </Turn>
    </>
  );
}

interface Pending {
  words: string;
  late: boolean;
}

/** The wish that has no answer yet although no run of this page is about it. */
function pendingOf(app: string, messages: Message[]): Pending | undefined {
  const last = messages.at(-1);
  if (last?.from === "you") return { words: last.text, late: Date.now() - instant(last.at) > ANSWER_MS_MAX };
  const note = noted(app);
  if (!note) return undefined;
  const answered = messages.slice(-2).some((message) => message.from === "you" && message.text === note.words);
  const late = Date.now() - note.at > ANSWER_MS_MAX;
  if (answered || late) {
    unnote(app);
    return undefined;
  }
  return { words: note.words, late };
}

interface Waited {
  app: string;
  pending: Pending;
  messages: Message[];
  onAgain: Say;
}

function Unanswered({ app, pending, messages, onAgain }: Waited) {
  return (
    <>
      {messages.at(-1)?.from !== "you" && (
        <Turn from="you">
          <p className="said">{pending.words}</p>
        </Turn>
      )}
      <Turn from="autograph">
        {pending.late ? (
          <div className="card">
            <p>{t.talk.unanswered}</p>
            <button
              type="button"
              className="button"
              onClick={() => {
                unnote(app);
                onAgain(pending.words);
              }}
            >
              {t.talk.askAgain}
            </button>
          </div>
        ) : (
          <Waiting text={t.talk.waiting} />
        )}
      </Turn>
    </>
  );
}

function Suggestions({ field, onSay }: { field: React.RefObject<HTMLTextAreaElement | null>; onSay: Say }) {
  return (
    <div className="suggestions">
      <Mark size={40} />
      <h2>{t.talk.empty}</h2>
      <p className="quiet">{t.talk.emptyText}</p>
      <ul>
        {t.talk.suggestions.map((words) => (
          <li key={words}>
            <button
              type="button"
              className="chip"
              onClick={() => {
                onSay(words);
                field.current?.focus();
              }}
            >
              {words}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The scrolling part; it follows what is added at its end, and shows an answer that is too tall from its top. */
const LOG_PADDING = 22;

function Log({ turns, children }: { turns: number; children: ReactNode }) {
  const log = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = log.current;
    const last = box?.lastElementChild;
    if (!box || !(last instanceof HTMLElement)) return;
    const tall = last.offsetHeight > box.clientHeight - 2 * LOG_PADDING;
    box.scrollTo({ top: tall ? last.offsetTop - box.offsetTop - LOG_PADDING : box.scrollHeight });
  }, [turns]);
  return (
    <div ref={log} className="log" tabIndex={0} role="group" aria-label={t.talk.chat}>
      {children}
    </div>
  );
}

/** Words for the composer, put there by a t.card. */
function useDraft(): [Draft | undefined, (words: string) => void] {
  const [draft, setDraft] = useState<Draft>();
  return [draft, (words) => setDraft({ words })];
}

/** Which refusals of an app were left as they are, in this tab. */
function useLeft(app: string): [Set<string>, (at: Message["at"] | undefined) => void] {
  const key = `studio:left:${app}`;
  const [left, setLeft] = useState(() => new Set<string>(JSON.parse(sessionStorage.getItem(key) ?? "[]") as string[]));
  const leave = (at: Message["at"] | undefined) => {
    const next = new Set(left).add(String(at));
    sessionStorage.setItem(key, JSON.stringify([...next]));
    setLeft(next);
  };
  return [left, leave];
}

function useInterval(on: boolean, action: () => void): void {
  useEffect(() => {
    if (!on) return;
    const timer = setInterval(action, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [on, action]);
}
