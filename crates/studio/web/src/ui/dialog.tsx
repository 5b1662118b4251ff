/**
 * Dialogs on the browser's own `<dialog>`: it keeps the focus inside, closes on Escape and gives the focus back.
 */
import { useId, useLayoutEffect, useRef, type ReactNode } from "react";
import { t } from "../texts";
import { Icon } from "./icons";

/**
 * A modal dialog, open for as long as it is drawn. `onClose` is asked for by Escape, the cross and the backdrop; what
 * is marked `data-first` gets the focus.
 */
export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();

  // Before the browser paints, and undone while the dialog is still on the page: only then is the focus given back.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    element?.querySelector<HTMLElement>("[data-first]")?.focus();
    return () => element?.close();
  }, []);

  return (
    <dialog
      ref={dialog}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div className="dialog-body">
        <header className="dialog-head">
          <h2 id={heading}>{title}</h2>
          <button type="button" className="button ghost square" aria-label={t.close} onClick={onClose}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

interface Confirmation {
  title: string;
  text: string;
  confirm: string;
  danger?: boolean;
  busy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
  children?: ReactNode;
}

/** Asks before something that matters; the way back has the focus. */
export function Confirm({ title, text, confirm, danger, busy, onConfirm, onClose, children }: Confirmation) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      {children}
      <div className="row end">
        <button type="button" className="button" data-first onClick={onClose}>
          {t.cancel}
        </button>
        <button type="button" className={danger ? "button danger" : "button primary"} disabled={busy} onClick={onConfirm}>
          {confirm}
        </button>
      </div>
    </Dialog>
  );
}
