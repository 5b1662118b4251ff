/**
 * A button that opens a small panel below itself; Escape, a click elsewhere and leaving it by keyboard close it.
 */
import { useEffect, useId, useRef, useState, type ReactNode } from "react";

interface Parts {
  /** What the button shows. */
  button: ReactNode;
  /** What it is for, where the button alone doesn't say so. */
  hint?: string;
  className?: string;
  /** Draws the panel; `close` is for what leads away from it. */
  children: (close: () => void) => ReactNode;
}

export function Disclosure({ button, hint, className = "", children }: Parts) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const panel = useId();

  useEffect(() => {
    if (!open) return;
    const onPointer = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    addEventListener("pointerdown", onPointer);
    return () => removeEventListener("pointerdown", onPointer);
  }, [open]);

  return (
    <div
      ref={root}
      className={`disclosure ${className}`}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open) return;
        event.stopPropagation();
        setOpen(false);
        trigger.current?.focus();
      }}
      onBlur={(event) => {
        // No related target means the window itself lost the focus: the panel stays.
        if (event.relatedTarget && !root.current?.contains(event.relatedTarget)) setOpen(false);
      }}
    >
      <button
        ref={trigger}
        type="button"
        className="disclosure-button"
        aria-expanded={open}
        aria-controls={open ? panel : undefined}
        onClick={() => setOpen(!open)}
      >
        {button}
        {hint && <span className="unseen">{hint}</span>}
      </button>
      {open && (
        <div id={panel} className="disclosure-panel">
          {children(() => setOpen(false))}
        </div>
      )}
    </div>
  );
}
