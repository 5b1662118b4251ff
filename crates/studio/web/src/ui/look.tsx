/**
 * A button that opens a fork or a version of an app under an address of its own; nothing, where the node has no such
 * thing.
 */
import { useEffect, useState } from "react";
import { canLook, look } from "../api";
import { useDoing } from "../request";
import { t } from "../texts";
import { Failure } from "./failure";
import { Icon } from "./icons";

/** Asked once for a page: a node does not learn it while it runs. */
let known: Promise<boolean> | undefined;

/** Whether there is something to look through. */
export function useCanLook(): boolean {
  const [can, setCan] = useState(false);
  useEffect(() => {
    let gone = false;
    known ??= canLook();
    void known.then((yes) => !gone && setCan(yes));
    return () => void (gone = true);
  }, []);
  return can;
}

interface Looking {
  app: string;
  what: { as: string } | { version: number };
  text: string;
  /** What the button is for, to those who can't see where it stands. */
  label: string;
}

export function LookButton({ app, what, text, label }: Looking) {
  const can = useCanLook();
  const doing = useDoing();
  if (!can) return null;
  const open = () => {
    // Only the press itself may open a tab; the address comes later.
    const tab = window.open("", "_blank");
    if (tab) tab.opener = null;
    void doing
      .act(async () => {
        const { url } = await look(app, what);
        if (tab) tab.location.replace(url);
        else location.assign(url);
      })
      .then((done) => !done && tab?.close());
  };
  return (
    <>
      <button type="button" className="button small" disabled={doing.busy} aria-label={`${label} (${t.newTab})`} onClick={open}>
        {text}
        <Icon name="out" size={16} />
      </button>
      <Failure error={doing.error} />
    </>
  );
}
