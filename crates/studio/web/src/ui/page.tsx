/**
 * The frame of a plain screen: a heading that takes the focus on arrival, a sentence about it, and what was read.
 */
import type { ReactNode } from "react";
import type { Reading } from "../request";
import { t } from "../texts";
import { Failure } from "./failure";
import { Mark } from "./icons";

/** A screen of reading width. */
export function Page({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
  return (
    <div className="page">
      <header className="page-head">
        <h1 data-heading tabIndex={-1}>
          {title}
        </h1>
        {lead && <p className="lead">{lead}</p>}
      </header>
      {children}
    </div>
  );
}

/** Draws what was read, or says that it is coming or why it did not come. */
export function Read<T>({ reading, children }: { reading: Reading<T>; children: (data: T) => ReactNode }) {
  if (reading.data !== undefined) {
    return (
      <>
        {reading.error !== undefined && <Failure error={reading.error} onRetry={reading.reload} />}
        {children(reading.data)}
      </>
    );
  }
  if (reading.error !== undefined) return <Failure error={reading.error} onRetry={reading.reload} />;
  return <Waiting />;
}

/** Something is on its way. */
export function Waiting({ text = t.loading }: { text?: string }) {
  return (
    <p className="waiting" role="status">
      <Mark writing size={26} />
      {text}
    </p>
  );
}
