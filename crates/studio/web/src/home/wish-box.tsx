/**
 * The one box: what it should do, in one's own words. The examples fill it; nothing is made before one says so.
 */
import { useId, useRef, useState, type KeyboardEvent } from "react";
import { t } from "../texts";
import { Icon } from "../ui/icons";

interface Box {
  text: string;
  setText: (text: string) => void;
  onWish: (words: string) => void;
}

export function WishBox({ text, setText, onWish }: Box) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [missing, setMissing] = useState(false);

  const submit = () => {
    const words = text.trim();
    setMissing(words === "");
    if (words === "") field.current?.focus();
    else onWish(words);
  };

  return (
    <>
      <form
        className="wish-box"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <label className="unseen" htmlFor={id}>
          {t.start.label}
        </label>
        <textarea
          id={id}
          ref={field}
          rows={3}
          value={text}
          maxLength={WISH_LENGTH_MAX}
          placeholder={t.start.placeholder}
          aria-describedby={`${id}-keys${missing ? ` ${id}-missing` : ""}`}
          aria-invalid={missing || undefined}
          onChange={(event) => {
            setText(event.target.value);
            setMissing(false);
          }}
          onKeyDown={(event) => onEnter(event, submit)}
        />
        <div className="wish-foot">
          <span className="quiet keys" id={`${id}-keys`}>
            {t.start.keys}
          </span>
          <button type="submit" className="button primary large">
            {t.start.submit}
            <Icon name="send" size={18} />
          </button>
        </div>
      </form>
      {missing && (
        <p className="problem" id={`${id}-missing`} role="alert">
          {t.start.missing}
        </p>
      )}
      <div className="wishes">
        <h2 className="quiet">{t.start.examples}</h2>
        <ul>
          {t.start.wishes.map((wish) => (
            <li key={wish.label}>
              <button
                type="button"
                className="chip"
                onClick={() => {
                  setText(wish.text);
                  setMissing(false);
                  field.current?.focus();
                }}
              >
                {wish.label}
              </button>
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}

/** Longest wish, in UTF-16 units: far more than a page of text, far less than what a request may carry. */
export const WISH_LENGTH_MAX = 20_000;

/** Enter sends; with Shift, or while an input method composes a word, it stays a key of the text. */
export function onEnter(event: KeyboardEvent, submit: () => void): void {
  if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
  event.preventDefault();
  submit();
}
