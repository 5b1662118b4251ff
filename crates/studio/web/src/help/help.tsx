/**
 * The help: a question in one's own words or a topic of the list, over every screen and at the key `?`.
 */
import { useEffect, useId, useRef, useState, useSyncExternalStore } from "react";
import { appPath, Link, parse } from "../router";
import { t } from "../texts";
import { CopyField } from "../ui/copy-field";
import { Dialog } from "../ui/dialog";
import { Icon } from "../ui/icons";
import { Read } from "../ui/page";
import { find } from "./search";
import { useHelpTexts } from "./texts";
import type { HelpTexts } from "./texts/en";
import { TOPIC_IDS, TOPICS, type Topic, type TopicId } from "./topics";

let open = false;
const listeners = new Set<() => void>();

function setOpen(next: boolean): void {
  open = next;
  for (const listener of listeners) listener();
}

/** Opens the help. */
export function HelpButton() {
  return (
    <button type="button" className="button ghost small help-button" aria-keyshortcuts="?" onClick={() => setOpen(true)}>
      <Icon name="question" size={18} />
      <span className="help-word">{t.help}</span>
    </button>
  );
}

/** The help itself, drawn once at the root; shown when it is asked for. */
export function Help() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => open,
  );
  useEffect(() => {
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return shown ? <Panel /> : null;
}

/** The question marks of the keyboards of the studio's languages. */
const QUESTION_MARKS = ["?", "؟", "？"];

function onKey(event: KeyboardEvent): void {
  if (!QUESTION_MARKS.includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
  const at = event.target as HTMLElement | null;
  if (at?.closest("input, textarea, select, [contenteditable], dialog")) return;
  event.preventDefault();
  setOpen(true);
}

function Panel() {
  const reading = useHelpTexts();
  const close = () => setOpen(false);
  return (
    <Dialog title={t.help} onClose={close}>
      <Read reading={reading}>{(texts) => <Answers texts={texts} close={close} />}</Read>
    </Dialog>
  );
}

function Answers({ texts, close }: { texts: HelpTexts; close: () => void }) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [question, setQuestion] = useState("");
  // The dialog was there before its words were, so that it could not give the focus to the field.
  useEffect(() => field.current?.focus(), []);
  const asked = question.trim() !== "";
  const found = find(question, texts.topics);
  const rest = TOPIC_IDS.filter((topic) => !found.includes(topic));
  return (
    <div className="help">
      <div className="field">
        <label htmlFor={id}>{texts.ask}</label>
        <input
          id={id}
          type="search"
          ref={field}
          value={question}
          maxLength={QUESTION_LENGTH_MAX}
          placeholder={texts.placeholder}
          onChange={(event) => setQuestion(event.target.value)}
        />
      </div>
      <p role="status" className={asked ? "quiet" : "unseen"}>
        {asked && (found.length > 0 ? texts.found : texts.none)}
      </p>
      {found.length > 0 && <Topics ids={found} texts={texts} close={close} first />}
      <Topics ids={rest} texts={texts} close={close} />
      <p className="quiet">{texts.keys}</p>
    </div>
  );
}

/** Longest question, in UTF-16 units. */
const QUESTION_LENGTH_MAX = 300;

interface Shown {
  ids: TopicId[];
  texts: HelpTexts;
  close: () => void;
  /** The first of them is unfolded. */
  first?: boolean;
}

function Topics({ ids, texts, close, first = false }: Shown) {
  return (
    <ul className="topics">
      {ids.map((id, index) => (
        <li key={id}>
          <details open={first && index === 0}>
            <summary>{texts.topics[id].title}</summary>
            <Answer id={id} texts={texts} close={close} />
          </details>
        </li>
      ))}
    </ul>
  );
}

function Answer({ id, texts, close }: { id: TopicId; texts: HelpTexts; close: () => void }) {
  const route = parse(location.pathname);
  const app = route.at === "app" ? route.app : undefined;
  const topic: Topic = TOPICS[id];
  return (
    <div className="topic">
      {texts.topics[id].text.map((paragraph, index) => (
        <p key={index}>{withCode(paragraph)}</p>
      ))}
      {topic.command && (
        <>
          <p>{texts.type}</p>
          <CopyField label={texts.type} text={topic.command(app ?? "APP")} />
        </>
      )}
      {app && topic.screen && (
        <p onClick={close}>
          <Link className="button small" href={appPath(app, topic.screen)}>
            {texts.go(t.menu[topic.screen])}
          </Link>
        </p>
      )}
    </div>
  );
}

/** What stands between backticks is to be typed or read letter by letter. */
function withCode(text: string) {
  return text.split("`").map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}
