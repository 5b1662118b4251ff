/**
 * A name for a version, so that it is found again.
 */
import { useId, useState } from "react";
import { nameVersion } from "../api";
import { useDoing } from "../request";
import { t } from "../texts";
import { announce } from "../ui/announcer";
import { Dialog } from "../ui/dialog";
import { Failure } from "../ui/failure";

/** Characters of a name, as the node checks again. */
const LENGTH_MAX = 80;

interface Named {
  app: string;
  version: number;
  name: string;
  /** It is called otherwise now. */
  onNamed: () => void;
}

export function NameButton({ app, version, name, onNamed }: Named) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState(name);
  const doing = useDoing();
  const id = useId();
  const keep = async () => {
    if (!(await doing.act(() => nameVersion(app, version, text.trim())))) return;
    announce(t.card.history.named(version, text.trim()));
    setOpen(false);
    onNamed();
  };
  return (
    <>
      <button type="button" className="button small" aria-label={t.card.history.nameLong(version)} onClick={() => setOpen(true)}>
        {t.card.history.name}
      </button>
      {open && (
        <Dialog title={t.card.history.nameLong(version)} onClose={() => setOpen(false)}>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void keep();
            }}
          >
            <div className="field">
              <label htmlFor={id}>{t.card.history.nameLabel(version)}</label>
              <input
                id={id}
                data-first
                value={text}
                maxLength={LENGTH_MAX}
                autoComplete="off"
                aria-describedby={`${id}-hint`}
                onChange={(event) => setText(event.target.value)}
              />
              <p id={`${id}-hint`} className="quiet">
                {t.card.history.nameHint}
              </p>
            </div>
            <Failure error={doing.error} />
            <div className="row end">
              <button type="button" className="button" onClick={() => setOpen(false)}>
                {t.cancel}
              </button>
              <button type="submit" className="button primary" disabled={doing.busy}>
                {t.card.history.nameKeep}
              </button>
            </div>
          </form>
        </Dialog>
      )}
    </>
  );
}
