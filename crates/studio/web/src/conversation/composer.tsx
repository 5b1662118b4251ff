/**
 * Where the next wish is written. It stays open while one is worked on, so that thoughts aren't lost; only sending
 * waits.
 */
import { useEffect, useId, useState, type RefObject } from "react";
import { onEnter, WISH_LENGTH_MAX } from "../home/wish-box";
import { t } from "../texts";
import { announce } from "../ui/announcer";
import { Icon } from "../ui/icons";

/** Words put in for the person to finish; another object for each time. */
export interface Draft {
  words: string;
}

interface Writing {
  field: RefObject<HTMLTextAreaElement | null>;
  draft?: Draft;
  busy: boolean;
  onSend: (words: string) => void;
}

export function Composer({ field, draft, busy, onSend }: Writing) {
  const id = useId();
  const [text, setText] = useState("");

  useEffect(() => {
    if (!draft) return;
    // What the person has begun to write stays.
    setText((begun) => (begun.trim() === "" ? draft.words : `${begun.trimEnd()}\n${draft.words}`));
    const box = field.current;
    box?.focus();
    requestAnimationFrame(() => box?.setSelectionRange(box.value.length, box.value.length));
  }, [draft]);

  const send = () => {
    const words = text.trim();
    if (words === "") return;
    if (busy) {
      announce(t.talk.busy);
      return;
    }
    setText("");
    onSend(words);
  };

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label className="unseen" htmlFor={id}>
        {t.talk.label}
      </label>
      <textarea
        id={id}
        ref={field}
        rows={1}
        value={text}
        maxLength={WISH_LENGTH_MAX}
        placeholder={t.talk.placeholder}
        aria-describedby={`${id}-hint`}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => onEnter(event, send)}
      />
      <span className="unseen" id={`${id}-hint`}>
        {busy ? t.talk.busy : t.talk.sendHint}
      </span>
      <button type="submit" className="button primary square round" aria-label={t.talk.send} aria-disabled={busy}>
        <Icon name="send" />
      </button>
    </form>
  );
}
