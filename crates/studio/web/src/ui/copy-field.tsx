/**
 * A text to be taken along (a link, a command): it can be selected as a whole and copied by one button.
 */
import { useId, useRef, useState } from "react";
import { t } from "../texts";
import { announce } from "./announcer";
import { Icon } from "./icons";

/** `label` names the field to those who can't see where it stands. */
export function CopyField({ label, text, focus = false }: { label: string; text: string; focus?: boolean }) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState(false);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      announce(t.copied);
    } catch {
      field.current?.select();
      announce(t.copyFailed);
    }
  };

  return (
    <div className="copy-field">
      <label className="unseen" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        ref={field}
        dir="ltr"
        readOnly
        value={text}
        data-first={focus || undefined}
        spellCheck={false}
        onFocus={(event) => event.target.select()}
      />
      <button type="button" className="button" onClick={() => void copy()}>
        <Icon name={copied ? "check" : "copy"} size={18} />
        {copied ? t.copied : t.copy}
      </button>
    </div>
  );
}
